import type { Card } from '../../../src/cards/card.js';
import { errorText } from '../../../src/domain/errors.js';
import type { Clock } from '../../../src/io/clock.js';
import type { Logger } from '../../../src/io/log.js';
import { LATE, within } from '../../../src/io/within.js';
import type { Hear, Reply, Utterance } from '../channel.js';
import type { EditOrder } from './edit-order.js';
import type { Heard } from './heard.js';
import { placeName } from './place.js';
import type { Answer } from './reply.js';
import type { Speaker } from './speaker.js';

export interface Conversation {
  /** Never throws. */
  take(heard: Heard): Promise<void>;
  /** Waits for what is being answered, for a few seconds at most. */
  settle(): Promise<void>;
}

export interface Parties {
  readonly hear: Hear;
  readonly speaker: (heard: Heard) => Promise<Speaker>;
  readonly isIn: (userId: string, groupId: string) => Promise<boolean>;
  readonly reply: (answer: Answer) => Promise<void>;
  readonly order: EditOrder;
  readonly clock: Clock;
  readonly log: Logger;
}

const MAX_AT_ONCE = 20;
const MAX_REMEMBERED = 1_000;
const HEAR_TIMEOUT_MS = 60_000;
const SETTLE_MS = 5_000;

const UNSURE = 'It was heard, and may have been done. Ask for the status before you ask again.';

/**
 * One thing said, from the ear to the reply: seen before? who speaks? what does hypercare say? say it.
 *
 * Slack delivers again what was not acknowledged in time, and its library removes no duplicates. This memory keeps
 * them from being answered twice; that nothing is done twice is the store's work, by the nonce.
 */
export function createConversation(parties: Parties): Conversation {
  const { hear, speaker, isIn, reply, order, clock, log } = parties;
  const memory = createMemory();
  const running = new Set<Promise<void>>();

  return {
    async take(heard) {
      if (!memory.isNew(heard.nonce)) return log.info({ nonce: heard.nonce }, 'slack: delivered again, and already heard');
      const work = converse(heard).catch((thrown: unknown) => log.error({ nonce: heard.nonce, why: errorText(thrown) }, 'slack: an answer failed'));
      running.add(work);
      await work;
      running.delete(work);
    },
    async settle() {
      await within(Promise.all(running), SETTLE_MS, clock);
    },
  };

  async function converse(heard: Heard): Promise<void> {
    const press = heard.press?.message ? order.press(placeName({ channel: heard.channel, ts: heard.press.message.ts })) : null;
    try {
      const { said, name } = running.size < MAX_AT_ONCE ? await answer(heard) : { said: busy(heard), name: heard.userId };
      await reply({ heard, reply: said, speakerName: name, mark: press?.mark ?? null });
    } finally {
      press?.done();
    }
  }

  async function answer(heard: Heard): Promise<{ readonly said: Reply; readonly name: string }> {
    const who = await speaker(heard);
    if ('refused' in who) {
      log.warn({ userId: heard.userId, why: who.refused }, 'slack: refused to listen');
      return { said: toPerson(word('warning', 'Not for you', who.refused)), name: heard.userId };
    }
    const utterance = { platform: 'slack', userId: heard.userId, userName: who.name, said: heard.said, nonce: heard.nonce, privately: true, isIn: (groupId: string) => isIn(heard.userId, groupId) } as const;
    return { said: await ask(utterance), name: who.name };
  }

  /** The ear never throws, and answers soon. Where it breaks that word, the person is told all the same. */
  async function ask(utterance: Utterance): Promise<Reply> {
    try {
      const said = await within(hear(utterance), HEAR_TIMEOUT_MS, clock);
      return said === LATE ? toPerson(word('warning', 'No answer yet', UNSURE)) : said;
    } catch (thrown) {
      log.error({ nonce: utterance.nonce, why: errorText(thrown) }, 'slack: what was said could not be worked on');
      return toPerson(word('warning', 'Something went wrong', UNSURE));
    }
  }

  /** Forgotten again, so that what Slack delivers a second time finds an ear. */
  function busy(heard: Heard): Reply {
    memory.forget(heard.nonce);
    return toPerson(word('warning', 'Too much at once', `More than ${MAX_AT_ONCE} people are being answered. Nothing was done: try again in a minute.`));
  }
}

interface Memory {
  /** True once for each nonce, as far as it remembers. */
  isNew(nonce: string): boolean;
  forget(nonce: string): void;
}

function createMemory(): Memory {
  const recent = new Set<string>();
  return {
    isNew(nonce) {
      if (recent.has(nonce)) return false;
      const [oldest] = recent;
      if (recent.size >= MAX_REMEMBERED && oldest !== undefined) recent.delete(oldest);
      recent.add(nonce);
      return true;
    },
    forget(nonce) {
      recent.delete(nonce);
    },
  };
}

function toPerson(card: Card): Reply {
  return { card, audience: 'person' };
}

function word(level: Card['level'], title: string, body: string): Card {
  return { subject: 'slack', level, title, body: [body], fields: [], buttons: [], footer: null };
}
