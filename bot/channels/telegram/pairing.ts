import { randomInt, timingSafeEqual } from 'node:crypto';
import type { Message, Update } from 'telegraf/types';
import { cleanLine, cutText } from '../../../src/cards/clean.js';
import { HypercareError } from '../../../src/domain/errors.js';
import type { Clock } from '../../../src/io/clock.js';
import { DeliveryDelay } from '../channel.js';
import type { Api } from './api.js';
import { ALLOWED } from './session.js';
import { errorOf } from './trouble.js';

/** Letters and digits that nobody takes for one another. */
const LETTERS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const CODE_LETTERS = 8;
export const PAIR_WITHIN_MS = 10 * 60_000;
/** Of some 850 thousand million codes; after so many wrong ones this one is void. */
const MOST_WRONG = 5;
const POLL_S = 3;
const PAUSE_MS = 1_000;

/** Who sent the code, and from where. */
export interface Paired {
  readonly userId: string;
  readonly userName: string;
  readonly chat: number;
  readonly inGroup: boolean;
}

export interface PairInput {
  readonly api: Api;
  readonly clock: Clock;
  readonly code: string;
  /** What the sender is told. */
  readonly welcome: string;
  /** Called once the bot was found, with its name: from now on the code may be sent. */
  readonly begun: (botName: string) => void;
  /** Called when another process polls, which hears nothing meanwhile. */
  readonly shared: () => void;
}

export function drawCode(): string {
  const letters = Array.from({ length: CODE_LETTERS }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${letters.slice(0, CODE_LETTERS / 2)}-${letters.slice(CODE_LETTERS / 2)}`;
}

/**
 * Waits for a person to send the code to the bot. Right once: who sent it, and the chat. It polls without confirming, so
 * that a bot that runs is told all it missed. Throws when the time is over, after five wrong codes, and what Telegram refuses.
 */
export async function pair(input: PairInput): Promise<Paired> {
  const { api, clock } = input;
  const begunAt = clock.now();
  const self = await call(api.call('getMe', {}));
  const { url } = await call(api.call('getWebhookInfo', {}));
  if (url) throw new HypercareError('telegram.webhook', 'invalid', `Telegram calls ${new URL(url).host} for this bot, and cannot be polled beside it`, 'Say /whoami to the bot in private, and write the number it tells below a person in hypercare.yaml as telegram; or pair before webhook is set.');
  input.begun(self.username ?? self.first_name);
  const seen = new Set<number>();
  let wrong = 0;
  let told = false;
  while (clock.now() - begunAt < PAIR_WITHIN_MS) {
    const polled = await api.call('getUpdates', { timeout: POLL_S, allowed_updates: [...ALLOWED] });
    if ('trouble' in polled && polled.trouble.kind === 'conflict' && !told) {
      told = true;
      input.shared();
    }
    if ('trouble' in polled && polled.trouble.kind === 'token') throw errorOf(polled.trouble);
    const news = ('trouble' in polled ? [] : polled.result).filter(({ update_id: id }) => !seen.has(id));
    for (const update of news) {
      seen.add(update.update_id);
      const tried = codeIn(update, begunAt);
      if (tried === null) continue;
      if (isSame(tried.code, input.code)) return welcome(input, tried.message, { update: update.update_id, oldest: 'trouble' in polled ? 0 : (polled.result[0]?.update_id ?? 0) });
      wrong += 1;
      await answer(api, tried.message, 'That is not the code.');
      if (wrong >= MOST_WRONG) throw new HypercareError('pairing.guessed', 'denied', `${MOST_WRONG} wrong codes were sent to the bot; this one is void`, 'Run it again for another code. If it was not you: anybody who finds the bot may write to it, and nobody is heard who is not under people.');
    }
    if (news.length === 0) await clock.sleep(PAUSE_MS);
  }
  throw new HypercareError('pairing.expired', 'transient', `nobody sent the code within ${PAIR_WITHIN_MS / 60_000} minutes; it is void`, 'Run it again for another code.');
}

async function welcome({ api, welcome: words }: PairInput, message: Message.TextMessage, { update, oldest }: { readonly update: number; readonly oldest: number }): Promise<Paired> {
  await answer(api, message, words);
  // Where nothing else waits, nobody has to be told of this message any more.
  if (oldest === update) await api.call('getUpdates', { offset: update + 1, limit: 1, timeout: 0 });
  const { from, chat } = message;
  return { userId: String(from?.id), userName: cutText(cleanLine(from?.first_name ?? ''), 64), chat: chat.id, inGroup: chat.type !== 'private' };
}

/** A code that a person sends now: what was said before the code was drawn, by bots, as a group or forwarded is none. */
function codeIn(update: Update, begunAt: number): { readonly code: string; readonly message: Message.TextMessage } | null {
  if (!('message' in update) || !('text' in update.message)) return null;
  const { message } = update;
  const { from } = message;
  if (from === undefined || from.is_bot || message.sender_chat !== undefined || 'forward_origin' in message || 'forward_date' in message) return null;
  if (message.date < Math.floor(begunAt / 1_000)) return null;
  const [, code] = /^(?:\/pair(?:@\w+)?\s+)([\w -]{1,40})$/i.exec(message.text.trim()) ?? [];
  return code === undefined ? null : { code, message };
}

/** However it was typed: in small letters, without the dash. */
function isSame(typed: string, code: string): boolean {
  const bare = (text: string): Buffer => Buffer.from(text.toUpperCase().replace(/[\s-]/g, ''));
  const [given, right] = [bare(typed), bare(code)];
  return given.length === right.length && timingSafeEqual(given, right);
}

async function answer(api: Api, to: Message.TextMessage, text: string): Promise<void> {
  await api.call('sendMessage', { chat_id: to.chat.id, text, reply_parameters: { message_id: to.message_id, allow_sending_without_reply: true } });
}

async function call<T>(calling: Promise<{ readonly result: T } | { readonly trouble: Parameters<typeof errorOf>[0] | { readonly kind: 'wait'; readonly ms: number } }>): Promise<T> {
  const done = await calling;
  if (!('trouble' in done)) return done.result;
  throw done.trouble.kind === 'wait' ? new DeliveryDelay(done.trouble.ms) : errorOf(done.trouble);
}
