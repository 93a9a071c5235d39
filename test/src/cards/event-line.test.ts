import { describe, expect, it } from 'vitest';
import { eventLine } from '../../../src/cards/event-line.js';
import { EVENT_KINDS } from '../../../src/domain/event.js';
import { asking, BEGAN, incident, MINUTE, plan, reload, run, UTC, view } from './views.js';

describe('an event in one line', () => {
  const resolved = view({ incident: { ...incident, state: 'resolved', closedAt: BEGAN + MINUTE } });
  it.each([
    ['incident.opened', view(), 'shop: /checkout: status 500, 3 checks in a row over 20 s'],
    ['incident.resolved', resolved, 'shop: over after 60 s'],
    ['incident.escalated', view({ incident: { ...incident, reason: 'nobody answered' } }), 'shop needs you: nobody answered'],
    ['question.asked', asking, 'may I roll back to 9d1e003? (approve shop, deny shop; expires 03:44 UTC, in 28 min)'],
    ['question.warned', asking, 'the question still waits; it expires 03:44 UTC, in 28 min'],
    ['question.closed', view({ ...asking, question: { ...asking.question!, state: 'denied', decidedBy: 'Ann' } }), 'the answer: denied (Ann)'],
    ['plan.suggested', view({ plans: [plan({ why: 'the rule “default” only suggests' })] }), 'do pm2.reload: suggested, not done: the rule “default” only suggests'],
    ['remediation.started', view({ remediations: [run()] }), 'pm2.reload has begun'],
    ['remediation.ended', view({ remediations: [run()] }), 'pm2.reload: failed after 41 s: /checkout was still bad'],
    ['remediation.ended', view({ plans: [plan({ repair: 'pm2.stop', prepared: { ...reload, verify: { checks: [], good: 0, settleMs: 0, withinMs: 0 } } })], remediations: [run({ repair: 'pm2.stop', state: 'unclear', outcome: 'done; nothing is proved, because it ended what could be measured' })] }), 'pm2.stop: ended after 41 s: done; nothing is proved, because it ended what could be measured'],
    ['launch.started', view(), null],
    ['monitor.started', view(), null],
  ] as const)('%s', (kind, seen, line) => {
    expect(eventLine({ kind }, seen, UTC)).toBe(line);
  });

  it('says why an incident goes on: with a new release, or under another policy', () => {
    expect(eventLine({ kind: 'incident.changed', body: { launch: 'l-1' } }, view(), UTC)).toBe('shop: it belongs to release 4f2a91c, which is live now');
    expect(eventLine({ kind: 'incident.changed', body: { policy: 'x' } }, view(), UTC)).toBe('shop: the policy changed; it is looked at again');
  });

  it('never fails where what it speaks of is gone', () => {
    for (const kind of EVENT_KINDS) expect(() => eventLine({ kind }, view(), UTC)).not.toThrow();
  });
});
