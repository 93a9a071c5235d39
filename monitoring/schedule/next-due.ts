import type { Check } from '../../src/domain/check.js';
import { NEVER } from '../stages/stage.js';

/**
 * When a check that was just measured is due again. Confirmation goes before cadence. A cadence keeps its grid, and
 * slots that were missed are passed over. Checks of the ticks wait for the next tick; without an
 * open launch they go on at `withoutLaunchMs`. While the resource has an open
 * incident, all of its checks are measured more often.
 */
export function nextDue(check: Check, now: number, around: { readonly confirmEveryMs: number; readonly whileOpenMs: number; readonly incidentOpen: boolean; readonly withoutLaunchMs: number | null }): number {
  if (check.hotUntil > now) return now + around.confirmEveryMs;
  if (around.incidentOpen) return now + Math.min(check.everyMs, around.whileOpenMs);
  if (check.cadence === 'tick') return around.withoutLaunchMs === null ? NEVER : now + around.withoutLaunchMs;
  const behind = now - check.nextAt;
  if (behind < 0 || check.nextAt === 0) return now + check.everyMs;
  return check.nextAt + (Math.floor(behind / check.everyMs) + 1) * check.everyMs;
}
