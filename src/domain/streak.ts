import type { Sample } from './check.js';

/** What one item says for a rule: for it, against it, or nothing (it neither counts nor resets). */
export type Side = 'bad' | 'good' | null;

/** The newest items that say the same, oldest first; those that say nothing are left out. */
export interface Streak<T> {
  readonly side: Side;
  readonly run: readonly T[];
}

export function streakOf<T>(items: readonly T[], sideOf: (item: T) => Side): Streak<T> {
  const newestFirst: T[] = [];
  let side: Side = null;
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index] as T;
    const says = sideOf(item);
    if (says === null) continue;
    if (side !== null && says !== side) break;
    side = says;
    newestFirst.push(item);
  }
  return { side, run: newestFirst.reverse() };
}

/** A sample's verdict as a side: `unknown` and `error` neither count nor reset. */
export function verdictSide(sample: Pick<Sample, 'verdict'>): Side {
  return sample.verdict === 'good' || sample.verdict === 'bad' ? sample.verdict : null;
}

/** What is open was open before its run began: counting began anew, with the app's processes or after a single good reading. */
export function isCountedAnew(run: readonly { readonly at: number }[], openSince: number | undefined): openSince is number {
  return openSince !== undefined && openSince < (run[0]?.at ?? openSince);
}

/**
 * Two thresholds against flapping (Gatus: 3 bad open, 2 good close). What is open stays open on the first bad one;
 * between the thresholds nothing is said, and only what is open can be over.
 */
export function standing(
  streak: Streak<unknown>,
  open: boolean,
  needed: { readonly bad: number; readonly good: number },
): 'present' | 'absent' | 'silent' {
  if (streak.side === 'bad' && (open || streak.run.length >= needed.bad)) return 'present';
  if (streak.side === 'good' && open && streak.run.length >= needed.good) return 'absent';
  return 'silent';
}
