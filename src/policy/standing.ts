import type { JudgedRun } from '../domain/learning.js';
import { proposalsFrom, type TrustProposal } from '../domain/trust.js';
import { fits } from '../domain/glob.js';
import type { Policy, Rung, Scope } from './policy.js';
import { defaultRule } from './rule-for.js';

/**
 * The rung of a repair on a target, whatever the hour and the case: rules that hold only under a condition are passed
 * over. Null: the lists forbid it.
 */
function standingRung({ rules, allow, deny, ...policy }: Policy, of: Scope): Rung | null {
  const isOf = (scope: Scope): boolean => fits(scope.repair, of.repair) && fits(scope.target, of.target);
  if (deny.some(isOf) || (allow !== null && !allow.some(isOf))) return null;
  return (rules.find((rule) => rule.when === null && isOf(rule)) ?? defaultRule(policy)).rung;
}

/** What the runs on a target speak for and its policy does not say yet; `runs` oldest first. */
export function openProposals(runs: readonly JudgedRun[], policy: Policy, target: string): readonly TrustProposal[] {
  return proposalsFrom(runs).filter(({ repair, from }) => standingRung(policy, { repair, target }) === from);
}
