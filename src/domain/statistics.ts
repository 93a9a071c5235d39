/** Theil–Sen looks at every pair, so its cost grows with the square: 200 points are 19,900 pairs, about a millisecond. */
export const THEIL_SEN_MAX_POINTS = 200;

/** The middle value, or the mean of the two middle ones; null of nothing. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/**
 * The nearest-rank percentile: the smallest value that at least `percent` % (0 < percent ≤ 100) of all do not exceed.
 * It is always a value that was seen; below 20 values the 95th is the largest. Null of nothing.
 */
export function percentile(values: readonly number[], percent: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1] as number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The median of the slopes between all pairs of points (Theil 1950, Sen 1968): y per unit of x. Up to 29 % of the points
 * may be wild without moving it far. Null where no two points differ in x. More than THEIL_SEN_MAX_POINTS are thinned evenly.
 */
export function theilSen(points: readonly Point[]): number | null {
  const kept = thinned(points, THEIL_SEN_MAX_POINTS);
  const slopes: number[] = [];
  for (const [index, a] of kept.entries()) {
    for (const b of kept.slice(index + 1)) {
      if (a.x !== b.x) slopes.push((b.y - a.y) / (b.x - a.x));
    }
  }
  return median(slopes);
}

function thinned<T>(items: readonly T[], limit: number): readonly T[] {
  if (items.length <= limit) return items;
  const step = (items.length - 1) / (limit - 1);
  return Array.from({ length: limit }, (_, index) => items[Math.round(index * step)] as T);
}

/** The 97.5th percentile of the normal distribution: 95 % of it lies between −z and z. */
const Z_95 = 1.959964;

/**
 * The lower end of Wilson's 95 % interval for a share (E. B. Wilson, JASA 22, 1927):
 * (p + z²/2n − z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n) with p = successes/n. Between 0 and 1; 0 where nothing was tried.
 * Unlike the raw share it is low where little was tried: 1 of 1 is at least 21 %, 10 of 10 at least 72 %.
 */
export function wilsonLower(successes: number, n: number): number {
  if (n === 0) return 0;
  const share = successes / n;
  const z2 = Z_95 ** 2;
  const spread = Z_95 * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n ** 2));
  return Math.max(0, (share + z2 / (2 * n) - spread) / (1 + z2 / n));
}
