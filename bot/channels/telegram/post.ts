import type { Opts } from 'telegraf/types';
import { z } from 'zod';
import type { Call } from '../../../src/cards/call.js';
import type { Card } from '../../../src/cards/card.js';
import type { Severity } from '../../../src/domain/finding.js';
import type { Clock } from '../../../src/io/clock.js';
import type { Logger } from '../../../src/io/log.js';
import { DeliveryDelay, type Ref } from '../channel.js';
import type { Answered, Api } from './api.js';
import type { Chats } from './chats.js';
import { drawCall, drawCard, type Drawn } from './draw.js';
import { errorOf, type Trouble } from './trouble.js';

/** Where in a chat something was said: the message, and the forum topic it stands in. */
export interface Place {
  readonly chat: number;
  readonly message: number;
  readonly topic: number | undefined;
}

interface Speaker {
  readonly api: Api;
  readonly chats: Chats;
  readonly clock: Clock;
  readonly log: Logger;
}

const REF = z.object({ chat: z.number(), message: z.number() });
type MessageRef = z.infer<typeof REF>;

export interface Delivery {
  deliver(card: Card, previous: Ref | undefined): Promise<Ref>;
  /** As a reply to the card; a card that was posted just now has rung itself. */
  call(call: Call, at: Ref, fresh: boolean): Promise<void>;
}

/**
 * Posts or edits, and gives where the card stands.
 *
 * Telegram has neither an idempotency key nor a way for a bot to read what it posted: when the answer to a post is lost, the
 * next try posts again. Twice is better than never, and the buttons of both carry the same tokens.
 */
export function openDelivery(speaker: Speaker): Delivery {
  // Asking on during the wait Telegram imposed makes the wait longer, so the next try does not even ask.
  let quietUntil = -Infinity;
  const failed = (trouble: Trouble): never => {
    if (trouble.kind !== 'wait') throw errorOf(trouble);
    quietUntil = Math.max(quietUntil, speaker.clock.monotonic() + trouble.ms);
    throw new DeliveryDelay(trouble.ms);
  };
  const mayAsk = (): void => {
    const left = quietUntil - speaker.clock.monotonic();
    if (left > 0) throw new DeliveryDelay(Math.ceil(left));
  };

  async function deliver(card: Card, previous: Ref | undefined): Promise<Ref> {
    const known = REF.safeParse(previous);
    const asks = card.buttons.length > 0;
    mayAsk();
    const drawn = drawCard(card);
    if (drawn.leftOut.length > 0) speaker.log.error({ subject: card.subject, buttons: drawn.leftOut }, 'telegram: these buttons cannot be sent (a label, a token of at most 60 bytes, three buttons a card)');
    if (known.success) {
      const done = await edit(speaker, known.data, drawn);
      if (done === 'done') return known.data;
      if (done !== 'post anew') return failed(done);
    }
    const answer = await post(speaker, drawn, { chat: speaker.chats.home(), silent: severityOf(card) === 'info' && !asks });
    if ('trouble' in answer) return failed(answer.trouble);
    return { chat: answer.result.chat.id, message: answer.result.message_id } satisfies MessageRef;
  }

  async function call(said: Call, at: Ref, fresh: boolean): Promise<void> {
    const card = REF.safeParse(at).data;
    if (card === undefined || fresh) return;
    mayAsk();
    const answer = await post(speaker, drawCall(said), { chat: card.chat, silent: false, under: { ...card, topic: undefined } });
    if ('trouble' in answer) failed(answer.trouble);
  }

  return { deliver, call };
}

/** A recovery weighs as little as news. */
function severityOf(card: Card): Severity {
  return card.level === 'good' ? 'info' : card.level;
}

/** Edits the message there. Its keyboard is always sent: left out, it would be removed, or not, as Telegram likes. */
async function edit(speaker: Speaker, at: MessageRef, drawn: Drawn): Promise<'done' | 'post anew' | Trouble> {
  const answer = await speaker.api.call('editMessageText', { chat_id: at.chat, message_id: at.message, ...textOf(drawn) });
  if (!('trouble' in answer)) return 'done';
  const { trouble } = answer;
  if (trouble.kind === 'unchanged') return 'done';
  if (trouble.kind === 'gone') return 'post anew';
  if (trouble.kind === 'migrated') {
    speaker.chats.moved(at.chat, trouble.to);
    return 'post anew';
  }
  // The operator pointed the channel at another chat, and the bot has left the old one.
  if (trouble.kind === 'failed' && trouble.error.errorClass === 'permanent' && at.chat !== speaker.chats.home()) return 'post anew';
  return trouble;
}

/** Posts to a chat, or under the message that is answered there; follows a group to its new id once. */
export async function post(speaker: Speaker, drawn: Drawn, to: { readonly chat: number; readonly silent: boolean; readonly under?: Place }): Promise<Answered<'sendMessage'>> {
  const message = (chat: number): Opts<'sendMessage'> => ({
    chat_id: chat,
    ...textOf(drawn),
    ...(to.silent && { disable_notification: true }),
    ...(to.under && { reply_parameters: { message_id: to.under.message, allow_sending_without_reply: true } }),
    ...(to.under?.topic !== undefined && { message_thread_id: to.under.topic }),
  });
  const answer = await speaker.api.call('sendMessage', message(speaker.chats.current(to.chat)));
  if (!('trouble' in answer) || answer.trouble.kind !== 'migrated') return answer;
  speaker.chats.moved(to.chat, answer.trouble.to);
  return speaker.api.call('sendMessage', message(answer.trouble.to));
}

function textOf(drawn: Drawn): Pick<Opts<'sendMessage'>, 'text' | 'parse_mode' | 'link_preview_options'> & Pick<Opts<'editMessageText'>, 'reply_markup'> {
  // A preview would also tell the linked site that an incident is open.
  return { text: drawn.text, parse_mode: 'HTML', link_preview_options: { is_disabled: true }, reply_markup: drawn.keyboard };
}
