import { HypercareError } from '../../../src/domain/errors.js';
import type { Logger } from '../../../src/io/log.js';
import type { Channel, Ref } from '../channel.js';
import type { Slack } from './client.js';
import { AS_DATA, draw, NO_PREVIEW, type Message } from './draw.js';
import type { EditOrder } from './edit-order.js';
import { mayHaveHappened, refusal, slackFailure } from './failure.js';
import { cardMetadata, createLostPosts } from './lost-posts.js';
import { placeName, readPlace, type Place } from './place.js';

export interface Speak {
  readonly channel: string;
  readonly slack: () => Promise<Slack>;
  readonly order: EditOrder;
  readonly log: Logger;
}

/** Answers that say the message can no longer be edited; then the card is posted anew. */
const UNEDITABLE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

/** Posts or edits one message per subject and answers with its place. */
export function createDeliver({ channel, slack, order, log }: Speak): Channel['deliver'] {
  const lostPosts = createLostPosts({ channel, slack, log });

  return async (card, key, previous) => {
    const at = readPlace(previous);
    try {
      const message = { ...draw(card), ...AS_DATA, metadata: cardMetadata(card.subject, key) };
      return (at && (await edit(at, message))) ?? (await post(card.subject, key, message));
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

  async function post(subject: string, key: string, message: Message): Promise<Ref> {
    const { post: client } = await slack();
    const lost = await lostPosts.find(subject);
    const found = lost && (await edit(lost, message));
    if (found) {
      lostPosts.forget(subject);
      return found;
    }
    try {
      const posted = await client.chat.postMessage({ channel, ...message, ...NO_PREVIEW });
      lostPosts.forget(subject);
      return whereItStands(posted);
    } catch (thrown) {
      if (mayHaveHappened(thrown)) lostPosts.remember(subject, key);
      throw thrown;
    }
  }
}

function whereItStands(posted: unknown): Place {
  const place = readPlace(posted);
  if (place === null) throw new HypercareError('slack.failed', 'transient', 'Slack answered a post without saying where it stands', 'It is tried again by itself.');
  return place;
}
