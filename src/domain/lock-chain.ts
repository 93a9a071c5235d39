/** A session that waits for locks of others. */
interface Waiter {
  readonly pid: number;
  readonly blockers: readonly number[];
  readonly waitedMs: number;
}

/** A session that waits for nobody and keeps others waiting. Pid 0 stands for a prepared transaction, which has no session. */
export interface LockRoot {
  readonly pid: number;
  /** All that wait for it, directly or behind one another. */
  readonly waiters: readonly number[];
  /** Sessions in the longest row behind it, itself among them. */
  readonly depth: number;
  readonly longestMs: number;
}

/** The roots of all chains, the one that somebody has waited for the longest first. A ring has none: the server breaks it itself. */
export function lockRoots(waiting: readonly Waiter[]): readonly LockRoot[] {
  const byPid = new Map(waiting.map((one) => [one.pid, one]));
  const roots = new Map<number, LockRoot>();
  for (const waiter of waiting) {
    for (const [pid, distance] of rootsAbove(waiter, byPid)) {
      const known = roots.get(pid) ?? { pid, waiters: [], depth: 1, longestMs: 0 };
      roots.set(pid, { pid, waiters: [...known.waiters, waiter.pid], depth: Math.max(known.depth, distance + 1), longestMs: Math.max(known.longestMs, waiter.waitedMs) });
    }
  }
  return [...roots.values()].toSorted((a, b) => b.longestMs - a.longestMs || a.pid - b.pid);
}

/** By root, how many steps away it is. Goes on level by level, each session once, so that a ring ends too. */
function rootsAbove(waiter: Waiter, byPid: ReadonlyMap<number, Waiter>): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const seen = new Set([waiter.pid]);
  let level = waiter.blockers;
  for (let distance = 1; level.length > 0; distance += 1) {
    const next: number[] = [];
    for (const pid of level) {
      if (seen.has(pid)) continue;
      seen.add(pid);
      const above = byPid.get(pid);
      if (above) next.push(...above.blockers);
      else found.set(pid, distance);
    }
    level = next;
  }
  return found;
}
