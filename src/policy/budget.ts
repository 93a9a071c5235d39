import type { Act } from '../domain/act.js';

/** Restarts not by us that are closer together than this are one burst, and count once. */
const BURST_GAP_MS = 60_000;

/**
 * Restarts of a target after `since`, over every cause. Each of ours is one. PM2's own and people's count once a burst:
 * sixteen tries of one failing boot, or one `pm2 restart` of eight instances, are one event to whoever lives with the app.
 */
export function countRestarts(acts: readonly Act[], since: number): number {
  let count = 0;
  const lastBy = { pm2: Number.NEGATIVE_INFINITY, person: Number.NEGATIVE_INFINITY };
  for (const act of acts) {
    if (act.kind !== 'restart' || act.at <= since) continue;
    if (act.by === 'us' || act.at - lastBy[act.by] > BURST_GAP_MS) count += 1;
    if (act.by !== 'us') lastBy[act.by] = act.at;
  }
  return count;
}

/** Rollbacks of ours after `since`. */
export function countRollbacks(acts: readonly Act[], since: number): number {
  return acts.filter((act) => act.kind === 'rollback' && act.by === 'us' && act.at > since).length;
}
