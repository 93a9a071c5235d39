import { h, type ComponentChild } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Card } from '../../src/cards/card.js';
import { CardView } from './card-view.js';

/** What came of a press: it is brought before the reader, wherever the button stood. */
export function Told({ card, close }: { readonly card: Card; close(): void }): ComponentChild {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), [card]);
  return h('div', { ref: place, tabIndex: -1, role: 'status' }, h(CardView, { card }, h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'plain', onClick: close }, 'Close'))));
}
