import { describe, expect, it } from 'vitest';
import { auditCard } from '../../../src/cards/audit-card.js';
import type { Card } from '../../../src/cards/card.js';
import { drawPlain } from '../../../src/cards/plain.js';
import { BEGAN, MINUTE, UTC } from './views.js';

const draw = (card: Card): string => drawPlain(card, { width: 72, color: false });

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
