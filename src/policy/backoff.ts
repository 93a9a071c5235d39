/** How the wait before the next attempt grows with the attempts so far. */
export const BACKOFFS = ['fixed', 'linear', 'exponential'] as const;
export type Backoff = (typeof BACKOFFS)[number];

/** The first wait: as long as a service is given to recover. */
const FIRST_MS = 30_000;
const LONGEST_MS = 3_600_000;

/** Milliseconds between attempt `count` and the next: 30 s, then as the kind says, an hour at most. */
export function backoffMs(kind: Backoff, count: number): number {
  if (count <= 0) return 0;
  const factor = { fixed: 1, linear: count, exponential: 2 ** Math.min(count - 1, 20) }[kind];
  return Math.min(LONGEST_MS, FIRST_MS * factor);
}
