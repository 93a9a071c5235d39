import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../src/policy/condition.js';
import { decide } from '../../../src/policy/decide.js';
import { explain } from '../../../src/policy/explain.js';
import type { ListEntry, PlanInQuestion, Policy, PolicyFacts, PolicyRule } from '../../../src/policy/policy.js';
import { RUNGS } from '../../../src/policy/policy.js';
import type { TimeWindow } from '../../../src/domain/time-window.js';
import { BACKOFFS } from '../../../src/policy/backoff.js';

const RUNS = 2_000;
const PERMITS = { deny: 0, ask: 1, auto: 2 } as const;

const condition: fc.Arbitrary<Condition | null> = fc.option(fc.constantFrom(true, false, null, null).map((holds) => ({ text: String(holds), holds: () => holds })), { freq: 1 });
const repair = fc.constantFrom('*', 'pm2.*', 'pm2.restart', 'release.rollback');
const target = fc.constantFrom('*', 'shop', 'blog');
const entry: fc.Arbitrary<ListEntry> = fc.record({ repair, target, when: condition });
const window: fc.Arbitrary<TimeWindow> = fc.record({ days: fc.subarray([0, 1, 2, 3, 4, 5, 6]), from: fc.nat(1_439), to: fc.nat(1_440), zone: fc.constantFrom('UTC', 'Europe/Berlin', 'Pacific/Auckland', 'no/zone'), text: fc.constant('w') });
const rule: fc.Arbitrary<PolicyRule> = fc.record({
  name: fc.stringMatching(/^[a-z]{1,8}$/), repair, target, rung: fc.constantFrom(...RUNGS), approvers: fc.integer({ min: 1, max: 3 }), role: fc.constantFrom('operator' as const, 'approver' as const),
  requesterMayApprove: fc.boolean(), windows: fc.array(window, { maxLength: 2 }), when: condition,
  maxTargets: fc.option(fc.oneof(fc.record({ count: fc.integer({ min: 1, max: 5 }) }), fc.record({ share: fc.double({ min: 0.01, max: 1, noNaN: true }) }))),
  maxAttempts: fc.option(fc.integer({ min: 1, max: 4 })), backoff: fc.option(fc.constantFrom(...BACKOFFS)), dryRun: fc.boolean(),
});
const policy: fc.Arbitrary<Policy> = fc.record({
  dryRun: fc.boolean(), default: fc.constantFrom(...RUNGS), rules: fc.array(rule, { maxLength: 4 }), allow: fc.option(fc.array(entry, { maxLength: 3 })), deny: fc.array(entry, { maxLength: 1 }),
  restartsPer30m: fc.nat(4), restartsPer24h: fc.nat(6), rollbacksPer24h: fc.nat(2), remediationsPerTargetHour: fc.nat(10), remediationsPerHour: fc.nat(20),
  repairExpiryMs: fc.constant(1), rollbackExpiryMs: fc.constant(1), later: fc.constant([]), hash: fc.constant('h'),
});
const plan: fc.Arbitrary<PlanInQuestion> = fc.record({
  repair: fc.constantFrom('pm2.restart', 'pm2.reload', 'release.rollback', 'ratelimit.clear', 'odd'), risk: fc.constantFrom('safe' as const, 'disruptive' as const, 'destructive' as const), targetName: fc.constantFrom('shop', 'blog', 'x'),
  restarts: fc.nat(3), rollsBack: fc.boolean(), migrations: fc.option(fc.nat(2)), letsIn: fc.boolean(),
});
const hold = fc.record({ kind: fc.constantFrom('freeze', 'storm'), reason: fc.string(), author: fc.string() });
const now = fc.integer({ min: 0, max: 4_000_000_000_000 });
const facts: fc.Arbitrary<PolicyFacts> = now.chain((at) => fc.record({
  now: fc.constant(at), zone: fc.constantFrom('UTC', 'Europe/Berlin', 'no/zone'),
  counts: fc.record({ restarts30m: fc.nat(4), restarts24h: fc.nat(6), rollbacks24h: fc.nat(2), remediationsTargetHour: fc.nat(10), remediationsHour: fc.nat(20) }),
  attempts: fc.record({ count: fc.nat(4), lastAt: fc.option(fc.integer({ min: at - 7_200_000, max: at })) }), spread: fc.record({ others: fc.nat(5), watched: fc.nat(10) }),
  askedBy: fc.option(fc.record({ name: fc.constantFrom('Ann', 'Otto'), role: fc.constantFrom('viewer' as const, 'operator' as const, 'approver' as const) })),
  eligible: fc.record({ operator: fc.nat(4), approver: fc.nat(3) }), holds: fc.array(hold, { maxLength: 1 }), mayRollBackAlone: fc.boolean(), rolledBackInVain: fc.boolean(), sameBefore: fc.nat(3), cameBack: fc.nat(3),
  incident: fc.constant(null), launch: fc.constant(null), memoryShare: fc.constant(null), requestRate: fc.record({ now: fc.option(fc.nat(3)), usual: fc.option(fc.nat(3)) }),
}));

/** Each makes a policy, or what is in force, stricter. */
const stricter: Readonly<Record<string, (policy: Policy, facts: PolicyFacts, by: number) => readonly [Policy, PolicyFacts]>> = {
  'a lower rung of one rule': (p, f, by) => [{ ...p, rules: p.rules.map((one, n) => (n === by % p.rules.length ? { ...one, rung: RUNGS[Math.max(0, RUNGS.indexOf(one.rung) - 1)] ?? 'observe' } : one)) }, f],
  'a lower default': (p, f) => [{ ...p, default: RUNGS[Math.max(0, RUNGS.indexOf(p.default) - 1)] ?? 'observe' }, f],
  'one more entry to deny': (p, f, by) => [{ ...p, deny: [...p.deny, { repair: by % 2 ? '*' : 'pm2.*', target: by % 3 ? '*' : 'shop', when: null }] }, f],
  'one entry less to allow': (p, f) => [{ ...p, allow: p.allow?.slice(1) ?? [] }, f],
  'smaller budgets': (p, f, by) => [{ ...p, restartsPer30m: less(p.restartsPer30m, by), restartsPer24h: less(p.restartsPer24h, by), rollbacksPer24h: less(p.rollbacksPer24h, by), remediationsPerHour: less(p.remediationsPerHour, by), remediationsPerTargetHour: less(p.remediationsPerTargetHour, by) }, f],
  'fewer attempts': (p, f) => [{ ...p, rules: p.rules.map((one) => ({ ...one, maxAttempts: Math.min(one.maxAttempts ?? 3, 1) })) }, f],
  'narrower windows': (p, f, by) => [{ ...p, rules: p.rules.map((one) => ({ ...one, windows: one.windows.map((w) => ({ ...w, days: w.days.slice(by % 3) })) })) }, f],
  'a window where there was none': (p, f) => [{ ...p, rules: p.rules.map((one) => (one.windows.length > 0 ? one : { ...one, windows: [{ days: [1], from: 0, to: 60, zone: 'UTC', text: 'w' }] })) }, f],
  'fewer targets at once': (p, f) => [{ ...p, rules: p.rules.map((one) => ({ ...one, maxTargets: { count: 1 } })) }, f],
  'more people who say yes': (p, f) => [{ ...p, rules: p.rules.map((one) => ({ ...one, approvers: one.approvers + 1 })) }, f],
  // Where the only approver is who asked, a rule that wants somebody else is one that nobody can meet, and he decides alone.
  'approvers alone': (p, f) => [f.eligible.approver < 2 ? p : { ...p, rules: p.rules.map((one) => ({ ...one, role: 'approver' as const })) }, f],
  'another person than who asked': (p, f) => [{ ...p, rules: p.rules.map((one) => ({ ...one, requesterMayApprove: false })) }, f],
  'a wait between attempts': (p, f) => [{ ...p, rules: p.rules.map((one) => ({ ...one, backoff: 'exponential' as const })) }, f],
  'a rollback in vain before it': (p, f) => [p, { ...f, rolledBackInVain: true }],
  'a dry run': (p, f) => [{ ...p, dryRun: true }, f],
  'a dry run of one rule': (p, f, by) => [{ ...p, rules: p.rules.map((one, n) => (n === by % p.rules.length ? { ...one, dryRun: true } : one)) }, f],
  'a hold': (p, f) => [p, { ...f, holds: [...f.holds, { kind: 'freeze', reason: 'r', author: 'a' }] }],
};

function less(limit: number, by: number): number {
  return Math.max(0, limit - 1 - (by % 3));
}

describe('decide', () => {
  it('answers everything, in the same way each time, and always names its rule', () => {
    fc.assert(fc.property(plan, policy, facts, (of, rules, around) => {
      const decision = decide(of, rules, around);
      expect(decision.rule).not.toBe('');
      expect(decision.why).not.toBe('');
      expect(PERMITS[decision.verdict]).toBeDefined();
      expect(decide(of, rules, around)).toEqual(decision);
    }), { numRuns: RUNS });
  });

  it('denies by default: without rules and on observe, nothing is done that nobody asked for', () => {
    fc.assert(fc.property(plan, policy, facts, (of, rules, around) => {
      expect(decide(of, { ...rules, rules: [], default: 'observe' }, { ...around, askedBy: null }).verdict).toBe('deny');
    }), { numRuns: RUNS });
  });

  it('acts by itself on act-and-tell alone, and otherwise on the word of somebody who may', () => {
    fc.assert(fc.property(plan, policy, facts, (of, rules, around) => {
      const decision = decide(of, rules, around);
      if (decision.verdict !== 'auto') return;
      const rungs = [rules.default, ...rules.rules.map(({ rung }) => rung)];
      expect(around.askedBy === null ? rungs.includes('act-and-tell') : around.askedBy.role !== 'viewer').toBe(true);
      expect(around.holds).toEqual([]);
    }), { numRuns: RUNS });
  });

  it.each(Object.entries(stricter))('never permits more with %s', (_, tighten) => {
    fc.assert(fc.property(plan, policy, facts, fc.nat(20), (of, rules, around, by) => {
      const [tighter, held] = tighten(rules, around, by);
      expect(PERMITS[decide(of, tighter, held).verdict]).toBeLessThanOrEqual(PERMITS[decide(of, rules, around).verdict]);
    }), { numRuns: RUNS });
  });

  it('is what explain tells: the same verdict and rule, and the last look is the one that stopped it', () => {
    fc.assert(fc.property(plan, policy, facts, (of, rules, around) => {
      const told = explain(of, rules, around);
      expect(told).toMatchObject(withoutTime(decide(of, rules, around)));
      expect(told.looks.filter(({ stopped }) => stopped).length).toBe(told.looks.at(-1)?.stopped ? 1 : 0);
      for (const { saw } of told.looks) expect(saw).not.toBe('');
    }), { numRuns: RUNS });
  });
});

function withoutTime({ verdict, rule: named, why }: ReturnType<typeof decide>) {
  return { verdict, rule: named, why };
}
