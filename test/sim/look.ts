/** Both doubles as the page is told of them. */
import { liveEntities } from '../doubles/telegram/live.js';
import type { SlackDouble } from '../doubles/slack.js';
import type { TelegramDouble } from '../doubles/telegram.js';
import { GROUP } from '../scenarios/chats.js';
import type { SlackBlock, SlackMessage, TelegramMessage } from './shown.js';

export function lookAtSlack({ messages, channel }: SlackDouble): readonly SlackMessage[] {
  const edited = new Set(messages.sights.filter(({ via }) => via === 'update').map(({ ts }) => ts));
  return messages.inChannel(channel).map(({ ts, threadTs, broadcast, onlyFor, text, blocks, attachments }) => ({
    ts, threadTs, onlyFor, text, broadcast: broadcast ?? false, edited: edited.has(ts), blocks: blocks as readonly SlackBlock[],
    attachments: attachments.map(({ color, blocks: beside }) => ({ ...(color === undefined ? {} : { color }), blocks: (beside ?? []) as readonly SlackBlock[] })),
  }));
}

/** What people said stands between what the bot had posted by then. */
export interface Said {
  readonly after: number;
  readonly by: string;
  readonly text: string;
}

export function lookAtTelegram(telegram: TelegramDouble, said: readonly Said[]): readonly TelegramMessage[] {
  const edited = new Set(telegram.calls.filter(({ method }) => method === 'editMessageText').map(({ payload }) => payload['message_id']));
  const posted = telegram.messages(GROUP).map((message): TelegramMessage => ({
    id: message.message_id, by: null, replyTo: message.reply_to ?? null, silent: message.silent === true, edited: edited.has(message.message_id), text: message.text,
    entities: [...message.entities, ...liveEntities(message.text, message.entities).filter(({ url }) => url === undefined)],
    keyboard: (message.reply_markup?.inline_keyboard ?? []).map((row) => row.map(({ text, callback_data: data = '' }) => ({ text, data }))),
  }));
  const spoken = said.map(({ after, by, text }): TelegramMessage => ({ id: after, by, replyTo: null, silent: false, edited: false, text, entities: [], keyboard: [] }));
  return [...posted, ...spoken].toSorted((a, b) => a.id - b.id || Number(a.by !== null) - Number(b.by !== null));
}
