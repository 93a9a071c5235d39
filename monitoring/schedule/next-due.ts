import type { Check } from '../../src/domain/check.js';
import { NEVER } from '../stages/stage.js';

/**
 * When a check that was just measured is due again. Confirmation goes before cadence. A cadence keeps its grid, and
 * slots that were missed are passed over. Checks of the ticks wait for the next tick, or go on at their own cadence
 * while their resource has an open incident.
 */
export function nextDue(check: Check, now: number, around: { readonly confirmEveryMs: number; readonly incidentOpen: boolean }): number {
  if (check.hotUntil > now) return now + around.confirmEveryMs;
  if (check.cadence === 'tick') return around.incidentOpen ? now + check.everyMs : NEVER;
  const behind = now - check.nextAt;
  if (behind < 0 || check.nextAt === 0) return now + check.everyMs;
  return check.nextAt + (Math.floor(behind / check.everyMs) + 1) * check.everyMs;
}
