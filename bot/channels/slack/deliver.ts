import { z } from 'zod';
import type { Card } from '../../../src/cards/card.js';
import { HypercareError } from '../../../src/domain/errors.js';
import type { Logger } from '../../../src/io/log.js';
import type { Channel, Ref } from '../channel.js';
import type { Slack } from './client.js';
import { draw, type Message } from './draw.js';
import type { EditOrder } from './edit-order.js';
import { mayHaveHappened, refusal, slackFailure } from './failure.js';
import { isAtLeast } from './levels.js';

const REF = z.object({ channel: z.string(), ts: z.string() });

/** Where a message stands. */
export type Place = z.infer<typeof REF>;

export interface Speak {
  readonly channel: string;
  readonly level: Card['level'];
  readonly slack: () => Promise<Slack>;
  readonly order: EditOrder;
  readonly log: Logger;
}

/** As text, to tell messages apart. */
export function placeName({ channel, ts }: Place): string {
  return `${channel} ${ts}`;
}

/** Nothing that was typed becomes a mention, a link or a preview; `chat.update` would parse mentions by default. */
export const AS_DATA = { parse: 'none', link_names: false } as const;
export const NO_PREVIEW = { unfurl_links: false, unfurl_media: false } as const;

const METADATA = 'hypercare_card';
/** Answers that say the message can no longer be edited; then the card is posted anew. */
const UNEDITABLE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);
const MAX_UNSURE = 200;
/** Slack gives apps outside its directory at most 15 messages at a time. */
const LOOK_BACK = 15;

/**
 * Posts or edits one message per subject and answers with its place, or with null where the card is below `level` and
 * nothing stands yet. What stands is always edited, so that a recovery reaches the alert it belongs to.
 *
 * There is no idempotency key at Slack: when the answer to a post was lost, the next try first looks among the
 * channel's last messages for the subject in their metadata. That needs the scope channels:history (groups:history in
 * a private channel); without it the card is posted again.
 */
export function createDeliver({ channel, level, slack, order, log }: Speak): Channel['deliver'] {
  const unsure = new Set<string>();

  return async (card, key, previous) => {
    const parsed = REF.safeParse(previous);
    const at = parsed.success ? parsed.data : null;
    if (at === null && !isAtLeast(card.level, level)) return null;
    try {
      const message = { ...draw(card), ...AS_DATA, metadata: { event_type: METADATA, event_payload: { subject: card.subject, key } } };
      return (at && (await edit(at, message))) ?? (await post(card.subject, message));
    } catch (thrown) {
      throw slackFailure(thrown, `post to ${channel}`);
    }
  };

  async function edit(at: Place, message: Message): Promise<Ref | null> {
    const { post: client } = await slack();
    try {
      await order.card(placeName(at), () => client.chat.update({ ...at, ...message }));
      return at;
    } catch (thrown) {
      const why = refusal(thrown);
      if (why === null || !(UNEDITABLE.has(why) || (why === 'channel_not_found' && at.channel !== channel))) throw thrown;
      log.info({ why }, 'slack: the message cannot be edited any more, posting anew');
      return null;
    }
  }

  async function post(subject: string, message: Message): Promise<Ref> {
    const { post: client } = await slack();
    const lost = unsure.has(subject) ? await find(subject) : null;
    const found = lost && (await edit(lost, message));
    if (found) {
      unsure.delete(subject);
      return found;
    }
    try {
      const posted = await client.chat.postMessage({ channel, ...message, ...NO_PREVIEW });
      unsure.delete(subject);
      return place(posted.channel, posted.ts);
    } catch (thrown) {
      if (mayHaveHappened(thrown)) remember(subject);
      throw thrown;
    }
  }

  async function find(subject: string): Promise<Place | null> {
    const { ask } = await slack();
    try {
      const { messages } = await ask.conversations.history({ channel, limit: LOOK_BACK, include_all_metadata: true });
      const ours = messages?.find(({ metadata }) => metadata?.event_type === METADATA && (metadata.event_payload as { subject?: unknown } | undefined)?.subject === subject);
      return ours?.ts === undefined ? null : { channel, ts: ours.ts };
    } catch (thrown) {
      const why = refusal(thrown);
      if (why === null) throw thrown;
      log.info({ why }, 'slack: cannot look whether a card whose answer was lost is there; it may stand twice');
      return null;
    }
  }

  function remember(subject: string): void {
    const [oldest] = unsure;
    if (unsure.size >= MAX_UNSURE && oldest !== undefined) unsure.delete(oldest);
    unsure.add(subject);
  }
}

function place(channel: string | undefined, ts: string | undefined): Place {
  if (channel === undefined || ts === undefined) throw new HypercareError('slack.failed', 'transient', 'Slack answered a post without saying where it stands', 'Nothing: it is tried again.');
  return { channel, ts };
}
