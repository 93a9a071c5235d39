import type { Logger } from '../../../src/io/log.js';

/** The chats this channel serves. A basic group that becomes a supergroup gets another id; what was said of the old one holds for the new. */
export interface Chats {
  /** Where cards go. */
  home(): number;
  /** The id the chat has now. */
  current(chat: number): number;
  /** May commands and presses come from there? Private chats are judged apart. */
  allows(chat: number): boolean;
  moved(from: number, to: number): void;
}

/** A bot that ignored such a move went silent in both directions; so the move is taken at once, and the operator is told to write it down. */
export function openChats(chat: number, others: readonly number[], log: Logger): Chats {
  const movedTo = new Map<number, number>();
  const ours = new Set([chat, ...others]);
  const current = (id: number): number => movedTo.get(id) ?? id;
  return {
    current,
    home: () => current(chat),
    allows: (id) => ours.has(id) || [...movedTo.values()].includes(id),
    moved(from, to) {
      if (!ours.has(from) || movedTo.get(from) === to) return;
      movedTo.set(from, to);
      log.warn({ from, to }, `telegram: the group ${from} became a supergroup; put its new id ${to} into the configuration (TELEGRAM_CHAT_ID or the channel's options)`);
    },
  };
}
