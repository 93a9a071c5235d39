import { describe, expect, it } from 'vitest';
import { bindsEverybody, decide } from '../../../src/policy/decide.js';
import type { ListEntry, PolicyFacts } from '../../../src/policy/policy.js';
import type { TimeWindow } from '../../../src/domain/time-window.js';
import { facts, letIn, NONE, NOW, policy, restart, rollback, rule, when } from './policies.js';

const ann = { name: 'Ann', role: 'approver' } as const;
const otto = { name: 'Otto', role: 'operator' } as const;
const freeze = { kind: 'freeze', reason: 'audit day', author: 'Ann' };
const never: ListEntry = { repair: 'pm2.*', target: 'shop', when: null };
/** NOW is Friday, 08:00 in London and 09:00 in Berlin. */
const office: TimeWindow = { days: [1, 2, 3, 4, 5], from: 9 * 60, to: 18 * 60, zone: 'Europe/Berlin', text: 'mon-fri 09:00-18:00 Europe/Berlin' };
const london: TimeWindow = { ...office, zone: 'Europe/London', text: 'mon-fri 09:00-18:00 Europe/London' };

function counted(counts: Partial<PolicyFacts['counts']>, more: Partial<PolicyFacts> = {}): PolicyFacts {
  return facts({ counts: { ...NONE, ...counts }, ...more });
}

/** A rule that names the repair. */
const named = policy('act-and-tell', { rules: [rule('act-and-tell', { repair: 'ratelimit.clear' })] });

function rate(now: number | null, usual: number | null): PolicyFacts {
  return facts({ requestRate: { now, usual } });
}

function one(more: Parameters<typeof rule>[1], rung: Parameters<typeof rule>[0] = 'act-and-tell') {
  return policy(rung, { rules: [rule(rung, more)] });
}

describe('policy', () => {
  it.each([
    ['observe only looks', policy('observe'), restart, facts(), 'deny', 'shop'],
    ['suggest only says', policy('suggest'), restart, facts(), 'deny', 'shop'],
    ['ask asks', policy('ask'), restart, facts(), 'ask', 'shop'],
    ['act-and-tell acts', policy('act-and-tell'), restart, facts(), 'auto', 'shop'],
    ['what no rule names is held by the default', policy('act-and-tell', { rules: [] }), restart, facts(), 'deny', 'default'],
    ['a dry run does nothing of what it may', policy('act-and-tell', { dryRun: true }), restart, facts(), 'deny', 'dry-run'],
    ['a dry run asks nobody', policy('ask', { dryRun: true }), restart, facts(), 'deny', 'dry-run'],
    ['a dry run binds a person too', policy('act-and-tell', { dryRun: true }), restart, facts({ askedBy: ann }), 'deny', 'dry-run'],
    ['what a dry run would not have done keeps its reason', policy('act-and-tell', { dryRun: true }), restart, facts({ holds: [freeze] }), 'deny', 'hold:freeze'],
    ['one rule alone may run dry', one({ dryRun: true }), restart, facts(), 'deny', 'dry-run'],
    ['and binds nobody else', one({ dryRun: true, repair: 'pm2.reload' }), restart, facts(), 'deny', 'default'],
    // Holds and lists bind everybody.
    ['a hold goes before every rung', policy('act-and-tell'), restart, facts({ holds: [freeze] }), 'deny', 'hold:freeze'],
    ['a hold goes before a person too', policy('act-and-tell'), restart, facts({ askedBy: ann, holds: [freeze] }), 'deny', 'hold:freeze'],
    ['the deny list wins over every rule', policy('act-and-tell', { deny: [never] }), restart, facts(), 'deny', 'deny[0]'],
    ['the deny list wins over a person', policy('act-and-tell', { deny: [never] }), restart, facts({ askedBy: ann }), 'deny', 'deny[0]'],
    ['the deny list wins over the allow list', policy('act-and-tell', { deny: [never], allow: [never] }), restart, facts(), 'deny', 'deny[0]'],
    ['it names others too', policy('act-and-tell', { deny: [never] }), rollback, facts(), 'auto', 'shop'],
    ['an entry whose condition cannot be told denies', policy('act-and-tell', { deny: [{ ...never, when: when('app.memory > 0.5') }] }), restart, facts(), 'deny', 'deny[0]'],
    ['an entry whose condition does not hold does not deny', policy('act-and-tell', { deny: [{ ...never, when: when('app.memory > 0.5') }] }), restart, facts({ memoryShare: 0.2 }), 'auto', 'shop'],
    ['what an allow list does not name is not done', policy('act-and-tell', { allow: [never] }), rollback, facts({ askedBy: ann }), 'deny', 'allow'],
    ['an empty allow list allows nothing', policy('act-and-tell', { allow: [] }), restart, facts(), 'deny', 'allow'],
    ['an allow entry whose condition cannot be told does not allow', policy('act-and-tell', { allow: [{ ...never, when: when('app.memory > 0.5') }] }), restart, facts(), 'deny', 'allow'],
    // Budgets.
    ['the third restart in 30 min is the last', policy('act-and-tell'), restart, counted({ restarts30m: 3 }), 'deny', 'budget:restarts'],
    ['the sixth of a day too', policy('act-and-tell'), restart, counted({ restarts24h: 6 }), 'deny', 'budget:restarts'],
    ['a person over the budget is asked to confirm', policy('act-and-tell'), restart, counted({ restarts30m: 3 }, { askedBy: ann }), 'ask', 'budget:restarts'],
    ['after a rollback in vain the machine asks, whatever the rung', policy('act-and-tell'), restart, facts({ rolledBackInVain: true }), 'ask', 'after-vain-rollback'],
    ['and a person does what he may', policy('act-and-tell'), restart, facts({ rolledBackInVain: true, askedBy: ann }), 'auto', 'asked-by-approver'],
    ['a rollback is no restart', policy('act-and-tell'), rollback, counted({ restarts30m: 3 }), 'auto', 'shop'],
    ['ten remediations of one target in an hour are the last', policy('act-and-tell'), rollback, counted({ remediationsTargetHour: 10 }), 'deny', 'budget:remediations'],
    ['a hundred of all too', policy('act-and-tell'), restart, counted({ remediationsHour: 100 }), 'deny', 'budget:remediations'],
    ['a person over that budget is asked to confirm', policy('act-and-tell'), restart, counted({ remediationsHour: 100 }, { askedBy: ann }), 'ask', 'budget:remediations'],
    ['a rule’s attempts at one problem end', one({ maxAttempts: 3 }), restart, facts({ attempts: { count: 3, lastAt: NOW - 1 } }), 'deny', 'budget:attempts'],
    ['between attempts it waits', one({ backoff: 'exponential' }), restart, facts({ attempts: { count: 2, lastAt: NOW - 59_000 } }), 'deny', 'backoff'],
    ['and goes on after', one({ backoff: 'exponential' }), restart, facts({ attempts: { count: 2, lastAt: NOW - 60_000 } }), 'auto', 'shop'],
    ['a person does not wait', one({ backoff: 'exponential' }), restart, facts({ askedBy: ann, attempts: { count: 2, lastAt: NOW - 1 } }), 'auto', 'asked-by-approver'],
    // Where it may act, and asks all the same.
    ['one automatic rollback a day', policy('act-and-tell'), rollback, counted({ rollbacks24h: 1 }), 'ask', 'budget:rollbacks'],
    ['what was rolled back to is not rolled back by itself', policy('act-and-tell'), rollback, facts({ mayRollBackAlone: false }), 'ask', 'after-rollback'],
    ['no rollback by itself over a migration', policy('act-and-tell'), { ...rollback, migrations: 1 }, facts(), 'ask', 'risk:migrations'],
    ['nor over one that the pre-flight calls red', policy('act-and-tell'), { ...rollback, migrations: 1, red: ['migrations'] }, facts(), 'ask', 'risk:migrations'],
    ['over what only adds, by itself', policy('act-and-tell'), { ...rollback, migrations: 2, red: [] }, facts(), 'auto', 'shop'],
    ['nor while anything else in the pre-flight is red', policy('act-and-tell'), { ...rollback, red: ['node', 'disk'] }, facts(), 'ask', 'risk:preflight'],
    ['a person’s rollback over what is red is confirmed once more', policy('act-and-tell'), { ...rollback, migrations: 1, red: ['migrations'] }, facts({ askedBy: ann }), 'ask', 'risk:preflight'],
    ['over what cannot be told he decides', policy('act-and-tell'), { ...rollback, migrations: null, red: [] }, facts({ askedBy: ann }), 'auto', 'asked-by-approver'],
    ['nor over what cannot be told', policy('act-and-tell'), { ...rollback, migrations: null }, facts(), 'ask', 'risk:migrations'],
    ['a problem that came back after two repairs had helped asks, whichever repair is next', policy('act-and-tell'), restart, facts({ cameBack: 2 }), 'ask', 'recurrence'],
    ['the same repair a third time in a day asks', policy('act-and-tell'), restart, facts({ sameBefore: 2 }), 'ask', 'recurrence'],
    ['what destroys is always asked', policy('act-and-tell'), { ...restart, risk: 'destructive' as const }, facts(), 'ask', 'risk:destructive'],
    ['who a limiter keeps out is let in by a rule that names it, while no more come in than usual', named, letIn, rate(3, 3), 'auto', 'shop'],
    ['while more come in it asks: an attack would be let in', named, letIn, rate(3.1, 3), 'ask', 'risk:request-rate'],
    ['it asks where nobody knows how many come in', named, letIn, rate(null, 3), 'ask', 'risk:request-rate'],
    ['or how many are usual', named, letIn, rate(3, null), 'ask', 'risk:request-rate'],
    ['or where nobody looked', named, letIn, facts(), 'ask', 'risk:request-rate'],
    ['nobody is let in by a rule that does not name it', policy('act-and-tell'), letIn, rate(1, 3), 'ask', 'risk:lets-in'],
    ['a person may, whoever comes in', named, letIn, { ...rate(99, 3), askedBy: ann }, 'auto', 'asked-by-approver'],
    ['how many come in is nothing to a restart', policy('act-and-tell'), restart, rate(99, 3), 'auto', 'shop'],
    ['a third app within an hour asks where two are allowed', one({ maxTargets: { count: 2 } }), restart, facts({ spread: { others: 2, watched: 10 } }), 'ask', 'spread'],
    ['a fifth of ten apps is two', one({ maxTargets: { share: 0.2 } }), restart, facts({ spread: { others: 1, watched: 10 } }), 'auto', 'shop'],
    ['and a third asks', one({ maxTargets: { share: 0.2 } }), restart, facts({ spread: { others: 2, watched: 10 } }), 'ask', 'spread'],
    ['a fifth of three apps is still one', one({ maxTargets: { share: 0.2 } }), restart, facts({ spread: { others: 0, watched: 3 } }), 'auto', 'shop'],
    // Windows: one rung lower outside.
    ['inside its window a rule acts', one({ windows: [office] }), restart, facts(), 'auto', 'shop'],
    ['outside it asks', one({ windows: [london] }), restart, facts(), 'ask', 'shop'],
    ['where it would ask it only suggests', one({ windows: [london] }, 'ask'), restart, facts(), 'deny', 'shop'],
    ['one of several windows is enough', one({ windows: [london, office] }), restart, facts(), 'auto', 'shop'],
    // Conditions.
    ['a rule whose condition does not hold is passed over', policy('act-and-tell', { rules: [rule('observe', { name: 'calm', when: when('!incident.emergency') }), rule('act-and-tell')] }), restart, facts(), 'auto', 'shop'],
    ['of a rule that cannot be told and the next, the stricter holds', policy('act-and-tell', { rules: [rule('observe', { name: 'full', when: when('app.memory > 0.9') }), rule('act-and-tell')] }), restart, facts(), 'deny', 'full'],
    ['also where the next one is the stricter', policy('act-and-tell', { rules: [rule('act-and-tell', { name: 'full', when: when('app.memory > 0.9') }), rule('ask')] }), restart, facts(), 'ask', 'shop'],
    ['also where the next one is the default', one({ when: when('app.memory > 0.9') }), restart, facts(), 'deny', 'default'],
    // People.
    ['an approver’s own wish is his yes', policy('observe'), restart, facts({ askedBy: ann }), 'auto', 'asked-by-approver'],
    ['an operator’s wish needs an approver', policy('act-and-tell'), restart, facts({ askedBy: otto }), 'ask', 'asked-by-operator'],
    ['but where the rule lets operators say yes', one({ role: 'operator' }), restart, facts({ askedBy: otto }), 'auto', 'asked-by-approver'],
    ['where two must say yes, one who asks is not enough', one({ approvers: 2 }), restart, facts({ askedBy: ann }), 'ask', 'shop'],
    ['who asked does not approve where the rule says so', one({ requesterMayApprove: false }), restart, facts({ askedBy: ann }), 'ask', 'shop'],
    ['who may not approve anyway takes nobody’s place among those who do', one({ requesterMayApprove: false, approvers: 2 }), restart, facts({ askedBy: { name: 'Opal', role: 'operator' }, eligible: { operator: 3, approver: 2 } }), 'ask', 'shop'],
    ['but where nobody else can', one({ requesterMayApprove: false }), restart, facts({ askedBy: ann, eligible: { operator: 3, approver: 1 } }), 'auto', 'asked-by-approver'],
  ] as const)('%s', (_, rules, plan, around, verdict, name) => {
    expect(decide(plan, rules, around)).toMatchObject({ verdict, rule: name });
  });

  it('says that who asked is the only one who could approve', () => {
    expect(decide(restart, one({ requesterMayApprove: false }), facts({ askedBy: ann, eligible: { operator: 3, approver: 1 } })).why)
      .toBe('Ann asked for it, and may approve (the rule wants somebody else than who asked, and nobody else may approve)');
  });

  it('says when a wait between attempts is over', () => {
    expect(decide(restart, one({ backoff: 'linear' }), facts({ attempts: { count: 3, lastAt: NOW } }))).toEqual({
      verdict: 'deny', rule: 'backoff', why: 'the rule “shop” waits 90 s more before attempt 4', notBefore: NOW + 90_000,
    });
  });

  it.each([['hold:freeze', true], ['budget:restarts', true], ['deny[3]', true], ['allow', true], ['shop', false], ['backoff', false], ['default', false]] as const)('a denial by %s binds those who said yes too: %s', (name, binds) => {
    expect(bindsEverybody({ verdict: 'deny', rule: name, why: 'x' })).toBe(binds);
  });
});
