import type { Call } from '../../../src/cards/call.js';
import type { Card } from '../../../src/cards/card.js';
import { cleanLine, cleanText, cutBytes, cutText } from '../../../src/cards/clean.js';
import { heading, paragraphs } from '../draw-text.js';

/** What people read, as text and as HTML that fetches nothing. */
export interface Letter {
  readonly text: string;
  readonly html: string;
}

const MAX = { subject: 150, host: 60, bytes: 40_000 } as const;

const COLOURS: Readonly<Record<Card['level'], string>> = { good: '#2e7d32', info: '#1565c0', warning: '#ef6c00', critical: '#c62828' };

/** '[web-1] shop: checkout fails': one line, so that no header can follow from it. A conversation keeps its first, because some readers join letters by it. */
export function subjectOf({ title }: Pick<Card, 'title'>, host: string): string {
  return cutText(`[${cutText(cleanLine(host), MAX.host)}] ${cleanLine(title)}`, MAX.subject);
}

/** The first line says what is new: a reader shows it beside the subject. */
export function drawLetter(card: Card): Letter {
  const title = heading(card);
  const body = cutBytes(paragraphs(card).join('\n\n'), MAX.bytes);
  return {
    text: [title, body].filter((part) => part !== '').join('\n\n'),
    html: page(`<p style="border-left:4px solid ${COLOURS[card.level]};padding-left:8px"><strong>${escape(title)}</strong></p>${markup(body)}`),
  };
}

export function drawCall({ text }: Call): Letter {
  const said = cutBytes(cleanText(text).trim(), MAX.bytes);
  return { text: said, html: page(markup(said)) };
}

function markup(text: string): string {
  return text.split('\n\n').filter((part) => part !== '').map((part) => `<p>${escape(part).replaceAll('\n', '<br>')}</p>`).join('');
}

function page(body: string): string {
  return `<!doctype html><html><head><meta charset="utf-8"></head><body style="font-family:sans-serif">${body}</body></html>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
