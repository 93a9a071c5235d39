import { expect, it } from 'vitest';
import { digestCard } from '../../../src/cards/digest-card.js';
import { drawPlain } from '../../../src/cards/plain.js';
import { BEGAN, incident, MINUTE, UTC } from './views.js';

const past = (n: number, at: string) => ({ at, began: BEGAN + n * MINUTE, incident: { ...incident, id: `06g8zk2v1a7kpast${String(n).padStart(2, '0')}` as never, state: 'resolved' as const, openedAt: BEGAN + n * MINUTE, closedAt: BEGAN + n * MINUTE + 41_000 } });

it('tells each on a line, the oldest first', () => {
  expect(drawPlain(digestCard('digest:1', [past(7, 'shop'), past(2, 'blog')], UTC), { width: 80, color: false })).toMatchInlineSnapshot(`
    "✓ GOOD  2 problems came and went: blog, shop
      past02  03:14 UTC  blog: /checkout: status 500, 3 checks in a row over 20 s
      (over after 41 s)
      past07  03:19 UTC  shop: /checkout: status 500, 3 checks in a row over 20 s
      (over after 41 s)

      one of them whole: incidents <id>"
  `);
});

it('has an end, however long the night was', () => {
  const card = digestCard('digest:1', Array.from({ length: 40 }, (_, n) => past(n, `app-${n}`)), UTC);
  expect(card.title).toBe('40 problems came and went: app-0, app-1, app-2, app-3, app-4 and 35 more');
  expect(card.body[0]?.split('\n')).toHaveLength(13);
  expect(card.body[0]).toMatch(/and 28 more$/);
});
