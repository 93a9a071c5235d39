import { mayActAs } from '../domain/person.js';
import type { Decision } from '../domain/plan.js';
import { countRestarts, countRollbacks } from './budget.js';
import { fits } from './glob.js';
import type { PlanInQuestion, Policy, PolicyFacts, PolicyRule, Rung } from './policy.js';

const HALF_HOUR_MS = 30 * 60_000;
const DAY_MS = 24 * 3_600_000;
/** The same repair for the same problem a third time in 24 h: it hides a cause, and a person decides. */
const SAME_AGAIN = 2;

/**
 * What may be done with a plan: total and pure. The brakes come first, then the rung of the first rule that fits; the
 * default is to deny. Every answer names its rule.
 */
export function decide(plan: PlanInQuestion, policy: Policy, facts: PolicyFacts): Decision {
  return held(facts) ?? spent(plan, policy, facts) ?? byHand(plan, policy, facts) ?? byRung(plan, policy, facts);
}

/** The rule that holds for a repair on a target; the policy's default is a rule too. */
export function ruleFor(policy: Policy, repair: string, targetName: string): PolicyRule {
  const found = policy.rules.find((rule) => fits(rule.repair, repair) && fits(rule.target, targetName));
  return found ?? { name: 'default', repair: '*', target: '*', rung: policy.default, approvers: 1 };
}

function held(facts: PolicyFacts): Decision | null {
  const hold = facts.holds[0];
  return hold ? { verdict: 'deny', rule: `hold:${hold.kind}`, why: `${hold.author} holds it: ${hold.reason}` } : null;
}

/** Budgets count every cause in sliding windows. They stop the machine; a person who asks is asked to confirm. */
function spent(plan: PlanInQuestion, policy: Policy, facts: PolicyFacts): Decision | null {
  if (plan.restarts === 0 || plan.rollsBack) return null;
  const lately = countRestarts(facts.acts, facts.now - HALF_HOUR_MS);
  const today = countRestarts(facts.acts, facts.now - DAY_MS);
  const used =
    lately >= policy.restartsPer30m ? `${lately} restarts in 30 min, the limit is ${policy.restartsPer30m}`
    : today >= policy.restartsPer24h ? `${today} restarts in 24 h, the limit is ${policy.restartsPer24h}`
    : null;
  if (used === null) return null;
  return { verdict: facts.askedBy ? 'ask' : 'deny', rule: 'budget:restarts', why: `its restart budget is used up (${used})` };
}

function byHand(plan: PlanInQuestion, policy: Policy, facts: PolicyFacts): Decision | null {
  const { askedBy } = facts;
  if (!askedBy) return null;
  const rule = ruleFor(policy, plan.repair, plan.targetName);
  if (plan.risk === 'destructive') return { verdict: 'ask', rule: 'risk:destructive', why: 'what it does cannot be taken back' };
  if (rule.approvers > 1) return { verdict: 'ask', rule: rule.name, why: `the rule asks for ${rule.approvers} people` };
  if (mayActAs({ ...askedBy, id: '' as never }, 'approver')) return { verdict: 'auto', rule: 'asked-by-approver', why: `${askedBy.name} asked for it, and may approve` };
  return { verdict: 'ask', rule: 'asked-by-operator', why: `${askedBy.name} asked for it; an approver says yes` };
}

function byRung(plan: PlanInQuestion, policy: Policy, facts: PolicyFacts): Decision {
  const rule = ruleFor(policy, plan.repair, plan.targetName);
  if (rule.rung !== 'act-and-tell') return atRung(rule, rule.rung);
  const restraint = askInstead(plan, policy, facts);
  return restraint ?? { verdict: 'auto', rule: rule.name, why: `the rule “${rule.name}” lets it act and tell` };
}

function atRung(rule: PolicyRule, rung: Exclude<Rung, 'act-and-tell'>): Decision {
  const why = {
    observe: `the rule “${rule.name}” only observes`,
    suggest: `the rule “${rule.name}” only suggests`,
    ask: `the rule “${rule.name}” asks first`,
  }[rung];
  return { verdict: rung === 'ask' ? 'ask' : 'deny', rule: rule.name, why };
}

/** Where the machine would be allowed to act, and a person is asked all the same. */
function askInstead(plan: PlanInQuestion, policy: Policy, facts: PolicyFacts): Decision | null {
  if (plan.risk === 'destructive') return { verdict: 'ask', rule: 'risk:destructive', why: 'what it does cannot be taken back' };
  if (facts.sameBefore >= SAME_AGAIN) {
    return { verdict: 'ask', rule: 'recurrence', why: `the same repair ran ${facts.sameBefore} times for this problem in 24 h: something else is the cause` };
  }
  if (facts.cameBack >= SAME_AGAIN) {
    return { verdict: 'ask', rule: 'recurrence', why: `a repair helped ${facts.cameBack} times in 24 h, and the problem came back: something else is the cause` };
  }
  if (!plan.rollsBack) return null;
  if (plan.migrations === null) return { verdict: 'ask', rule: 'risk:migrations', why: 'whether migrations lie between the two releases cannot be told' };
  if (plan.migrations > 0) return { verdict: 'ask', rule: 'risk:migrations', why: `${plan.migrations} migrations lie between the two releases, and the older code may not stand the newer schema` };
  const done = countRollbacks(facts.acts, facts.now - DAY_MS);
  if (done >= policy.rollbacksPer24h) return { verdict: 'ask', rule: 'budget:rollbacks', why: `it was rolled back ${done} times in 24 h already` };
  if (!facts.mayRollBackAlone) return { verdict: 'ask', rule: 'after-rollback', why: 'this release was rolled back to: it is not rolled back by itself again' };
  return null;
}
