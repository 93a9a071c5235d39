import type { Baseline } from './baseline.js';

/** Requests a second to an app, by the name of PM2's value. */
export const REQUEST_RATE = 'requests_per_s';
/** Five minutes at the usual cadence: fewer say little of what is usual. */
const MIN_SAMPLES = 10;
/** Above the middle by so much is more than usual, whatever the largest ones say. */
const MOST_OF_MEDIAN = 2;

/**
 * Up to how many requests a second are usual; null: not known yet. What nineteen of twenty readings do not exceed, but twice
 * the median at most: an attack in its first minutes is a part of what is being learned, and must not become what is usual.
 */
export function usualRate(baseline: Pick<Baseline, 'n' | 'values'> | null | undefined, fields: readonly string[]): number | null {
  const value = baseline?.values[fields.indexOf(REQUEST_RATE)];
  if (!baseline || !value || baseline.n < MIN_SAMPLES) return null;
  return Math.round(Math.min(value.p95, MOST_OF_MEDIAN * value.median) * 100) / 100;
}
