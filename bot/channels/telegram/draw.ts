import type { InlineKeyboardMarkup } from 'telegraf/types';
import type { Call } from '../../../src/cards/call.js';
import type { Button, Card } from '../../../src/cards/card.js';
import { cleanLine, cleanText, cutText } from '../../../src/cards/clean.js';
import { mention, toHtml } from './html.js';
import { fits, keyboard } from './keyboard.js';

/** A card as Telegram takes it. */
export interface Drawn {
  /** HTML mode; at most 4096 characters once parsed. */
  readonly text: string;
  readonly keyboard: InlineKeyboardMarkup;
  /** Labels of buttons that Telegram cannot carry. */
  readonly leftOut: readonly string[];
}

/** Telegram's limit, after entity parsing. Counted in UTF-16 units, which are never fewer than its characters. */
const MAX_TEXT = 4_096;
const MAX_TITLE = 300;
const MAX_FIELDS_TEXT = 1_400;
const MAX_VALUE = 300;
const MAX_ASKED = 300;
const MAX_FOOTER = 200;
const MAX_BUTTONS = 3;
const MAX_CALL = 1_000;
const MAX_CALLED = 10;
const MAX_NAME = 80;
/** Texts of the body and fields that are set one by one; further ones are set as one, see MAX_CODES in html.ts for why. */
const MAX_PIECES = 12;

// A symbol and a word: colour alone tells nothing in a notification or to a colour-blind reader.
const LEVEL = { critical: ['🔴', 'Critical'], warning: ['🟠', 'Warning'], info: ['🔵', 'Info'], good: ['🟢', 'Good'] } as const;

/** Pure. The title, the fields, what is asked and the footer keep their room; the body gets what is left and is cut first. */
export function drawCard(card: Card): Drawn {
  const title = cutText(cleanLine(card.title) || card.subject, MAX_TITLE);
  const [symbol, word] = LEVEL[card.level];
  const head = `${symbol} ${card.word ?? word}: `;
  const fields = fieldsText(card);
  const buttons = card.buttons.filter(fits).slice(0, MAX_BUTTONS);
  const footer = cutText(cleanText(card.footer ?? '').trim(), MAX_FOOTER);
  const below = [fields, ...buttons.flatMap(askedText), footer === '' ? [] : [footer]].filter((section) => section.length > 0);
  const taken = head.length + title.length + below.reduce((sum, section) => sum + 2 + section.join('\n').length, 0);
  const body = bodyTexts(card.body, MAX_TEXT - taken);
  const sections = [...body.map((text) => [text]), ...below].map((section) => section.map((text) => toHtml(text)).join('\n'));
  return {
    text: [head + toHtml(title, 'bold'), ...sections].join('\n\n'),
    keyboard: keyboard(buttons),
    leftOut: card.buttons.filter((button) => !buttons.includes(button)).map((button) => cleanLine(button.label)),
  };
}

/** A call with the names of those it calls as mentions, which ring in a muted group too. */
export function drawCall({ text, people }: Call): Drawn {
  const named = people.filter(({ platform }) => platform === 'telegram').slice(0, MAX_CALLED).map(({ name, userId }) => mention(cutText(cleanLine(name), MAX_NAME), userId));
  return { text: [toHtml(cutText(cleanText(text).trim(), MAX_CALL)), ...(named.length === 0 ? [] : [named.join(', ')])].join('\n'), keyboard: keyboard([]), leftOut: [] };
}

/** A card in one line of at most `max` characters, for the places where Telegram takes no more. */
export function drawLine(card: Card, max: number): string {
  const sentences = [card.title, ...card.body].map(cleanLine).filter((part) => part !== '');
  return cutText(sentences.map((part, n) => (n === sentences.length - 1 || /[.!?:…]$/.test(part) ? part : `${part}.`)).join(' '), max);
}

/** The second question stands in the message, above the keyboard that asks it: Telegram has no dialog. */
function askedText(button: Button): readonly (readonly string[])[] {
  if (button.confirm === null) return [];
  return [[cutText(`“${cleanLine(button.label)}” asks once more: ${cleanLine(`${button.confirm.title} ${button.confirm.text}`)}`, MAX_ASKED)]];
}

function bodyTexts(paragraphs: readonly string[], room: number): readonly string[] {
  const texts = gathered(paragraphs.map((paragraph) => cleanText(paragraph).trim()).filter((text) => text !== ''), '\n\n');
  const fitting: string[] = [];
  let left = room;
  for (const text of texts) {
    left -= 2;
    if (left < 1) return [...fitting.slice(0, -1), ...fitting.slice(-1).map((last) => cutText(`${last}…`, last.length))];
    fitting.push(cutText(text, left));
    left -= text.length;
  }
  return fitting;
}

function fieldsText(card: Card): readonly string[] {
  const lines = card.fields.map((field) => cutText(`${cleanLine(field.name)}: ${cleanText(field.value).trim()}`, MAX_VALUE));
  const fitting: string[] = [];
  let left = MAX_FIELDS_TEXT;
  for (const line of lines) {
    left -= line.length + 1;
    if (left < 2) return gathered([...fitting, '…'], '\n');
    fitting.push(line);
  }
  return gathered(fitting, '\n');
}

function gathered(texts: readonly string[], between: string): readonly string[] {
  if (texts.length <= MAX_PIECES) return texts;
  return [...texts.slice(0, MAX_PIECES - 1), texts.slice(MAX_PIECES - 1).join(between)];
}
