import type { InlineKeyboardMarkup, Update } from 'telegraf/types';
import { errorText } from '../../../src/domain/errors.js';
import type { Clock } from '../../../src/io/clock.js';
import type { Logger } from '../../../src/io/log.js';
import { LATE, within } from '../../../src/io/within.js';
import type { Hear, Reply, Utterance } from '../channel.js';
import type { Api } from './api.js';
import type { Chats } from './chats.js';
import { drawCard, drawLine } from './draw.js';
import { asking, kept } from './keyboard.js';
import { post, type Place } from './post.js';
import { understand, type Understood } from './understand.js';

export interface ConverseInput {
  readonly api: Api;
  readonly chats: Chats;
  readonly hear: Hear;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a press waits for its reply before it is acknowledged without one; Telegram gives up after about 15 s. */
  readonly ackMs: number;
  /** How long one update may hold up the next ones: telegraf polls again only when all of a batch are done. */
  readonly holdMs: number;
}

export interface Conversation {
  /** Resolves when the update is done, or after `holdMs`; rejects only for an update that Telegram could not have sent. */
  take(update: Update, botName: string): Promise<void>;
  /** Resolves when everything taken is answered. */
  settled(): Promise<void>;
}

/** Updates in work at once; beyond it people are asked to try again. */
const MAX_PENDING = 100;
/** Telegram's limit for the text that a press is answered with. */
const MAX_ANSWER = 200;
/** Longest wait Telegram may impose before a reply is given up: by then nobody waits for it. */
const MAX_REPLY_WAIT_MS = 30_000;

/** Answered presses that are remembered, to tell a redelivered one from one that came too late. */
const MAX_REMEMBERED = 500;

interface Talk extends ConverseInput {
  readonly answered: Set<string>;
}

/** Turns updates into utterances and replies into answers; every press gets one, whatever happens. */
export function converse(given: ConverseInput): Conversation {
  const input: Talk = { ...given, answered: new Set() };
  const pending = new Set<Promise<void>>();
  return {
    async take(update, botName) {
      const heard = understand(update, { chats: input.chats, botName, now: input.clock.now() });
      const work = act(input, pending.size < MAX_PENDING ? heard : tooMuch(heard))
        .catch((thrown: unknown) => input.log.error({ update: update.update_id, error: errorText(thrown) }, 'telegram: an update could not be handled'))
        .finally(() => pending.delete(work));
      pending.add(work);
      await within(work, input.holdMs, input.clock);
    },
    async settled() {
      await Promise.all(pending);
    },
  };
}

function tooMuch(heard: Understood): Understood {
  if (heard.kind !== 'command' && heard.kind !== 'press') return heard;
  const queryId = heard.kind === 'press' ? heard.queryId : null;
  return { kind: 'refused', why: `${MAX_PENDING} others are in work`, tell: 'Too much at once. Try again in a minute.', at: heard.at, queryId };
}

async function act(input: Talk, heard: Understood): Promise<void> {
  switch (heard.kind) {
    case 'ignored':
      return;
    case 'moved':
      return input.chats.moved(heard.from, heard.to);
    case 'refused':
      return refuse(input, heard);
    case 'command':
      return say(input, await reply(input, heard.utterance), heard.at);
    case 'press':
      return answerPress(input, heard);
    case 'choose':
      await toast(input, heard.queryId, { text: 'Press Yes or No.', alert: false });
      return;
    case 'ask':
      return changeKeyboard(input, heard, asking(heard.shown, heard.token));
    case 'keep':
      return changeKeyboard(input, heard, kept(heard.shown, heard.token));
  }
}

async function refuse(input: Talk, heard: Extract<Understood, { readonly kind: 'refused' }>): Promise<void> {
  input.log.warn({ why: heard.why, chat: heard.at?.chat ?? null }, `telegram: refused a ${heard.queryId === null ? 'command' : 'press'}: ${heard.why}`);
  if (heard.tell === null) return;
  if (heard.queryId !== null) await toast(input, heard.queryId, { text: heard.tell, alert: true });
  else if (heard.at !== null) await say(input, notice(heard.tell), heard.at);
}

/**
 * The text of the reply answers the press where it comes in time, because a press can be answered only once. Otherwise the
 * press is acknowledged first, and the reply follows in the chat; so it does for everybody's replies.
 */
async function answerPress(input: Talk, heard: Extract<Understood, { readonly kind: 'press' }>): Promise<void> {
  const said = reply(input, heard.utterance);
  const inTime = await within(said, input.ackMs, input.clock);
  if (inTime === LATE) {
    await toast(input, heard.queryId, { text: 'Heard. The answer follows here.', alert: false });
    return say(input, await said, heard.at);
  }
  const alert = inTime.card.level === 'warning' || inTime.card.level === 'critical';
  const seen = await toast(input, heard.queryId, { text: drawLine(inTime.card, MAX_ANSWER), alert });
  if (!seen || inTime.audience === 'place') await say(input, inTime, heard.at);
}

/** Asks once more, or takes the question back, in the message itself. */
async function changeKeyboard(input: Talk, heard: { readonly at: Place; readonly queryId: string }, keyboard: InlineKeyboardMarkup | null): Promise<void> {
  const text = keyboard === null ? 'This has changed meanwhile. Look at the buttons again.' : '';
  await toast(input, heard.queryId, { text, alert: false });
  if (keyboard === null) return;
  const answer = await input.api.call('editMessageReplyMarkup', { chat_id: heard.at.chat, message_id: heard.at.message, reply_markup: keyboard });
  if ('trouble' in answer && answer.trouble.kind !== 'unchanged') input.log.warn({ trouble: answer.trouble.kind }, 'telegram: the buttons could not be changed');
}

/** Hear never throws by its contract; a person waits all the same if it does. */
async function reply(input: Talk, utterance: Utterance): Promise<Reply> {
  try {
    return await input.hear(utterance);
  } catch (thrown) {
    input.log.error({ nonce: utterance.nonce, error: errorText(thrown) }, 'telegram: what was said could not be heard');
    return notice('Something went wrong inside hypercare, so nothing was done. Its log says more.', 'warning');
  }
}

/** Answers a press; false where it came too late for that (after a downtime), so that the person has seen nothing yet. */
async function toast(input: Talk, queryId: string, answer: { readonly text: string; readonly alert: boolean }): Promise<boolean> {
  const done = await input.api.call('answerCallbackQuery', { callback_query_id: queryId, text: answer.text, show_alert: answer.alert });
  if ('trouble' in done) {
    input.log.info({ trouble: done.trouble.kind }, 'telegram: a press could not be answered any more');
    return input.answered.has(queryId);
  }
  if (input.answered.size >= MAX_REMEMBERED) input.answered.clear();
  input.answered.add(queryId);
  return true;
}

async function say(input: Talk, said: Reply, at: Place): Promise<void> {
  const drawn = drawCard(said.card);
  const to = { chat: at.chat, silent: false, under: at };
  const answer = await post(input, drawn, to);
  if (!('trouble' in answer)) return;
  if (answer.trouble.kind === 'wait' && answer.trouble.ms <= MAX_REPLY_WAIT_MS) {
    await input.clock.sleep(answer.trouble.ms);
    const again = await post(input, drawn, to);
    if (!('trouble' in again)) return;
  }
  input.log.warn({ trouble: answer.trouble.kind, chat: at.chat }, 'telegram: a reply could not be sent');
}

function notice(text: string, level: 'info' | 'warning' = 'info'): Reply {
  return { audience: 'person', card: { subject: 'notice', level, title: text, body: [], fields: [], buttons: [], footer: null } };
}
