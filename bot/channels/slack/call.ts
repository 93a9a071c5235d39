import type { Call } from '../../../src/cards/call.js';
import { cleanText, cutText } from '../../../src/cards/clean.js';
import { isGroupAccount } from '../../../src/domain/person.js';
import type { Channel } from '../channel.js';
import type { Slack } from './client.js';
import { AS_DATA, NO_PREVIEW, plain, type Message } from './draw.js';
import { slackFailure } from './failure.js';
import { readPlace } from './place.js';
import { escapeText } from './text.js';

const MAX_TEXT = 1_000;
const MAX_PEOPLE = 10;

/**
 * A reply in the card's thread that mentions those who are called: by Slack's defaults a phone rings for a mention and
 * for no other message of a channel. Beside a card that was posted long ago it is shown in the channel too.
 */
export function createCall(slack: () => Promise<Slack>): NonNullable<Channel['call']> {
  return async (call, at, fresh) => {
    const place = readPlace(at);
    if (place === null || !isNeeded(call, fresh)) return;
    try {
      const { post } = await slack();
      await post.chat.postMessage({ channel: place.channel, thread_ts: place.ts, reply_broadcast: !fresh, ...drawCall(call), ...AS_DATA, ...NO_PREVIEW });
    } catch (thrown) {
      throw slackFailure(thrown, 'call for people');
    }
  };
}

/** Beside a card that was posted just now, it adds nothing but its mentions. */
export function isNeeded(call: Call, fresh: boolean): boolean {
  return !fresh || mentions(call) !== '';
}

/** Mentions are mrkdwn and stand alone; everything else is data. */
export function drawCall(call: Call): Pick<Message, 'text' | 'blocks'> {
  const shown = cutText(cleanText(call.text).trim(), MAX_TEXT);
  const named = mentions(call);
  return {
    text: `${escapeText(shown)} ${named}`.trim(),
    blocks: [{ type: 'section', text: plain(shown) }, ...(named === '' ? [] : [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text: named } }])],
  };
}

/** The card as one message with its call: the same mentions stand below it, for places in which nothing is said beside a post. */
export function callingOut(message: Message, call: Call): Message {
  const named = mentions(call);
  if (named === '') return message;
  return { ...message, text: `${message.text} ${named}`, blocks: [...message.blocks, { type: 'section', text: { type: 'mrkdwn', text: named } }] };
}

function mentions({ people }: Call): string {
  return people.filter(({ platform }) => platform === 'slack').slice(0, MAX_PEOPLE).map((one) => (isGroupAccount(one) ? `<!subteam^${one.userId}>` : `<@${one.userId}>`)).join(' ');
}
