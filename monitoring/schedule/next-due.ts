import type { Check } from '../../src/domain/check.js';
import { NEVER } from '../stages/stage.js';

export interface Surroundings {
  readonly confirmEveryMs: number;
  readonly whileOpenMs: number;
  readonly incidentOpen: boolean;
  /** Null: a launch is open, and its ticks come. */
  readonly withoutLaunchMs: number | null;
  /** How long it was waited for answers that did not come. */
  readonly inVainMs: number;
}

/**
 * When a check that was just measured is due again. Confirmation goes before cadence. A cadence keeps its grid, and
 * slots that were missed are passed over. Checks of the ticks wait for the next tick; without an open launch they go on
 * at `withoutLaunchMs`. While the resource has an open incident, all of its checks are measured more often, but what
 * did not answer is left alone for as long: each request that is given up here may still hold a connection there, and
 * the next one would take another.
 */
export function nextDue(check: Check, now: number, around: Surroundings): number {
  if (check.hotUntil > now) return now + around.confirmEveryMs;
  if (around.incidentOpen) return now + Math.min(check.everyMs, Math.max(around.whileOpenMs, around.inVainMs));
  if (check.cadence === 'tick') return around.withoutLaunchMs === null ? NEVER : now + around.withoutLaunchMs;
  const behind = now - check.nextAt;
  if (behind < 0 || check.nextAt === 0) return now + check.everyMs;
  return check.nextAt + (Math.floor(behind / check.everyMs) + 1) * check.everyMs;
}
