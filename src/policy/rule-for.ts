import { entryFits } from './list-entry.js';
import type { PlanInQuestion, Policy, PolicyFacts, PolicyRule } from './policy.js';

export interface ChosenRule {
  readonly rule: PolicyRule;
  /** True where whether its condition holds cannot be told. */
  readonly unsure: boolean;
}

/**
 * The first rule that fits; the policy's default is a rule too. A rule whose condition cannot be told both fits and does
 * not: it comes back with what stands behind it, and whoever decides takes the strictest.
 */
export function rulesFor(policy: Policy, plan: PlanInQuestion, facts: PolicyFacts): readonly ChosenRule[] {
  const found: ChosenRule[] = [];
  for (const rule of policy.rules) {
    const fit = entryFits(rule, plan, facts);
    if (fit !== false) found.push({ rule, unsure: fit === null });
    if (fit) return found;
  }
  return [...found, { rule: defaultRule(policy), unsure: false }];
}

export function defaultRule(policy: Pick<Policy, 'default'>): PolicyRule {
  return {
    name: 'default', repair: '*', target: '*', rung: policy.default, approvers: 1, role: 'approver', requesterMayApprove: true, windows: [], when: null,
    maxTargets: null, maxAttempts: null, backoff: null, dryRun: false,
  };
}
