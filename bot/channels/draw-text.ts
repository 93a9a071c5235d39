import type { Card } from '../../src/cards/card.js';
import { cleanLine, cleanText, cutText } from '../../src/cards/clean.js';

/** The level as a word and a colour: colour alone is lost on many. */
export const LEVEL_WORDS: Readonly<Record<Card['level'], string>> = { good: 'Good', info: 'Info', warning: 'Warning', critical: 'Critical' };

const MAX_TITLE = 300;
/** What follows is cut by each platform's own limit; this bounds the work of cleaning a log of any length. */
const MAX_PART = 20_000;

/** 'Critical: shop: checkout fails', on one line. */
export function heading(card: Card): string {
  return `${card.word ?? LEVEL_WORDS[card.level]}: ${cutText(cleanLine(card.title), MAX_TITLE)}`;
}

/** Everything below the heading as clean paragraphs without markup, the footer last; the buttons of whoever is not heard are left out. */
export function paragraphs({ body, fields, footer }: Card): readonly string[] {
  const named = fields.map(({ name, value }) => `${cleanLine(name.slice(0, MAX_PART))}: ${cleanText(value.slice(0, MAX_PART)).trim()}`).join('\n');
  return [...body.map((paragraph) => cleanText(paragraph.slice(0, MAX_PART)).trim()), named, cleanText(footer ?? '').trim()].filter((paragraph) => paragraph !== '');
}
