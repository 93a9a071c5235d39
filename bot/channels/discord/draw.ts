import type { Call } from '../../../src/cards/call.js';
import type { Card } from '../../../src/cards/card.js';
import { cleanLine, cleanText, cutText } from '../../../src/cards/clean.js';
import { LEVEL_WORDS } from '../draw-text.js';
import { escapeTo } from './escape.js';

export interface Message {
  readonly content: string;
  readonly embeds: readonly Embed[];
  /** Nothing that stands in the text rings anybody. */
  readonly allowed_mentions: { readonly parse: readonly [] };
}

interface Embed {
  readonly color: number;
  readonly description?: string;
  readonly fields?: readonly { readonly name: string; readonly value: string; readonly inline: boolean }[];
}

const LOOK: Readonly<Record<Card['level'], { readonly symbol: string; readonly colour: number }>> = {
  good: { symbol: '🟢', colour: 0x2e7d32 },
  info: { symbol: '🔵', colour: 0x1565c0 },
  warning: { symbol: '🟠', colour: 0xef6c00 },
  critical: { symbol: '🔴', colour: 0xc62828 },
};

/**
 * Discord's limits are 2000 characters of content, and of an embed 4096 of description, 25 fields with 256 and 1024, and
 * 6000 in all. These keep the largest card below 5,800. What is escaped counts with its backslashes.
 */
const MAX = { title: 1_500, call: 1_900, body: 3_000, footer: 300, fields: 8, name: 80, value: 220, raw: 20_000 } as const;

/** A notification shows the content, so the title stands there, and everything else beside a coloured bar. */
export function draw(card: Card): Message {
  const { symbol, colour } = LOOK[card.level];
  const body = card.body.map((paragraph) => cleanText(paragraph.slice(0, MAX.raw)).trim()).filter((paragraph) => paragraph !== '').join('\n\n');
  const description = [escapeTo(body, MAX.body), escapeTo(cleanText(card.footer ?? '').trim(), MAX.footer)].filter((part) => part !== '').join('\n\n');
  const fields = fieldsOf(card);
  const embed = { color: colour, ...(description === '' ? {} : { description }), ...(fields.length === 0 ? {} : { fields }) };
  return {
    content: `${symbol} **${escapeTo(card.word ?? LEVEL_WORDS[card.level], 40)}**: ${escapeTo(cutText(cleanLine(card.title), MAX.title), MAX.title)}`,
    embeds: description === '' && fields.length === 0 ? [] : [embed],
    allowed_mentions: { parse: [] },
  };
}

export function drawCall({ text }: Call): Message {
  return { content: escapeTo(cleanText(text).trim(), MAX.call), embeds: [], allowed_mentions: { parse: [] } };
}

/** Discord refuses an empty name or value. */
function fieldsOf({ fields }: Card): NonNullable<Embed['fields']> {
  const drawn = fields.map(({ name, value }) => ({
    name: escapeTo(cleanLine(name.slice(0, MAX.raw)), MAX.name) || '–',
    value: escapeTo(cleanText(value.slice(0, MAX.raw)).trim(), MAX.value) || '–',
    inline: false,
  }));
  if (drawn.length <= MAX.fields) return drawn;
  return [...drawn.slice(0, MAX.fields - 1), { name: '…', value: `and ${drawn.length - MAX.fields + 1} more`, inline: false }];
}
