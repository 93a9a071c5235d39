import { describe, expect, it } from 'vitest';
import { callText, calls } from '../../../src/cards/call.js';
import { EVENT_KINDS } from '../../../src/domain/event.js';
import { asking, incident, question, UTC, view } from './views.js';

const escalated = view({ incident: { ...incident, state: 'escalated', reason: 'every repair was tried, and none helped' } });

describe('what is said aloud beside a card', () => {
  it('says what is asked and until when, enough in the first hundred characters', () => {
    const text = callText(asking, ['remediation.ended', 'question.asked'], UTC);
    expect(text).toBe('shop: may I roll back to 9d1e003? Expires 03:44 UTC, in 28 min.');
    expect(text?.length).toBeLessThan(100);
  });

  it('warns before a question expires', () => {
    expect(callText(asking, ['question.warned'], UTC)).toBe('shop: may I roll back to 9d1e003? Nobody has decided yet. Expires 03:44 UTC, in 28 min.');
  });

  it('says that people are needed, and why', () => {
    expect(callText(escalated, ['incident.escalated'], UTC)).toBe('shop needs you: every repair was tried, and none helped');
  });

  it('reminds of what is still open, also him who said no then, and of a question that nobody decided', () => {
    expect(callText(escalated, ['incident.reminded'], UTC)).toMatch(/^shop still needs you after [\d a-z]+: every repair was tried, and none helped$/);
    expect(callText(view({ ...escalated, plans: asking.plans, question: { ...question, state: 'denied' } }), ['incident.reminded'], UTC)).toContain('shop still needs you');
    expect(callText(asking, ['incident.reminded'], UTC)).toBe('shop: may I roll back to 9d1e003? Nobody has decided yet. Expires 03:44 UTC, in 28 min.');
  });

  it.each([
    ['nobody for what only informs', asking, ['incident.opened', 'incident.changed', 'remediation.started', 'remediation.ended', 'question.closed', 'incident.resolved', 'plan.suggested']],
    ['nobody once the question is over', view({ ...asking, question: { ...question, state: 'approved' } }), ['question.asked', 'question.warned']],
    ['nobody once the incident is over', view({ incident: { ...incident, state: 'resolved' } }), ['incident.escalated', 'incident.reminded']],
    ['nobody where somebody has seen it', view({ ...asking, incident: { ...asking.incident, state: 'escalated', ackedAt: UTC.now, ackedBy: 'Ann' } }), ['question.asked', 'question.warned', 'incident.escalated', 'incident.reminded']],
    ['not the one back who has just said no', view({ ...escalated, plans: asking.plans, question: { ...question, state: 'denied' } }), ['incident.escalated']],
  ] as const)('calls %s', (_, shown, kinds) => {
    expect(callText(shown, kinds, UTC)).toBeNull();
  });

  it('bounds the reason', () => {
    const long = view({ incident: { ...incident, state: 'escalated', reason: 'x'.repeat(5_000) } });
    expect(callText(long, ['incident.escalated'], UTC)?.length).toBeLessThan(250);
  });

  it('knows which events call', () => {
    expect(EVENT_KINDS.filter(calls)).toEqual(['incident.escalated', 'incident.reminded', 'question.asked', 'question.warned']);
  });
});
