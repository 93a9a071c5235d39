import type { types } from '@slack/bolt';
import type { Card } from '../../../src/cards/card.js';
import { cleanLine, cutText } from '../../../src/cards/clean.js';
import { errorText } from '../../../src/domain/errors.js';
import type { Clock } from '../../../src/io/clock.js';
import type { Logger } from '../../../src/io/log.js';
import { DeliveryDelay, type Reply } from '../channel.js';
import { httpParts } from '../post-http.js';
import type { Slack } from './client.js';
import { AS_DATA, draw, NO_PREVIEW } from './draw.js';
import type { EditOrder } from './edit-order.js';
import { slackFailure } from './failure.js';
import type { Heard } from './heard.js';
import { postToHook } from './hook.js';
import { unescapeText } from './text.js';

export interface Replies {
  readonly slack: Slack;
  readonly apiUrl: string | undefined;
  readonly order: EditOrder;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Answer {
  readonly heard: Heard;
  readonly reply: Reply;
  readonly speakerName: string;
  /** From EditOrder.press, where a button was pressed. */
  readonly mark: ReturnType<EditOrder['press']>['mark'] | null;
}

type Way = () => Promise<unknown>;

/** A person waits for a reply; one that comes later than this is of no use. */
const MAX_PATIENCE_MS = 5_000;
const HOOK_TIMEOUT_MS = 10_000;

/**
 * Says a reply where it belongs, by the first way that works, and never throws: the request was heard and written
 * down before, and must not be lost with the words about it.
 *
 * To the person: by the response URL, else as an ephemeral message; in a conversation with the bot alone as a message.
 * To the place: by the response URL or as a message in the thread or channel. After a press the place is the message
 * itself: its buttons give way to 'Roll back, by Ada: <title of the reply>', and nothing is posted beside it.
 */
export function createReplies({ slack: { ask }, apiUrl, clock, log }: Replies): (answer: Answer) => Promise<void> {
  const http = { ...httpParts(), timeoutMs: HOOK_TIMEOUT_MS };
  return async (answer) => {
    for (const way of ways(answer)) {
      try {
        await patiently(way);
        return;
      } catch (thrown) {
        log.warn({ nonce: answer.heard.nonce, why: errorText(thrown) }, 'slack: a reply did not arrive this way');
      }
    }
    log.error({ nonce: answer.heard.nonce }, 'slack: a reply was lost; what was asked for is kept');
  };

  function ways(answer: Answer): readonly Way[] {
    const { heard, reply } = answer;
    if (reply.audience === 'place' && heard.press !== null) return [() => mark(answer)];
    const card = draw(reply.card);
    const thread = heard.thread === null ? {} : { thread_ts: heard.thread };
    const byMessage = (): Promise<unknown> => ask.chat.postMessage({ channel: heard.channel, ...card, ...AS_DATA, ...NO_PREVIEW, ...thread });
    const byEphemeral = (): Promise<unknown> => ask.chat.postEphemeral({ channel: heard.channel, user: heard.userId, ...card, ...AS_DATA, ...thread });
    const toPerson = reply.audience === 'person';
    const byHook = hook(heard, { ...card, response_type: toPerson ? 'ephemeral' : 'in_channel', replace_original: false });
    return [...byHook, toPerson && !heard.direct ? byEphemeral : byMessage];
  }

  function hook({ responseUrl }: Heard, body: Readonly<Record<string, unknown>>): readonly Way[] {
    return responseUrl === null ? [] : [() => postToHook({ http, url: responseUrl, apiUrl, body })];
  }

  async function mark({ heard, reply, speakerName, mark: inOrder }: Answer): Promise<unknown> {
    const message = heard.press?.message;
    // Shown to one person alone: Slack lets it be replaced, by the response URL only.
    if (!message) return hook(heard, { ...draw(reply.card), response_type: 'ephemeral', replace_original: true })[0]?.();
    const note = taken(heard, reply.card, speakerName);
    const edit = async (): Promise<void> => {
      // Attachments are left out, which keeps them.
      await ask.chat.update({ channel: heard.channel, ts: message.ts, text: message.text, blocks: withNote(message.blocks, note), ...AS_DATA });
    };
    return inOrder === null ? edit() : inOrder(edit);
  }

  async function patiently(way: Way): Promise<void> {
    try {
      await way();
    } catch (thrown) {
      const failure = slackFailure(thrown, 'reply');
      if (!(failure instanceof DeliveryDelay) || failure.retryAfterMs > MAX_PATIENCE_MS) throw failure;
      await clock.sleep(failure.retryAfterMs);
      await way();
    }
  }
}

function taken({ press }: Heard, card: Card, speakerName: string): string {
  return cutText(cleanLine(`${unescapeText(press?.label ?? '')}, by ${speakerName}: ${card.title}`), 300);
}

/**
 * The message without its buttons and with the note. What Slack sends of a message is escaped, and would be escaped
 * once more on the way back, hence `unescapeText`.
 */
function withNote(blocks: readonly types.KnownBlock[], note: string): types.KnownBlock[] {
  const kept = blocks.filter(({ type }) => type !== 'actions').map((block) => JSON.parse(JSON.stringify(block), plainAgain) as types.KnownBlock);
  return [...kept, { type: 'context', elements: [{ type: 'plain_text', text: note, emoji: false }] }];
}

function plainAgain(_: string, value: unknown): unknown {
  const isPlain = typeof value === 'object' && value !== null && 'type' in value && value.type === 'plain_text' && 'text' in value;
  return isPlain ? { ...value, text: unescapeText(String(value.text)) } : value;
}
