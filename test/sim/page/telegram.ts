import type { TelegramMessage } from '../shown.js';
import { button, element } from './element.js';

const TAGS: Readonly<Record<string, 'b' | 'i' | 'u' | 's' | 'code' | 'pre' | 'blockquote' | 'span'>> = {
  bold: 'b', italic: 'i', underline: 'u', strikethrough: 's', code: 'code', pre: 'pre', blockquote: 'blockquote',
};

export function drawTelegram(messages: readonly TelegramMessage[], press: (message: number, data: string) => void): readonly Node[] {
  return messages.map((message) => {
    const above = message.replyTo === null ? undefined : messages.find(({ id, by }) => id === message.replyTo && by === null);
    return element('article', { class: message.by === null ? 'theirs' : 'ours' },
      element('div', { class: 'bubble' },
        message.by === null ? null : element('b', {}, message.by),
        above ? element('div', { class: 'above' }, above.text.split('\n')[0] ?? '') : null,
        element('p', {}, ...drawText(message)),
        element('span', { class: 'hint' }, [message.edited ? 'edited' : '', message.silent ? 'without a sound' : ''].filter(Boolean).join(', '))),
      ...message.keyboard.map((row) => element('div', { class: 'row' }, ...row.map(({ text, data }) => button(text, 'inline', () => press(message.id, data))))));
  });
}

/** Entities may lie in one another: of each stretch between two borders the tags that cover it, the longest outermost. */
function drawText({ text, entities }: TelegramMessage): readonly (Node | string)[] {
  const borders = [...new Set([0, text.length, ...entities.flatMap(({ offset, length }) => [offset, offset + length])])].toSorted((a, b) => a - b);
  return borders.slice(0, -1).map((from, n) => {
    const stretch = text.slice(from, borders[n + 1]);
    const over = entities.filter(({ offset, length }) => offset <= from && offset + length > from).toSorted((a, b) => a.length - b.length);
    return over.reduce<Node | string>((inner, { type, url }) => element(TAGS[type] ?? 'span', TAGS[type] ? {} : { class: 'live', title: url ?? type }, inner), stretch);
  });
}
