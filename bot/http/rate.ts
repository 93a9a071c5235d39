/** More callers than this are not told apart: the longest silent one is forgotten, and begins anew. */
const MOST_CALLERS = 1_000;

export interface Rate {
  /** How long the caller has to wait, in milliseconds; 0: go on, and it is counted. */
  take(caller: string, now: number): number;
}

/** A bucket for each caller: `perSecond` go through in the long run, twice as many at once. Times are monotonic. */
export function createRate(perSecond: number): Rate {
  const most = perSecond * 2;
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    take(caller, now) {
      const bucket = buckets.get(caller) ?? { left: most, at: now };
      bucket.left = Math.min(most, bucket.left + ((now - bucket.at) / 1_000) * perSecond);
      bucket.at = now;
      // Last in the map is who came last: the first is the longest silent.
      buckets.delete(caller);
      buckets.set(caller, bucket);
      if (buckets.size > MOST_CALLERS) buckets.delete(buckets.keys().next().value as string);
      if (bucket.left < 1) return Math.ceil(((1 - bucket.left) / perSecond) * 1_000);
      bucket.left -= 1;
      return 0;
    },
  };
}
