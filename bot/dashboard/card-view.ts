import { h, type ComponentChild, type ComponentChildren } from 'preact';
import type { Card } from '../../src/cards/card.js';
import { LEVEL_WORD } from './say.js';

/** A card as chats show it; its buttons are the caller's. */
export function CardView({ card, children }: { readonly card: Card; readonly children?: ComponentChildren }): ComponentChild {
  return h('article', { class: `card ${card.level}` }, [
    h('h3', {}, [h('span', { class: 'level' }, card.word ?? LEVEL_WORD[card.level]), ` ${card.title}`]),
    card.body.map((paragraph) => h('p', { class: 'lines' }, paragraph)),
    card.fields.length > 0 && h('dl', {}, card.fields.flatMap(({ name, value }) => [h('dt', {}, name), h('dd', {}, value)])),
    card.footer !== null && h('p', { class: 'footer' }, card.footer),
    children,
  ]);
}
