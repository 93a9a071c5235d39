import type { types } from '@slack/bolt';
import type { Button, Card } from '../../../src/cards/card.js';
import { cleanLine, cleanText, cutText } from '../../../src/cards/clean.js';
import { LEVELS } from './levels.js';
import { escapeText } from './text.js';

/** What Slack is sent of a card. All three members always go along: what an edit leaves out, Slack keeps or removes by rules of its own. */
export interface Message {
  readonly text: string;
  readonly blocks: types.KnownBlock[];
  readonly attachments: types.MessageAttachment[];
}

/** Nothing that was typed becomes a mention, a link or a preview; `chat.update` would parse mentions by default. */
export const AS_DATA = { parse: 'none', link_names: false } as const;
export const NO_PREVIEW = { unfurl_links: false, unfurl_media: false } as const;

/**
 * Slack's limits are 150 for a header, 3000 for a section, 2000 for a field, ten fields, 50 blocks, and about 13,000
 * characters for all blocks together, which it does not document. These keep the largest card below 10,000.
 */
const MAX = { header: 150, title: 1_000, paragraph: 2_000, body: 4_000, paragraphs: 10, fields: 10, field: 240, fieldName: 60, footer: 300, text: 700, buttons: 3 } as const;

/** Slack's own limits of a button and its dialog. Labels show about 30 characters anyway. */
const BUTTON = { label: 75, value: 2_000, title: 100, text: 300, answer: 30 } as const;

/** The id of our buttons begins with this; the rest only makes it unique within its block. */
export const ACTION_PREFIX = 'hypercare-button-';

/**
 * A card as a Slack message: title, paragraphs and buttons as the message itself, fields and footer beside a coloured
 * bar. Slack may fold what stands beside the bar, so nothing that is needed for a decision stands only there.
 *
 * Everything but `text` and `fallback` is plain_text, which Slack does not parse: data cannot become a mention, a
 * link or a broken code fence, whatever it holds.
 */
export function draw(card: Card): Message {
  const look = LEVELS[card.level];
  const title = cleanLine(card.title);
  const heading = `${look.symbol} ${card.word ?? look.word}: ${title}`;
  const body = paragraphs(title, heading.length > MAX.header, card.body);
  const text = escapeText(cutText([heading, ...body].join('\n'), MAX.text));
  const beside = [...fields(card), ...footer(card)];
  return {
    text,
    blocks: [
      { type: 'header', text: plain(cutText(heading, MAX.header)) },
      ...body.map((paragraph) => ({ type: 'section' as const, text: plain(paragraph) })),
      ...buttons(card.buttons),
    ],
    attachments: beside.length === 0 ? [] : [{ color: look.colour, fallback: text, blocks: beside }],
  };
}

/** The body's paragraphs within their limits; the last one shown ends with '…' where more is missing. */
function paragraphs(title: string, titleWasCut: boolean, body: readonly string[]): readonly string[] {
  const all = [...(titleWasCut ? [cutText(title, MAX.title)] : []), ...body.map((paragraph) => cleanText(paragraph).trim()).filter((paragraph) => paragraph !== '')];
  const shown: string[] = [];
  let room: number = MAX.body;
  for (const paragraph of all) {
    if (shown.length === MAX.paragraphs || room < 2) {
      const last = shown.at(-1) ?? '';
      shown[shown.length - 1] = last.endsWith('…') ? last : cutText(`${last} …`, MAX.paragraph);
      break;
    }
    const fitting = cutText(paragraph, Math.min(room, MAX.paragraph));
    shown.push(fitting);
    room -= fitting.length;
  }
  return shown;
}

function fields(card: Card): types.KnownBlock[] {
  const drawn = card.fields.map(({ name, value }) => `${cutText(cleanLine(name), MAX.fieldName)}\n${cutText(cleanText(value).trim(), MAX.field)}`.trim()).filter((field) => field !== '');
  if (drawn.length === 0) return [];
  const shown = drawn.length <= MAX.fields ? drawn : [...drawn.slice(0, MAX.fields - 1), `… and ${drawn.length - MAX.fields + 1} more`];
  return [{ type: 'section', fields: shown.map(plain) }];
}

function footer(card: Card): types.KnownBlock[] {
  const text = cutText(cleanText(card.footer ?? '').trim(), MAX.footer);
  return text === '' ? [] : [{ type: 'context', elements: [plain(text)] }];
}

function buttons(all: readonly Button[]): types.KnownBlock[] {
  // Slack refuses the whole card for one value that is too long, and a press without one says nothing.
  const carried = all.filter(({ token }) => token !== '' && token.length <= BUTTON.value).slice(0, MAX.buttons);
  return carried.length === 0 ? [] : [{ type: 'actions', elements: carried.map(button) }];
}

function button({ label, style, token, confirm }: Button, index: number): types.Button {
  return {
    type: 'button',
    action_id: `${ACTION_PREFIX}${index}`,
    text: short(label, BUTTON.label),
    value: token,
    ...(style === 'plain' ? {} : { style }),
    ...(confirm === null
      ? {}
      : {
          confirm: {
            title: short(confirm.title, BUTTON.title),
            text: short(confirm.text, BUTTON.text),
            confirm: short(confirm.yes, BUTTON.answer),
            deny: short(confirm.no, BUTTON.answer),
            ...(style === 'danger' ? { style } : {}),
          },
        }),
  };
}

/** Slack refuses an empty text, and one bad label would lose the whole card. */
function short(text: string, max: number): types.PlainTextElement {
  return plain(cutText(cleanText(text).trim(), max) || '…');
}

/** `emoji: false`: ':8080:' in a log line is not a picture. */
export function plain(text: string): types.PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}
