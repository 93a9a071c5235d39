import { describe, expect, it } from 'vitest';
import type { Card } from '../../../src/cards/card.js';
import { drawPlain } from '../../../src/cards/plain.js';
import { incidentCard } from '../../../src/cards/incident-card.js';
import { planCard, refusedCard } from '../../../src/cards/plan-card.js';
import { drawCaution } from '../../../src/cards/steps.js';
import { asking, switchBack, UTC } from './views.js';

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

  it.each([[{ queries: 1 }, 'At most 1 query.'], [{ queries: 2, processes: 1, limiters: 10 }, 'At most 2 queries, 1 process, 10 limiters.'], [{ restarts: 0 }, 'At most no restarts.']])('of %j says “%s”', (bounds, said) => {
    expect(drawCaution({ bounds, wayBack: null, notes: [] })).toBe(`${said}\nThere is no way back from it.`);
  });

  it('says beforehand that there is no way back, in a dry run and in a question', () => {
    const none = { ...switchBack, wayBack: null };
    const dry = planCard({ ...none, repair: 'pm2.restart', target: 'shop', verdict: 'auto', rule: 'r', why: 'it may', hash: 'b'.repeat(64) });
    const question = incidentCard({ ...asking, plans: asking.plans.map((plan) => ({ ...plan, prepared: none })) }, UTC);
    for (const card of [dry, question]) expect(draw(card)).toContain('There is no way back from it.');
  });

  it('says why a repair is not possible', () => {
    expect(draw(refusedCard({ repair: 'rollback', target: 'shop' }, 'no other release of it is known to be stable'))).toMatchInlineSnapshot(`
      "! WARNING  shop: rollback is not possible: no other release of it is
                 known to be stable"
    `);
  });

  it('puts a long reason below the title, whole and once', () => {
    const reason = 'the link that says what is live leads to one directory, and what runs was seen in another one: somebody is releasing';
    expect(draw(refusedCard({ repair: 'rollback', target: 'shop' }, reason))).toMatchInlineSnapshot(`
      "! WARNING  shop: rollback is not possible
        the link that says what is live leads to one directory, and what runs
        was seen in another one: somebody is releasing"
    `);
  });
});
