import { expect, it } from 'vitest';
import { isNews, toldOf } from '../../../bot/channels/news.js';
import type { About, Card } from '../../../src/cards/card.js';
import { card } from './slack/stage.js';

const asked = (id: string): About['asked'] => ({ id, what: 'roll back', mayDecide: [], need: 1, yes: [], expiresAt: 0 });
const at = (state: string, level: Card['level'] = 'warning', more: Partial<About> = {}): Card => card('x', { level, about: { kind: 'incident', state, resource: 'shop', apps: ['shop'], asked: null, ...more } });
const asking = (id: string): Card => at('asking', 'warning', { asked: asked(id) });

it.each<[string, Card, Card, boolean]>([
  ['the same', at('open'), at('open'), false],
  ['a repair that needs no answer', at('open'), at('repairing'), false],
  ['the next rung after one', at('repairing'), at('open'), false],
  ['that it got worse', at('open'), at('open', 'critical'), true],
  ['that it got a little better', at('open', 'critical'), at('open'), false],
  ['a question', at('open'), asking('q1'), true],
  ['another question', asking('q1'), asking('q2'), true],
  ['the same question, a little later', asking('q1'), asking('q1'), false],
  ['what became of a question', asking('q1'), at('repairing'), true],
  ['that people are needed', at('open'), at('escalated'), true],
  ['that it is over', at('escalated'), at('resolved', 'good'), true],
  ['that it is over without being good', at('open', 'info'), at('resolved', 'info'), true],
  ['that a launch is bad in between', at('watching', 'info', { kind: 'launch' }), at('watching', 'warning', { kind: 'launch' }), false],
  ['that a storm is over', at('holds', 'critical', { kind: 'hold' }), at('over', 'good', { kind: 'hold' }), true],
  ['a recovery of what says nothing of itself', card('x'), card('x', { level: 'good' }), true],
])('%s', (_what, before, now, expected) => {
  expect(isNews(now, toldOf(before))).toBe(expected);
});

it('the first of a thing', () => expect(isNews(at('open'), null)).toBe(true));
