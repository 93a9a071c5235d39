import type { CheckId, ReleaseId } from './ids.js';

/** What one value of a check looks like when the app is healthy. */
export interface ValueBaseline {
  readonly median: number;
  readonly p95: number;
}

/** What a check's values look like when this app is healthy, per release; `values` stand in the probe's order. */
export interface Baseline {
  readonly checkId: CheckId;
  readonly releaseId: ReleaseId;
  /** How many good samples it stands on. */
  readonly n: number;
  readonly values: readonly (ValueBaseline | null)[];
}
