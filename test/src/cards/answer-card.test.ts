import { describe, expect, it } from 'vitest';
import { answerCard, type Answered } from '../../../src/cards/answer-card.js';
import { BEGAN, good, MINUTE, question, rollbackPlan, UTC } from './views.js';

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
    ['a yes to what was superseded', { ...bob, question: { ...question, state: 'superseded', decidedAt: BEGAN + MINUTE, decidedBy: 'superseded: Otto asked for something else' } }, 'shop: too late: something else took the question\'s place at 03:13 UTC, and this was not done'],
    ['a yes to what was asked for by oneself', { ...answered, plan: { ...rollbackPlan, askedBy: 'Ann' }, own: { ...own, outcome: 'not_allowed' }, question }, 'shop: you asked to roll back to 9d1e003; somebody else says yes to it'],
    ['a yes of somebody who may not', { ...answered, own: { ...own, outcome: 'not_allowed' }, question }, 'shop: your answer does not count: you may not decide whether I roll back to 9d1e003'],
    ['a yes nobody has judged', { ...answered, own: { ...own, outcome: null }, question }, 'shop: your yes is kept; the monitor has not judged it yet'],
  ] as const)('%s', (_name, said, expected) => {
    expect(title(said as Answered)).toBe(expected);
  });

  it('repeats what was said to somebody who answers twice', () => {
    expect(answerCard({ ...answered, again: true, yes: false }, UTC).body[0]).toBe('You said yes at 03:15 UTC already, and that stands.');
    expect(answerCard({ ...answered, plan: { ...rollbackPlan, state: 'running' }, question: { ...question, state: 'approved' }, again: true, yes: false }, UTC).body.at(-1)).toBe('To stop it: freeze shop --reason <why>. What has begun is taken back where that is possible.');
  });
});
