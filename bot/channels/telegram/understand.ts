import type { CallbackQuery, Chat, InlineKeyboardMarkup, Message, Update, User } from 'telegraf/types';
import { cleanLine, cutText } from '../../../src/cards/clean.js';
import type { Utterance } from '../channel.js';
import type { Chats } from './chats.js';
import { pressed } from './keyboard.js';
import type { Place } from './post.js';

/** What an update is to us. `why` is for the log, `tell` for the person; null says nothing. */
export type Understood =
  | { readonly kind: 'ignored' }
  | { readonly kind: 'refused'; readonly why: string; readonly tell: string | null; readonly at: Place | null; readonly queryId: string | null }
  | { readonly kind: 'command'; readonly utterance: Utterance; readonly at: Place }
  | { readonly kind: 'press'; readonly utterance: Utterance; readonly at: Place; readonly queryId: string }
  | { readonly kind: 'ask' | 'keep' | 'choose'; readonly token: string; readonly at: Place; readonly queryId: string; readonly shown: InlineKeyboardMarkup }
  | { readonly kind: 'moved'; readonly from: number; readonly to: number };

export interface Rules {
  readonly chats: Chats;
  /** The bot's own name, without @. */
  readonly botName: string;
  /** Wall clock, milliseconds. */
  readonly now: number;
}

/** After a downtime up to 24 hours of commands arrive; an old "roll back" is not what anybody wants now. */
const MAX_AGE_MS = 120_000;
const MAX_WORDS = 1_000;
const MAX_NAME = 64;

/** Pure. Authority is never judged here, only whether a person spoke, where, and when. */
export function understand(update: Update, rules: Rules): Understood {
  if ('callback_query' in update) return understandPress(update.callback_query, update.update_id, rules);
  if ('message' in update) return understandMessage(update.message, update.update_id, rules);
  return { kind: 'ignored' };
}

function understandMessage(message: Message, updateId: number, rules: Rules): Understood {
  if ('migrate_to_chat_id' in message) return { kind: 'moved', from: message.chat.id, to: message.migrate_to_chat_id };
  const words = 'text' in message ? wordsOf(message.text, rules.botName) : null;
  if (words === null) return { kind: 'ignored' };
  const at = { chat: message.chat.id, message: message.message_id, topic: message.is_topic_message === true ? message.message_thread_id : undefined };
  const silently = (why: string): Understood => ({ kind: 'refused', why, tell: null, at, queryId: null });
  if (!servedHere(message.chat, rules)) return silently(`it came from chat ${message.chat.id}, which is not configured`);
  if (isForwarded(message)) return silently('it was forwarded');
  // The terminal waits for it; what it did not take is void.
  if (/^pair(?: |$)/.test(words)) return silently('it is a pairing code, which the terminal takes');
  const { from } = message;
  if (message.sender_chat !== undefined || from === undefined) {
    const anonymous = message.sender_chat?.id === message.chat.id;
    const tell = anonymous ? 'You write as the group, so it cannot be seen who you are. Turn off "Remain anonymous" in your administrator rights, or use a button.' : null;
    return { kind: 'refused', why: 'it names no person', tell, at, queryId: null };
  }
  if (from.is_bot) return silently('a bot wrote it');
  if (rules.now - message.date * 1_000 > MAX_AGE_MS) return silently(`it is ${Math.round(rules.now / 1_000 - message.date)} s old`);
  return { kind: 'command', utterance: { ...utterance(from, updateId, { words }), privately: message.chat.type === 'private' }, at };
}

function understandPress(query: CallbackQuery, updateId: number, rules: Rules): Understood {
  const { message, from, id: queryId } = query;
  const at = message === undefined ? null : { chat: message.chat.id, message: message.message_id, topic: undefined };
  const refused = (why: string, tell: string): Understood => ({ kind: 'refused', why, tell, at, queryId });
  if (message === undefined || at === null) return refused('the pressed message is not in a chat', 'This button does not work here.');
  if (!servedHere(message.chat, rules)) return refused(`it came from chat ${message.chat.id}, which is not configured`, 'This chat is not one of those that may decide.');
  if (from.is_bot) return refused('a bot pressed it', 'Only people can press this.');
  const press = 'data' in query ? pressed(query.data) : null;
  if (press === null) return refused('the button carries nothing of ours', 'This button is not known.');
  if (press.does === 'say') return { kind: 'press', utterance: utterance(from, updateId, { pressed: press.token }), at, queryId };
  const shown = 'reply_markup' in message ? message.reply_markup : undefined;
  if (shown === undefined) return refused('the pressed message cannot be seen any more', 'This message is too old to be changed. Ask for /status and decide there.');
  return { kind: press.does, token: press.token, at, queryId, shown };
}

/** '/status@bot shop' and '/hypercare status shop' are 'status shop', '/restore_point' is 'restore-point', in any case; null where it is no command or another bot's. */
function wordsOf(text: string, botName: string): string | null {
  const match = /^\/([a-z0-9_]{1,32})(?:@(\w+))?(?:\s+([^]*))?$/i.exec(text);
  if (match === null) return null;
  const [, verb = '', named, rest = ''] = match;
  if (named !== undefined && named.toLowerCase() !== botName.toLowerCase()) return null;
  const words = cutText(cleanLine(verb.toLowerCase() === 'hypercare' ? rest : `${verb.toLowerCase().replaceAll('_', '-')} ${rest}`), MAX_WORDS);
  // /start is what Telegram sends when somebody opens a chat with the bot.
  return words === '' || words === 'start' ? 'help' : words;
}

function servedHere(chat: Chat, rules: Rules): boolean {
  return chat.type === 'private' || rules.chats.allows(chat.id);
}

function isForwarded(message: Message): boolean {
  return 'forward_origin' in message || 'forward_date' in message || 'is_automatic_forward' in message || 'via_bot' in message;
}

function utterance(from: User, updateId: number, said: Utterance['said']): Utterance {
  const name = from.username ?? [from.first_name, from.last_name].filter(Boolean).join(' ');
  return { platform: 'telegram', userId: String(from.id), userName: cutText(cleanLine(name), MAX_NAME), said, nonce: `tg:${updateId}` };
}
