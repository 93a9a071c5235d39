/** What both chats came to show, in the order in which it was seen, at the time of the launch's clock. */
import type { SlackDouble } from '../../doubles/slack.js';
import type { TelegramDouble } from '../../doubles/telegram.js';
import { GROUP } from '../chats.js';

export interface Seen {
  readonly at: number;
  readonly place: 'Slack' | 'Telegram';
  /** The message, the same for each of its versions. */
  readonly message: string;
  /** new: a message of its own · reply: beside a card · edit: another version of one that stands · alone: to one person. */
  readonly how: 'new' | 'reply' | 'edit' | 'alone';
  /** Whether a phone makes a sound, by what the platforms do unless somebody sets it otherwise. */
  readonly rings: boolean;
  readonly text: string;
  readonly buttons: readonly string[];
}

export interface Record {
  readonly seen: readonly Seen[];
  /** Looks what is new; call it after everything that may have said something. */
  look(): void;
}

export function openRecord({ slack, telegram }: { readonly slack: SlackDouble; readonly telegram: TelegramDouble }, now: () => number): Record {
  const seen: Seen[] = [];
  const known = new Map<number, string>();
  let from = 0;

  function lookAtSlack(): void {
    const { sights } = slack.messages;
    for (const { via, ts, onlyFor, threadTs, text, buttons } of sights.slice(from)) {
      const how = onlyFor !== null ? 'alone' : via === 'update' ? 'edit' : threadTs === null ? 'new' : 'reply';
      // By Slack's defaults a phone rings for mentions and direct messages alone.
      seen.push({ at: now(), place: 'Slack', message: `slack ${ts ?? ''}`, how, rings: how === 'reply' && text.includes('⟦'), text, buttons });
    }
    from = sights.length;
  }

  function lookAtTelegram(): void {
    for (const message of telegram.messages(GROUP)) {
      const shown = { text: telegram.read(message), buttons: telegram.buttons(message).map(({ text }) => text) };
      const before = known.get(message.message_id);
      if (before === JSON.stringify(shown)) continue;
      known.set(message.message_id, JSON.stringify(shown));
      const how = before !== undefined ? 'edit' : message.reply_to === undefined ? 'new' : 'reply';
      seen.push({ at: now(), place: 'Telegram', message: `telegram ${message.message_id}`, how, rings: how !== 'edit' && message.silent !== true, ...shown });
    }
  }

  return {
    seen,
    look() {
      lookAtSlack();
      lookAtTelegram();
    },
  };
}
