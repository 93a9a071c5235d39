import picocolors from 'picocolors';
import type { Card } from './card.js';
import { cleanLine, cleanText } from './clean.js';
import { displayWidth, wrapText } from './wrap.js';

export interface PlainOptions {
  /** Columns; fewer than 40 are drawn as 40. */
  readonly width: number;
  /** True only for a terminal that wants it: the caller judges NO_COLOR and whether it writes to a terminal. */
  readonly color: boolean;
}

const MIN_WIDTH = 40;
const INDENT = '  ';
/** Names of fields stand in a column of at most this width; a longer one stands on a line of its own. */
const MAX_NAME_WIDTH = 18;

// A symbol and a word for each level: colour alone tells nothing to a log file or to a colour-blind reader.
const LEVEL = {
  critical: { symbol: '✗', word: 'CRITICAL', color: 'red' },
  warning: { symbol: '!', word: 'WARNING', color: 'yellow' },
  info: { symbol: 'i', word: 'INFO', color: 'cyan' },
  good: { symbol: '✓', word: 'GOOD', color: 'green' },
} as const;

type Paint = (text: string) => string;

/** The card as lines for a terminal or a log, joined by newlines, without one at the end. */
export function drawPlain(card: Card, options: PlainOptions): string {
  const width = Math.max(MIN_WIDTH, options.width);
  const paint = picocolors.createColors(options.color);
  const level = LEVEL[card.level];
  const head = `${level.symbol} ${card.word?.toUpperCase() ?? level.word}`;
  const heading = hanging({ head, text: cleanLine(card.title), width, headPaint: paint[level.color], textPaint: paint.bold });
  const sections = [
    ...card.body.map((paragraph) => indented(paragraph, width)),
    fields(card.fields, width, paint.dim),
    [...choices(card, width), ...(card.footer === null ? [] : indented(card.footer, width).map(paint.dim))],
  ].filter((lines) => lines.length > 0);
  return [heading.join('\n'), sections.map((lines) => lines.join('\n')).join('\n\n')].filter((part) => part !== '').join('\n');
}

function indented(text: string, width: number): readonly string[] {
  return wrapText(cleanText(text), width - INDENT.length).map((line) => (line === '' ? '' : INDENT + line));
}

function fields(all: Card['fields'], width: number, dim: Paint): readonly string[] {
  const named = all.map((field) => ({ name: cleanLine(field.name), value: cleanText(field.value) }));
  const column = Math.min(MAX_NAME_WIDTH, Math.max(0, ...named.map((field) => displayWidth(field.name))));
  return named.flatMap(({ name, value }) => {
    const padding = ' '.repeat(Math.max(0, column - displayWidth(name)));
    return hanging({ head: INDENT + name + padding, text: value, width, headPaint: dim, textPaint: (text) => text });
  });
}

function choices(card: Card, width: number): readonly string[] {
  if (card.buttons.length === 0) return [];
  return indented(`Choices: ${card.buttons.map((button) => cleanLine(button.label)).join(' · ')}`, width);
}

/** `head`, then the text beside it, or below it where the head takes half of the line. Painted last: colours have no width. */
function hanging(parts: { readonly head: string; readonly text: string; readonly width: number; readonly headPaint: Paint; readonly textPaint: Paint }): readonly string[] {
  const { head, text, width } = parts;
  const start = displayWidth(head) + 2;
  if (start > width / 2) {
    const below = wrapText(text, width - 2 * INDENT.length).map((line) => INDENT + INDENT + parts.textPaint(line));
    return [...wrapText(head, width).map(parts.headPaint), ...below];
  }
  const [first = '', ...others] = wrapText(text, width - start);
  const beside = first === '' ? parts.headPaint(head.trimEnd()) : `${parts.headPaint(head)}  ${parts.textPaint(first)}`;
  return [beside, ...others.map((line) => ' '.repeat(start) + parts.textPaint(line))];
}
