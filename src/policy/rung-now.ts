import { RUNGS, type PolicyRule, type Rung } from './policy.js';
import { isInside } from '../domain/time-window.js';

/** The rule's rung; one lower outside of all its windows. */
export function rungNow(rule: Pick<PolicyRule, 'rung' | 'windows'>, now: number): Rung {
  if (rule.windows.length === 0 || rule.windows.some((window) => isInside(window, now))) return rule.rung;
  return RUNGS[Math.max(0, RUNGS.indexOf(rule.rung) - 1)] as Rung;
}
