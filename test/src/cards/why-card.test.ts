import { describe, expect, it } from 'vitest';
import { drawPlain } from '../../../src/cards/plain.js';
import { whyCard } from '../../../src/cards/why-card.js';
import type { Span } from '../../../src/domain/span.js';
import { BEGAN, finding, incident, MINUTE, plan, run, UTC, view } from './views.js';

const record = (fromAt: number, text: string, why: string | null = null): Span => ({ kind: 'record', text, why, fromAt, toAt: fromAt, times: 1, auditSeq: 1 });
const wait = (fromAt: number, toAt: number | null, change: Partial<Span> = {}): Span => ({ kind: 'dependency', text: 'it waits for a fresh reading of redis', why: null, fromAt, toAt, times: 1, auditSeq: null, ...change });
const draw = (...of: Parameters<typeof whyCard>): string => drawPlain(whyCard(...of), { width: 40, color: false });

describe('the card of why', () => {
  it('tells what was tried, the steps in order, and what was kept, on a phone', () => {
    const whole = view({
      incident: { ...incident, state: 'escalated', reason: 'nothing is left to try' }, plans: [plan()], findings: [finding, { ...finding, title: 'memory is high', evidence: ['412 MB'], firstAt: BEGAN + MINUTE }],
      remediations: [run({ evidence: [{ kind: 'logs', at: BEGAN, missing: null }, { kind: 'changes', at: BEGAN, missing: 'the config names no repository' }] })],
    });
    const story = [record(BEGAN, 'incident on shop: /checkout fails', 'status 500 × 3'), wait(BEGAN, BEGAN + 2 * MINUTE, { times: 4 }), wait(BEGAN + 2 * MINUTE, null, { kind: 'people', text: 'it has stopped' })];
    expect(draw(whole, story, UTC)).toMatchInlineSnapshot(`
      "✗ CRITICAL  shop: /checkout: status 500,
                  3 checks in a row over 20 s
        Now: it has stopped (since 03:14 UTC,
        2 min ago).

        pm2.reload: did not help (41 s):
        /checkout was still bad

        Step by step, from 03:12 UTC:
        03:12:00  incident on shop: /checkout
        fails (status 500 × 3)
        03:12:00  it waits for a fresh reading
        of redis (until 03:14:00, 4 times)
        03:13:00  seen, and still: memory is
        high (412 MB)
        03:14:00  it has stopped (still, for 2
        min)

        Kept before pm2.reload: logs. Not
        there: changes (the config names no
        repository).

        incident k2m9qx · all of it: why
        k2m9qx --json"
    `);
  });

  it('says that nothing was done, and of what went away by itself that it was not ours', () => {
    expect(draw(view(), [], UTC)).toContain('Nothing was done to shop.');
    const over = { ...incident, state: 'resolved' as const, closedAt: BEGAN + MINUTE, reason: 'good again by itself after 60 s' };
    expect(draw(view({ incident: over }), [], UTC)).toMatch(/Lasted 60 s[\s\S]*It ended without a repair of ours/);
  });

  it('leaves out waits that were over in the blink of an eye, and tells no more than forty steps', () => {
    const many = Array.from({ length: 60 }, (_, n) => record(BEGAN + n * 1_000, `step ${n}`));
    const text = draw(view(), [...many, wait(BEGAN, BEGAN + 999)], UTC);
    expect(text).not.toContain('redis');
    expect(text).toContain('… and 20 before these');
    expect(text.match(/step \d+/g)).toHaveLength(40);
  });
});
