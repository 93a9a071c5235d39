import type { Plan } from './plan.js';
import { REHEARSE } from './rehearsal.js';

export const TAG = 'release.tag';

/** What is due by itself, without a problem, and changes nothing of the app: no budget counts it. */
const ROUTINE: readonly string[] = [REHEARSE, TAG];

export function changesNothing(repair: string): boolean {
  return ROUTINE.includes(repair);
}

/** One that policy answers without asking: nobody waits for it, so it is told only where it ran and did not go well. */
export function isRoutine({ repair, askedBy, verdict }: Pick<Plan, 'repair' | 'askedBy' | 'verdict'>): boolean {
  return ROUTINE.includes(repair) && askedBy === null && (verdict === 'auto' || verdict === 'deny');
}
