import type { Attachment, Block, ButtonElement, Text } from './block-kit.js';

export interface Shape {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly attachments: readonly Attachment[];
}

/** A message as a person reads it. Chat platforms 1.6: with blocks, `text` is for notifications alone. */
export function readAloud({ text, blocks, attachments }: Shape): { readonly text: string; readonly buttons: readonly string[] } {
  const all = [...blocks, ...attachments.flatMap((attachment) => attachment.blocks ?? [])];
  const lines = [...(blocks.length === 0 && text !== '' ? [drawMrkdwn(text)] : []), ...all.flatMap(linesOf)];
  return { text: lines.join('\n'), buttons: buttonsOf({ text, blocks, attachments }).map((button) => button.text.text) };
}

export function buttonsOf({ blocks, attachments }: Shape): readonly ButtonElement[] {
  return [...blocks, ...attachments.flatMap((attachment) => attachment.blocks ?? [])].filter(({ type }) => type === 'actions').flatMap(({ elements }) => elements as readonly ButtonElement[]);
}

function linesOf({ type, text, fields, elements }: Block): readonly string[] {
  if (type === 'actions') return [];
  return [...(text ? [text] : []), ...(fields ?? []), ...((elements as readonly Text[] | undefined) ?? [])].map((part) => (part.type === 'mrkdwn' ? drawMrkdwn(part.text) : part.text));
}

/** Chat platforms 1.14: what is live syntax in parsed text, drawn as something else than its source, then the entities decoded. */
function drawMrkdwn(text: string): string {
  return text
    .replace(LIVE, (_, what: string) => `⟦${what.replace(/[!@#]/g, '')}⟧`)
    .replace(/([*_~`])(?=\S)(.+?)\1/g, '$2')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

const LIVE = /<([!@#][^>]*|(?:https?|mailto):[^>]*)>/g;

/**
 * Whom a message rings, and what becomes a link: the parser of 1.14 on `text` and on mrkdwn objects. With `parse: full`,
 * `link_names`, or the default of chat.update (`client`), bare @channel, @here and @everyone ring as well.
 */
export function liveParts({ text, blocks, attachments }: Shape, parsesNames: boolean): readonly string[] {
  const parsed = [text, ...mrkdwnIn([...blocks, ...attachments])];
  return parsed.flatMap((part) => [...part.matchAll(LIVE)].map(([whole]) => whole).concat(parsesNames ? (part.match(/@(channel|here|everyone)\b/g) ?? []) : []));
}

function mrkdwnIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnIn);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'type' in value && value.type === 'mrkdwn' && 'text' in value ? [String(value.text)] : [];
  return [...own, ...Object.values(value).flatMap(mrkdwnIn)];
}

/**
 * Texts as payloads carry them: `&`, `<` and `>` escaped in plain_text as well, also where they were sent bare
 * (slackapi/bolt-python issue 513).
 */
export function escapedForPayload<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, member: unknown) => {
    const isText = typeof member === 'object' && member !== null && 'type' in member && member.type === 'plain_text' && 'text' in member;
    return isText ? { ...member, text: String(member.text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;') } : member;
  }) as T;
}
