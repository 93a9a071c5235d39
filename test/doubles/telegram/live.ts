import type { Entity } from './html.js';

// Chat platforms 2.2: @name and /cmd in plain text become live. The patterns are td's (MessageEntity.cpp, match_mentions and
// match_bot_commands): the neighbours are judged by Unicode words, the names by ASCII.
const MENTION = /(?<![\p{L}\p{N}_])@[A-Za-z0-9_]{2,32}(?![\p{L}\p{N}_])/gu;
const COMMAND = /(?<![\p{L}\p{N}_/<>])\/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\p{L}\p{N}_/<>])/gu;

/** What Telegram makes clickable of its own accord, or by a link whose address the reader does not see. */
export function liveEntities(text: string, formatting: readonly Entity[]): readonly Entity[] {
  const still = formatting.filter((entity) => entity.type === 'code' || entity.type === 'pre');
  const found = [
    ...[...text.matchAll(MENTION)].map((match) => ({ type: 'mention', offset: match.index, length: match[0].length })),
    ...[...text.matchAll(COMMAND)].map((match) => ({ type: 'bot_command', offset: match.index, length: match[0].length })),
  ];
  // Chat platforms 2.2: only <code> and <pre> stop it.
  return [...found.filter((entity) => !still.some((code) => overlap(entity, code))), ...formatting.filter((entity) => entity.url !== undefined)];
}

/** The text as a person reads it, with each live part drawn as something else than its source. */
export function readable(text: string, live: readonly Entity[]): string {
  return [...live]
    .sort((a, b) => b.offset - a.offset)
    .reduce((drawn, entity) => `${drawn.slice(0, entity.offset)}[live ${entity.type}]${drawn.slice(entity.offset + entity.length)}`, text);
}

function overlap(a: Entity, b: Entity): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}
