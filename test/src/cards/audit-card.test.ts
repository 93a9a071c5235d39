import { describe, expect, it } from 'vitest';
import { auditCard, verifyCard, type TrailChecked } from '../../../src/cards/audit-card.js';
import type { Card } from '../../../src/cards/card.js';
import { drawPlain } from '../../../src/cards/plain.js';
import { BEGAN, MINUTE, UTC } from './views.js';

const draw = (card: Card): string => drawPlain(card, { width: 72, color: false });

describe('the card of the audit trail', () => {
  const entries = [
    { seq: 41, at: BEGAN, who: 'hypercare', what: 'incident on shop: /checkout: status 500', why: 'status 500 × 3' },
    { seq: 42, at: BEGAN + MINUTE, who: 'Ann', what: 'said yes to release.rollback of shop', why: 'plan bbbbbbbbbbbb' },
  ];

  const whole: TrailChecked = { entries: 42, head: { seq: 42, hash: 'c'.repeat(64) }, fault: null, mismatches: [], anchor: { seq: 40, hash: 'd'.repeat(64), at: BEGAN, verdict: 'holds' } };

  it('says that the chain is whole', () => {
    expect(draw(auditCard(entries, whole, UTC))).toMatchInlineSnapshot(`
      "i INFO  the audit trail is whole: 42 entries
        41  03:12 UTC  hypercare: incident on shop: /checkout: status 500
        (status 500 × 3)
        42  03:13 UTC  Ann: said yes to release.rollback of shop (plan
        bbbbbbbbbbbb)"
    `);
  });

  it('says where it was changed, before anything else', () => {
    expect(auditCard(entries, { ...whole, fault: { kind: 'changed', seq: 17, other: null } }, UTC)).toMatchObject({ level: 'critical', title: 'the audit trail was changed: its chain is broken at entry 17' });
  });

  it('says what was compared, and what that is worth', () => {
    expect(draw(verifyCard(whole, UTC))).toMatchInlineSnapshot(`
      "i INFO  the audit trail is whole: 42 entries
        Every entry was compared with its hash and with the entry before it,
        up to cccccccccccc.
        Entry 40, which also stands outside of the store (03:12 UTC, 4 min
        ago), is there: up to it nothing was cut off.

        It shows what was changed by somebody who does not know how it is
        made. Who may write both the store and the PM2 home can forge it all:
        keep an export on another machine."
    `);
    expect(draw(verifyCard({ ...whole, anchor: null }, UTC))).toContain('cannot be told yet');
    expect(draw(verifyCard({ ...whole, entries: 0, head: null, anchor: null }, UTC))).toContain('There is no entry yet.');
  });

  it.each([
    { fault: { kind: 'changed', seq: 17, other: null }, says: 'Entry 17 was changed: its hash is not that of what stands in it.' },
    { fault: { kind: 'moved', seq: 17, other: 21 }, says: 'Entry 17 was moved there: it was written as number 21.' },
    { fault: { kind: 'missing', seq: 17, other: 17 }, says: 'Entry 17 is missing.' },
    { fault: { kind: 'missing', seq: 17, other: 19 }, says: 'Entries 17 to 19 are missing.' },
    { fault: { kind: 'put_in', seq: 17, other: null }, says: 'Something was put in before entry 17, where nothing can be.' },
    { fault: { kind: 'unlinked', seq: 17, other: null }, says: 'Entry 17 does not follow entry 16: one of the two was written anew.' },
    { fault: { kind: 'unlinked', seq: 1, other: null }, says: 'Entry 1 is not the first one that was written.' },
  ] as const)('names what is wrong: $says', ({ fault, says }) => {
    expect(verifyCard({ ...whole, fault }, UTC).body[0]?.split('\n')[0]).toBe(says);
  });

  it('says what it means that the newest entries are gone, and what to do', () => {
    expect(draw(verifyCard({ ...whole, anchor: { seq: 40, hash: 'd'.repeat(64), at: BEGAN, verdict: 'cut' } }, UTC))).toMatchInlineSnapshot(`
      "✗ CRITICAL  the audit trail does not end where it ended before
        It had an entry 40, which is not there: the newest entries were cut
        off, or the store was put back to an older copy. So it stood outside
        of the store (03:12 UTC, 4 min ago). Compare it with an export that
        was kept elsewhere, and find out who can write to the store."
    `);
  });

  it.each([
    { verdict: 'differs', says: /^Entry 40 is not the one that was there\..*Compare it/ },
    { verdict: 'other_store', says: /^The trail that was kept here before, up to entry 40, was that of another store\..*If you moved to another store, this is why/ },
  ] as const)('says what it means that the anchor is $verdict', ({ verdict, says }) => {
    expect(verifyCard({ ...whole, anchor: { seq: 40, hash: 'd'.repeat(64), at: BEGAN, verdict } }, UTC).body[0]).toMatch(says);
  });
});
