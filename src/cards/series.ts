import type { Verdict } from '../domain/check.js';

/** What one check measured over a time, to be drawn. Times are ISO 8601. */
export interface Series {
  readonly version: 1;
  readonly app: string;
  readonly check: string;
  readonly from: string;
  readonly to: string;
  readonly points: readonly SeriesPoint[];
  /** How long its answers take when the app is healthy; null where that is not known, or means nothing. */
  readonly usual: { readonly medianMs: number; readonly p95Ms: number; readonly release: string } | null;
}

export interface SeriesPoint {
  readonly at: string;
  /** The worst of its readings. */
  readonly verdict: Verdict;
  readonly readings: number;
  readonly notGood: number;
  readonly meanMs: number | null;
  readonly maxMs: number | null;
}
