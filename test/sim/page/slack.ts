import type { PersonShown, SlackBlock, SlackButton, SlackMessage, SlackText } from '../shown.js';
import { ask, button, element } from './element.js';

export interface SlackView {
  readonly people: readonly PersonShown[];
  readonly press: (message: SlackMessage, label: string) => void;
}

/** The channel as one person sees it: a message, its replies below it, and what is for that person alone. */
export function drawSlack(messages: readonly SlackMessage[], who: string, view: SlackView): readonly Node[] {
  const seen = messages.filter(({ onlyFor }) => onlyFor === null || onlyFor === who);
  return seen.filter(({ threadTs, broadcast }) => threadTs === null || broadcast).map((message) => {
    const replies = message.threadTs === null ? seen.filter(({ threadTs }) => threadTs === message.ts) : [];
    const thread = replies.length === 0 ? null : element('details', { class: 'thread' }, element('summary', {}, `${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}`), ...replies.map((reply) => draw(reply, view)));
    return element('article', {}, message.threadTs === null ? null : element('div', { class: 'hint' }, 'replied to a thread'), draw(message, view), thread);
  });
}

function draw(message: SlackMessage, view: SlackView): Node {
  const { text, blocks, attachments, onlyFor, edited, ts } = message;
  const press = (label: string): void => view.press(message, label);
  const at = new Date(Number(ts.split('.')[0]) * 1_000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return element('div', { class: onlyFor === null ? 'message' : 'message alone' },
    onlyFor === null ? null : element('div', { class: 'hint' }, 'Only visible to you'),
    element('div', { class: 'by' }, element('b', {}, 'hypercare'), ' APP ', at),
    // With blocks the text is for notifications alone.
    ...(blocks.length === 0 && text !== '' ? [element('p', {}, ...mrkdwn(text, view.people))] : []),
    ...blocks.map((block) => drawBlock(block, view, press)),
    ...attachments.map((attachment) => {
      const bar = element('div', { class: 'attachment' }, ...(attachment.blocks ?? []).map((block) => drawBlock(block, view, press)));
      if (attachment.color && /^#[0-9a-f]{3,8}$/i.test(attachment.color)) bar.style.borderLeftColor = attachment.color;
      return bar;
    }),
    edited ? element('span', { class: 'hint' }, '(edited)') : null);
}

function drawBlock(block: SlackBlock, view: SlackView, press: (label: string) => void): Node {
  switch (block.type) {
    case 'header':
      return element('h3', {}, block.text?.text ?? '');
    case 'section':
      return element('div', {}, ...(block.text ? [element('p', {}, ...drawText(block.text, view))] : []), ...(block.fields ? [element('div', { class: 'fields' }, ...block.fields.map((field) => element('p', {}, ...drawText(field, view))))] : []));
    case 'context':
      return element('p', { class: 'context' }, ...((block.elements ?? []) as readonly SlackText[]).flatMap((part) => drawText(part, view)));
    case 'actions':
      return element('div', { class: 'actions' }, ...((block.elements ?? []) as readonly SlackButton[]).map((one) => drawButton(one, press)));
    default:
      return element('hr');
  }
}

function drawButton({ text, style = 'plain', confirm }: SlackButton, press: (label: string) => void): Node {
  return button(text.text, style, () => {
    if (!confirm) return press(text.text);
    const words = { title: confirm.title?.text ?? '', text: confirm.text?.text ?? '', yes: confirm.confirm?.text ?? 'Yes', no: confirm.deny?.text ?? 'No', style };
    void ask(words).then((yes) => yes && press(text.text));
  });
}

function drawText(part: SlackText, { people }: SlackView): readonly (Node | string)[] {
  return part.type === 'mrkdwn' ? mrkdwn(part.text, people) : [part.text];
}

const PARTS = /<([@#!]|https?:|mailto:)([^>|]*)(?:\|([^>]*))?>|([*_~`])(?=\S)([^\n]*?\S)\4/g;
const MARKS = { '*': 'b', '_': 'i', '~': 's', '`': 'code' } as const;

/** As far as messages of ours use it: mentions, links, and the four marks. */
function mrkdwn(text: string, people: readonly PersonShown[]): readonly (Node | string)[] {
  const drawn: (Node | string)[] = [];
  let at = 0;
  for (const match of text.matchAll(PARTS)) {
    const [whole, kind, rest = '', label, mark, inner = ''] = match;
    drawn.push(decoded(text.slice(at, match.index)));
    at = match.index + whole.length;
    if (mark) drawn.push(element(MARKS[mark as keyof typeof MARKS], {}, decoded(inner)));
    else if (kind === '@') drawn.push(element('span', { class: 'mention' }, `@${people.find(({ id }) => id === rest)?.name ?? rest}`));
    else if (kind === '!' || kind === '#') drawn.push(element('span', { class: 'mention' }, `${kind === '#' ? '#' : '@'}${label ?? rest}`));
    else drawn.push(element('span', { class: 'link' }, decoded(label ?? `${kind}${rest}`)));
  }
  return [...drawn, decoded(text.slice(at))];
}

function decoded(text: string): string {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}
