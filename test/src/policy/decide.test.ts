import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Act } from '../../../src/domain/act.js';
import { decide } from '../../../src/policy/decide.js';
import type { PlanInQuestion, Policy, PolicyFacts, Rung } from '../../../src/policy/policy.js';
import { RUNGS } from '../../../src/policy/policy.js';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

const restart: PlanInQuestion = { repair: 'pm2.restart', risk: 'disruptive', targetName: 'shop', restarts: 2, rollsBack: false, migrations: null };
const rollback: PlanInQuestion = { ...restart, repair: 'release.rollback', restarts: 0, rollsBack: true, migrations: 0 };

function policy(rung: Rung, more: Partial<Policy> = {}): Policy {
  return { default: 'observe', rules: [{ name: 'shop', repair: '*', target: 'shop', rung, approvers: 1 }], restartsPer30m: 3, restartsPer24h: 6, rollbacksPer24h: 1, repairExpiryMs: 900_000, rollbackExpiryMs: 1_800_000, ...more };
}

function facts(more: Partial<PolicyFacts> = {}): PolicyFacts {
  return { now: NOW, acts: [], askedBy: null, holds: [], mayRollBackAlone: true, sameBefore: 0, cameBack: 0, ...more };
}

function act(minutesAgo: number, by: Act['by'], kind = 'restart'): Act {
  return { resourceId: 'r' as never, at: NOW - minutesAgo * MINUTE, by, kind, fingerprint: null, dedupe: `${minutesAgo}${by}`, note: null };
}

const ann = { name: 'Ann', role: 'approver' } as const;
const otto = { name: 'Otto', role: 'operator' } as const;

describe('policy', () => {
  it.each([
    ['observe only looks', policy('observe'), restart, facts(), 'deny', 'shop'],
    ['suggest only says', policy('suggest'), restart, facts(), 'deny', 'shop'],
    ['ask asks', policy('ask'), restart, facts(), 'ask', 'shop'],
    ['act-and-tell acts', policy('act-and-tell'), restart, facts(), 'auto', 'shop'],
    ['what no rule names is held by the default', { ...policy('act-and-tell'), rules: [] }, restart, facts(), 'deny', 'default'],
    ['a hold goes before every rung', policy('act-and-tell'), restart, facts({ holds: [{ kind: 'freeze', reason: 'audit day', author: 'Ann' }] }), 'deny', 'hold:freeze'],
    ['a hold goes before a person too', policy('act-and-tell'), restart, facts({ askedBy: ann, holds: [{ kind: 'freeze', reason: 'audit day', author: 'Ann' }] }), 'deny', 'hold:freeze'],
    ['the third restart in 30 min is the last', policy('act-and-tell'), restart, facts({ acts: [act(25, 'us'), act(15, 'person'), act(5, 'pm2')] }), 'deny', 'budget:restarts'],
    ['older restarts do not count for the half hour', policy('act-and-tell'), restart, facts({ acts: [act(35, 'us'), act(33, 'us'), act(5, 'us')] }), 'auto', 'shop'],
    ['but for the day they do', policy('act-and-tell'), restart, facts({ acts: [1, 2, 3, 4, 5, 6].map((h) => act(h * 60, 'us')) }), 'deny', 'budget:restarts'],
    ['a burst of PM2 restarts counts once', policy('act-and-tell'), restart, facts({ acts: Array.from({ length: 16 }, (_, n) => act(10 - n / 20, 'pm2')) }), 'auto', 'shop'],
    ['a person over the budget is asked to confirm', policy('act-and-tell'), restart, facts({ askedBy: ann, acts: [act(25, 'us'), act(15, 'us'), act(5, 'us')] }), 'ask', 'budget:restarts'],
    ['a rollback is no restart', policy('act-and-tell'), rollback, facts({ acts: [act(25, 'us'), act(15, 'us'), act(5, 'us')] }), 'auto', 'shop'],
    ['one automatic rollback a day', policy('act-and-tell'), rollback, facts({ acts: [act(600, 'us', 'rollback')] }), 'ask', 'budget:rollbacks'],
    ['what was rolled back to is not rolled back by itself', policy('act-and-tell'), rollback, facts({ mayRollBackAlone: false }), 'ask', 'after-rollback'],
    ['no rollback by itself over a migration', policy('act-and-tell'), { ...rollback, migrations: 1 }, facts(), 'ask', 'risk:migrations'],
    ['nor over what cannot be told', policy('act-and-tell'), { ...rollback, migrations: null }, facts(), 'ask', 'risk:migrations'],
    ['a problem that came back after two repairs had helped asks, whichever repair is next', policy('act-and-tell'), restart, facts({ sameBefore: 0, cameBack: 2 }), 'ask', 'recurrence'],
    ['the same repair a third time in a day asks', policy('act-and-tell'), restart, facts({ sameBefore: 2 }), 'ask', 'recurrence'],
    ['what destroys is always asked', policy('act-and-tell'), { ...restart, risk: 'destructive' as const }, facts(), 'ask', 'risk:destructive'],
    ['an approver’s own wish is his yes', policy('observe'), restart, facts({ askedBy: ann }), 'auto', 'asked-by-approver'],
    ['an operator’s wish needs an approver', policy('act-and-tell'), restart, facts({ askedBy: otto }), 'ask', 'asked-by-operator'],
    ['where two must say yes, one who asks is not enough', { ...policy('ask'), rules: [{ name: 'two', repair: '*', target: '*', rung: 'ask' as const, approvers: 2 }] }, restart, facts({ askedBy: ann }), 'ask', 'two'],
  ] as const)('%s', (_, rules, plan, around, verdict, rule) => {
    expect(decide(plan, rules, around)).toMatchObject({ verdict, rule });
  });

  it('always names its rule and its reason, and acts by itself on act-and-tell or an approver’s word alone', () => {
    const people = fc.constantFrom(null, ann, otto);
    const acts = fc.array(fc.tuple(fc.integer({ min: 0, max: 1500 }), fc.constantFrom('us' as const, 'pm2' as const, 'person' as const)), { maxLength: 10 });
    fc.assert(fc.property(fc.constantFrom(...RUNGS), fc.constantFrom(restart, rollback), people, acts, fc.boolean(), fc.nat(4), (rung, plan, askedBy, done, held, sameBefore) => {
      const holds = held ? [{ kind: 'freeze', reason: 'r', author: 'a' }] : [];
      const decision = decide(plan, policy(rung), facts({ askedBy, holds, sameBefore, acts: done.map(([ago, by]) => act(ago, by)).sort((a, b) => a.at - b.at) }));
      expect(decision.rule).not.toBe('');
      expect(decision.why).not.toBe('');
      if (decision.verdict === 'auto') expect(!held && (rung === 'act-and-tell' || askedBy === ann)).toBe(true);
    }));
  });
});
