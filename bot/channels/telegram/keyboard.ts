import type { InlineKeyboardButton, InlineKeyboardMarkup } from 'telegraf/types';
import type { Button } from '../../../src/cards/card.js';
import { cleanLine, cutText } from '../../../src/cards/clean.js';

/*
 * What a button carries, at most 64 bytes: 'hc:' says the token, 'hc?:' asks first. Asking changes the keyboard under the same
 * message: the button becomes the question 'Really: <label>?' ('hc~:') above Yes ('hc:') and No ('hc-:'). The message itself
 * remembers what stood there, so a restart between the two presses loses nothing, and any instance can go on.
 */
const MARKS = { 'hc:': 'say', 'hc?:': 'ask', 'hc~:': 'choose', 'hc-:': 'keep' } as const;
type Mark = keyof typeof MARKS;

export type Pressed = { readonly does: (typeof MARKS)[Mark]; readonly token: string };

const MAX_DATA_BYTES = 64;
const MAX_LABEL = 60;
const ASKING = { before: 'Really: ', after: '?' };

/** One button a row, for thumbs and long labels. An empty keyboard is sent as such, because an absent one means nothing certain. */
export function keyboard(buttons: readonly Button[]): InlineKeyboardMarkup {
  return { inline_keyboard: buttons.map((button) => [inline(button.confirm === null ? 'hc:' : 'hc?:', button.token, cutText(cleanLine(button.label), MAX_LABEL))]) };
}

/** Can Telegram carry this button? One that it cannot would make it refuse the whole card. */
export function fits(button: Button): boolean {
  const longest = Buffer.byteLength(`hc?:${button.token}`);
  return button.token !== '' && longest <= MAX_DATA_BYTES && cleanLine(button.label) !== '';
}

/** What a press means; null for data that is not ours. */
export function pressed(data: string): Pressed | null {
  const mark = (Object.keys(MARKS) as Mark[]).find((candidate) => data.startsWith(candidate));
  const token = mark === undefined ? '' : data.slice(mark.length);
  return mark === undefined || token === '' ? null : { does: MARKS[mark], token };
}

/** The keyboard that asks once more about the button of this token; null where it has none such. */
export function asking(shown: InlineKeyboardMarkup, token: string): InlineKeyboardMarkup | null {
  return replaced(shown, `hc?:${token}`, (label) => [
    [inline('hc~:', token, `${ASKING.before}${label}${ASKING.after}`)],
    [inline('hc:', token, 'Yes'), inline('hc-:', token, 'No')],
  ]);
}

/** The keyboard before it was asked; null where the question does not stand. */
export function kept(shown: InlineKeyboardMarkup, token: string): InlineKeyboardMarkup | null {
  const rows = shown.inline_keyboard.filter((row) => !row.some((button) => dataOf(button) === `hc-:${token}`));
  return replaced({ inline_keyboard: rows }, `hc~:${token}`, (label) => [[inline('hc?:', token, label.slice(ASKING.before.length, -ASKING.after.length))]]);
}

function replaced(shown: InlineKeyboardMarkup, data: string, by: (label: string) => InlineKeyboardButton[][]): InlineKeyboardMarkup | null {
  const found = shown.inline_keyboard.flat().find((button) => dataOf(button) === data);
  if (found === undefined) return null;
  return { inline_keyboard: shown.inline_keyboard.flatMap((row) => (row.includes(found) ? by(found.text) : [row])) };
}

function inline(mark: Mark, token: string, text: string): InlineKeyboardButton {
  return { text, callback_data: mark + token };
}

function dataOf(button: InlineKeyboardButton): string | undefined {
  return 'callback_data' in button ? button.callback_data : undefined;
}
