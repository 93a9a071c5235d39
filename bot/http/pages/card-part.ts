import { html } from 'hono/html';
import type { Button, Card } from '../../../src/cards/card.js';
import type { Html } from './layout.js';
import { levelWord } from './words.js';

/** A card as text; its buttons stand below it as forms, where `page` is the word they bear. */
export function cardPart(card: Card, page: string | null): Html {
  return html`<article class="card ${card.level}">
<h3><span class="level">${levelWord(card)}</span> ${card.title}</h3>
${card.body.map((paragraph) => html`<p class="lines">${paragraph}</p>`)}
${card.fields.length === 0 ? '' : html`<dl>${card.fields.map(({ name, value }) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`}
${card.footer === null ? '' : html`<p class="footer">${card.footer}</p>`}
${page === null ? '' : html`<div class="buttons">${card.buttons.map((button) => pressForm({ button, label: button.label, page, confirmed: false }))}</div>`}
</article>`;
}

interface Press {
  readonly button: Pick<Button, 'token' | 'style'>;
  readonly label: string;
  readonly page: string;
  readonly confirmed: boolean;
}

export function pressForm({ button, label, page, confirmed }: Press): Html {
  return html`<form method="post" action="/dashboard/press"><input type="hidden" name="page" value="${page}"><input type="hidden" name="token" value="${button.token}">${confirmed ? html`<input type="hidden" name="confirmed" value="yes">` : ''}<button class="${button.style}">${label}</button></form>`;
}
