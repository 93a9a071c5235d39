import { restartsIn, type Act } from '../domain/act.js';

/** Restarts of a target after `since`, over every cause. */
export function countRestarts(acts: readonly Act[], since: number): number {
  return restartsIn(acts.filter((act) => act.at > since)).length;
}

/** Rollbacks of ours after `since`. */
export function countRollbacks(acts: readonly Act[], since: number): number {
  return acts.filter((act) => act.kind === 'rollback' && act.by === 'us' && act.at > since).length;
}
