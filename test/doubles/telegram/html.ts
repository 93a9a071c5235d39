import { badRequest, type Refusal } from './refusal.js';

/** Offsets and lengths in UTF-16 units, as the Bot API counts them. */
export interface Entity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
}

// Chat platforms 2.2: the tags of HTML mode; td's parser (MessageEntity.cpp) also knows the long names.
const TAGS: Readonly<Record<string, string>> = {
  b: 'bold', strong: 'bold', i: 'italic', em: 'italic', u: 'underline', ins: 'underline', s: 'strikethrough', strike: 'strikethrough',
  del: 'strikethrough', code: 'code', pre: 'pre', a: 'text_link', blockquote: 'blockquote', 'tg-spoiler': 'spoiler',
};
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };
/** Formatting beyond this many entities of a message is dropped; widely known, not confirmed. */
const MAX_ENTITIES = 100;

interface Open {
  readonly tag: string;
  readonly offset: number;
  readonly url: string | undefined;
}

/** Chat platforms 2.2: only & < > are special, and bad markup is 400 "can't parse entities". */
export function parseHtml(html: string): { readonly text: string; readonly entities: readonly Entity[] } {
  const open: Open[] = [];
  const entities: Entity[] = [];
  let text = '';
  for (let at = 0; at < html.length; ) {
    const rest = html.slice(at);
    const named = /^&(?:(lt|gt|amp|quot)|#(\d{1,7})|#x([0-9a-f]{1,6}));/i.exec(rest);
    if (named !== null) {
      text += NAMED[named[1] ?? ''] ?? String.fromCodePoint(named[2] !== undefined ? Number(named[2]) : parseInt(named[3] ?? '', 16));
      at += named[0].length;
    } else if (rest.startsWith('</')) {
      at += closeTag({ html, at, open, entities, end: text.length });
    } else if (rest.startsWith('<')) {
      const tag = openTag(html, at);
      open.push({ tag: tag.name, offset: text.length, url: tag.url });
      at += tag.length;
    } else {
      text += rest[0];
      at += 1;
    }
  }
  const left = open.at(-1);
  if (left !== undefined) throw unparsable(`Can't find end tag corresponding to start tag "${left.tag}"`);
  return { text, entities: entities.slice(0, MAX_ENTITIES) };
}

function openTag(html: string, at: number): { readonly name: string; readonly url: string | undefined; readonly length: number } {
  const match = /^<([a-z-]*)((?:\s+[a-z-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*>/i.exec(html.slice(at));
  const name = (match?.[1] ?? /^<([^\s>]*)/.exec(html.slice(at))?.[1] ?? '').toLowerCase();
  if (!(name in TAGS)) throw unparsable(`Unsupported start tag "${name}" at byte offset ${byteOffset(html, at)}`);
  if (match === null) throw unparsable(`Unclosed start tag at byte offset ${byteOffset(html, at)}`);
  return { name, url: /href\s*=\s*["']([^"']*)["']/i.exec(match[2] ?? '')?.[1], length: match[0].length };
}

function closeTag(input: { readonly html: string; readonly at: number; readonly open: Open[]; readonly entities: Entity[]; readonly end: number }): number {
  const { html, at, end } = input;
  const match = /^<\/([^\s>]*)\s*>/.exec(html.slice(at));
  const last = input.open.pop();
  if (last === undefined) throw unparsable(`Unexpected end tag at byte offset ${byteOffset(html, at)}`);
  if (match === null) throw unparsable(`Unclosed end tag at byte offset ${byteOffset(html, at)}`);
  if (match[1]?.toLowerCase() !== last.tag) {
    throw unparsable(`Unmatched end tag at byte offset ${byteOffset(html, at)}, expected "</${last.tag}>", found "</${match[1]}>"`);
  }
  if (end > last.offset) {
    const entity = { type: TAGS[last.tag] ?? last.tag, offset: last.offset, length: end - last.offset };
    input.entities.push(last.url === undefined ? entity : { ...entity, url: last.url });
  }
  return match[0].length;
}

function unparsable(what: string): Refusal {
  return badRequest(`can't parse entities: ${what}`);
}

function byteOffset(html: string, at: number): number {
  return Buffer.byteLength(html.slice(0, at));
}
