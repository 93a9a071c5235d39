import { describe, expect, it } from 'vitest';
import { answerCard, type Answered } from '../../../src/cards/answer-card.js';
import { auditCard } from '../../../src/cards/audit-card.js';
import type { Card } from '../../../src/cards/card.js';
import { errorCard } from '../../../src/cards/error-card.js';
import { incidentsCard } from '../../../src/cards/incidents-card.js';
import { drawPlain } from '../../../src/cards/plain.js';
import { planCard, refusedCard } from '../../../src/cards/plan-card.js';
import { HypercareError } from '../../../src/domain/errors.js';
import { BEGAN, good, incident, MINUTE, question, rollbackPlan, switchBack, UTC } from './views.js';

const draw = (card: Card): string => drawPlain(card, { width: 72, color: false });

describe('the card of a plan that was only prepared', () => {
  it('lists every step, what is at stake, the way back and what policy says', () => {
    expect(draw(planCard({ ...switchBack, repair: 'release.rollback', target: 'shop', verdict: 'ask', rule: 'rollbacks ask', why: 'the rule “rollbacks ask” asks first', hash: 'b'.repeat(64) }))).toMatchInlineSnapshot(`
      "i INFO  shop: release.rollback would be asked first; nothing was done
              now
        It would do exactly this:
        1. rename current → releases/9d1e003 (at most 5 s)
        2. pm2 reload shop (at most 30 s)

        9d1e003 ran well for 3 d; it is on disk and needs no install.
        12 files differ, the lockfile does not, no migration.
        At most 2 restarts.
        Way back: the same two steps to 4f2a91c, which stays on disk

        Policy: ask, because the rule “rollbacks ask” asks first.

        plan bbbbbbbbbbbb"
    `);
  });

  it('says why a repair is not possible', () => {
    expect(draw(refusedCard({ repair: 'rollback', target: 'shop' }, 'no other release of it is known to be stable'))).toMatchInlineSnapshot(`
      "! WARNING  shop: rollback is not possible: no other release of it is
                 known to be stable"
    `);
  });
});

describe('the card of the incidents', () => {
  it('puts the open ones before the past ones', () => {
    const past = { ...incident, id: '06g8zk2v1a7kpast01' as never, state: 'resolved' as const, openedAt: BEGAN - 26 * 60 * MINUTE, closedAt: BEGAN - 26 * 60 * MINUTE + 41_000, title: 'hangs: no answer to 3 liveness checks' };
    expect(draw(incidentsCard([{ incident, at: 'shop' }, { incident: past, at: 'shop' }], UTC))).toMatchInlineSnapshot(`
      "✗ CRITICAL  1 open incident
        k2m9qx  shop: /checkout: status 500, 3 checks in a row over 20 s
        (open, for 4 min)

        past01  20 Nov 01:12 UTC  shop: hangs: no answer to 3 liveness checks
        (over after 41 s)

        one of them whole: incidents <id>"
    `);
  });

  it('is good where nothing is open', () => {
    expect(incidentsCard([], UTC)).toMatchObject({ level: 'good', title: 'no open incident', body: [] });
  });
});

describe('the card of the audit trail', () => {
  const entries = [
    { seq: 41, at: BEGAN, who: 'hypercare', what: 'incident on shop: /checkout: status 500', why: 'status 500 × 3' },
    { seq: 42, at: BEGAN + MINUTE, who: 'Ann', what: 'said yes to release.rollback of shop', why: 'plan bbbbbbbbbbbb' },
  ];

  it('says that the chain is whole', () => {
    expect(draw(auditCard(entries, null, UTC))).toMatchInlineSnapshot(`
      "i INFO  the audit trail is whole: 42 entries
        41  03:12 UTC  hypercare: incident on shop: /checkout: status 500
        (status 500 × 3)
        42  03:13 UTC  Ann: said yes to release.rollback of shop (plan
        bbbbbbbbbbbb)"
    `);
  });

  it('says where it was changed, before anything else', () => {
    expect(auditCard(entries, 17, UTC)).toMatchObject({ level: 'critical', title: 'the audit trail was changed: its chain is broken at entry 17' });
  });
});

describe('what is said back to an answer', () => {
  const own = { questionId: question.id, personId: 'ann' as never, yes: true, via: 'slack' as const, at: BEGAN + 3 * MINUTE, outcome: 'counted' as const };
  const answered: Answered = { app: 'shop', plan: rollbackPlan, destinations: [good], question: { ...question, state: 'approved', decidedAt: BEGAN + 3 * MINUTE, decidedBy: 'Ann' }, own, again: false, name: 'Ann', yes: true, approvers: ['Ann', 'Bob'] };
  const bob: Answered = { ...answered, name: 'Bob', own: null };
  const title = (said: Answered): string => answerCard(said, UTC).title;

  it.each([
    ['a yes that decides', answered, 'shop: your yes counts; I roll back to 9d1e003 now'],
    ['a yes of two', { ...answered, question: { ...question, need: 2 } }, 'shop: your yes counts; 2 people are needed to roll back to 9d1e003'],
    ['a no', { ...answered, yes: false, own: { ...own, yes: false }, question: { ...question, state: 'denied' } }, 'shop: your no counts; I do not roll back to 9d1e003'],
    ['a yes after somebody’s yes', bob, 'shop: already approved by Ann at 03:15 UTC (roll back to 9d1e003)'],
    ['a yes after somebody’s no', { ...bob, question: { ...bob.question, state: 'denied' } }, 'shop: already denied by Ann at 03:15 UTC (roll back to 9d1e003)'],
    ['a yes that came too late', { ...bob, question: { ...question, state: 'expired' } }, 'shop: too late: the question expired at 03:44 UTC, and nothing was done'],
    ['a yes to what was taken back', { ...bob, question: { ...question, state: 'cancelled', decidedAt: BEGAN + MINUTE, decidedBy: 'shop is good again' } }, 'shop: too late: the question was taken back at 03:13 UTC, and nothing was done'],
    ['a yes to what was asked for by oneself', { ...answered, plan: { ...rollbackPlan, askedBy: 'Ann' }, own: { ...own, outcome: 'not_allowed' }, question }, 'shop: you asked to roll back to 9d1e003; somebody else says yes to it'],
    ['a yes of somebody who may not', { ...answered, own: { ...own, outcome: 'not_allowed' }, question }, 'shop: your answer does not count: you may not decide whether I roll back to 9d1e003'],
    ['a yes nobody has judged', { ...answered, own: { ...own, outcome: null }, question }, 'shop: your yes is kept; the monitor has not judged it yet'],
  ] as const)('%s', (_name, said, expected) => {
    expect(title(said as Answered)).toBe(expected);
  });

  it('repeats what was said to somebody who answers twice', () => {
    expect(answerCard({ ...answered, again: true, yes: false }, UTC).body[0]).toBe('You said yes at 03:15 UTC already, and that stands.');
  });
});

describe('the card of an error', () => {
  it('says what happened, why, and what to do now', () => {
    const error = new HypercareError('store.unopenable', 'permanent', 'the store cannot be opened', 'Check who owns it.', { cause: new Error('EACCES: permission denied') });
    expect(draw(errorCard(error))).toMatchInlineSnapshot(`
      "✗ CRITICAL  the store cannot be opened
        EACCES: permission denied

        Check who owns it."
    `);
  });

  it('shows no stack of what is not ours', () => {
    expect(draw(errorCard(new TypeError('x is not a function')))).toMatchInlineSnapshot(`
      "✗ CRITICAL  hypercare itself failed
        x is not a function

        Look at “status” before you try again, and report it if it stays."
    `);
  });
});
