import type { Sample } from './check.js';
import type { CheckId, ReleaseId } from './ids.js';
import { median, percentile } from './statistics.js';

/** Fewer good samples make no baseline: a median of three says little of a noisy value. */
export const BASELINE_MIN_SAMPLES = 5;
/** A baseline stops learning here, so that a slow creep is compared with how it began and not with yesterday. */
export const BASELINE_MAX_SAMPLES = 200;

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

/** Whose baseline it is. */
export type BaselineKey = Pick<Baseline, 'checkId' | 'releaseId'>;

/**
 * The baseline of the first good samples, at most BASELINE_MAX_SAMPLES of them; null below BASELINE_MIN_SAMPLES. What
 * is not good is passed over. Warm-up and samples of other releases are left out by the caller, who knows the launch.
 */
export function baselineOf(key: BaselineKey, samples: readonly Pick<Sample, 'verdict' | 'values'>[]): Baseline | null {
  const good = samples.filter((sample) => sample.verdict === 'good').slice(0, BASELINE_MAX_SAMPLES);
  if (good.length < BASELINE_MIN_SAMPLES) return null;
  const width = Math.max(...good.map((sample) => sample.values.length));
  const values = Array.from({ length: width }, (_, index) => valueBaseline(good.map((sample) => sample.values[index] ?? null)));
  return { ...key, n: good.length, values };
}

/**
 * A baseline that is not full yet, learned anew from every sample since the warm-up: it is kept unless those hold more
 * good ones. Learning anew from stored samples is exact, where merging medians would not be.
 */
export function updateBaseline(
  current: Baseline | null,
  key: BaselineKey,
  sinceWarmUp: readonly Pick<Sample, 'verdict' | 'values'>[],
): Baseline | null {
  if (current !== null && current.n >= BASELINE_MAX_SAMPLES) return current;
  const learned = baselineOf(key, sinceWarmUp);
  return learned === null || learned.n <= (current?.n ?? 0) ? current : learned;
}

function valueBaseline(column: readonly (number | null)[]): ValueBaseline | null {
  const known = column.filter((value) => value !== null);
  if (known.length < BASELINE_MIN_SAMPLES) return null;
  return { median: median(known) as number, p95: percentile(known, 95) as number };
}
