import type { Decision } from '../domain/plan.js';
import { brakes } from './brakes/index.js';
import type { Case } from './brakes/brake.js';
import type { PlanInQuestion, Policy, PolicyFacts } from './policy.js';
import { DRY_RUN, unlessDry } from './dry-run.js';
import { rulesFor } from './rule-for.js';

const STRICTNESS: Readonly<Record<Decision['verdict'], number>> = { auto: 0, ask: 100, deny: 200 };

/**
 * What may be done with a plan: total and pure. The brakes are asked in their order, and the first that stops decides;
 * what all of them let pass is done. The default is to deny. Every answer names its rule.
 */
export function decide(plan: PlanInQuestion, policy: Policy, facts: PolicyFacts): Decision {
  return settled(caseFor(plan, policy, facts));
}

/** The plan with the rule that decides: the strictest one, where whether a rule holds cannot be told. */
export function caseFor(plan: PlanInQuestion, policy: Policy, facts: PolicyFacts): Case {
  const cases = rulesFor(policy, plan, facts).map((chosen): Case => ({ plan, policy, facts, chosen }));
  return cases.reduce((strictest, one) => (strictness(one) > strictness(strictest) ? one : strictest));
}

export function passes({ chosen: { rule } }: Case): Decision {
  return { verdict: 'auto', rule: rule.name, why: `the rule “${rule.name}” lets it act and tell` };
}

/** True for a denial that a person's yes does not lift. */
export function bindsEverybody({ verdict, rule }: Decision): boolean {
  return verdict === 'deny' && (/^(?:hold|budget):/.test(rule) || /^deny\[/.test(rule) || rule === 'allow' || rule === DRY_RUN);
}

function settled(of: Case): Decision {
  return unlessDry(of, walk(of));
}

function walk(of: Case): Decision {
  for (const brake of brakes) {
    const stop = brake.stops(of);
    if (stop) return { verdict: stop.verdict, rule: stop.rule, why: stop.why, ...(stop.notBefore === undefined ? {} : { notBefore: stop.notBefore }) };
  }
  return passes(of);
}

/** The verdict first; of equal ones, that which more people must agree to. */
function strictness(of: Case): number {
  return STRICTNESS[settled(of).verdict] + of.chosen.rule.approvers;
}
