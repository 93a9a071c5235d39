import { expect } from 'vitest';
import type { Channel, Hear, Reply, Secrets, Stop, Utterance } from '../../../../bot/channels/channel.js';
import { routed, routeOf } from '../../../../bot/channels/route.js';
import { telegramKind, type TelegramTiming } from '../../../../bot/channels/telegram/index.js';
import type { Card } from '../../../../src/cards/card.js';
import { systemClock, type Clock } from '../../../../src/io/clock.js';
import type { Logger } from '../../../../src/io/log.js';
import { person, TelegramDouble, type Chat, type DoubleOptions, type Message } from '../../../doubles/telegram.js';

export const ANN = person(11, 'ann');
export const BOB = person(12, 'bob');
export const GROUP: Chat = { id: -500, type: 'group', title: 'ops' };
export const FOREIGN: Chat = { id: -666, type: 'group', title: 'elsewhere' };
export const PRIVATE: Chat = { id: 11, type: 'private' };

export const VERBS = [{ name: 'status', summary: 'how everything is' }, { name: 'restore-point', summary: 'vouch for a release' }];

export const CARD: Card = {
  subject: 'incident-1',
  level: 'critical',
  title: 'shop: checkout fails',
  body: ['Since 12:03 UTC.'],
  fields: [{ name: 'App', value: 'shop' }],
  buttons: [
    { label: 'Roll back', style: 'danger', token: 'q-1-yes', confirm: { title: 'Roll back shop?', text: 'From 4f2a91c to 9d1e003.', yes: 'Roll back', no: 'Keep' } },
    { label: 'Not now', style: 'plain', token: 'q-1-no', confirm: null },
  ],
  footer: null,
};

export interface Stage {
  readonly double: TelegramDouble;
  channel: Channel;
  /** What was heard so far. */
  readonly heard: readonly Utterance[];
  /** What it said of whether it hears, in order; null: it does. */
  readonly hearing: readonly unknown[];
  /** What is answered to the next utterances; replaced at will. */
  answer: Hear;
  logs(): string;
  /** Starts listening; stopped at the end. */
  start(): Promise<void>;
  /** Ends the channel and makes another one, which knows nothing of the first, on the same Telegram. */
  restart(): Promise<void>;
  /** The one message in the group. */
  only(): Message;
  end(): Promise<void>;
}

export interface StageOptions {
  readonly double?: DoubleOptions;
  readonly timing?: Partial<TelegramTiming>;
  readonly channel?: Readonly<Record<string, unknown>>;
  readonly secrets?: Secrets;
}

// Short enough for tests, long enough that a slow machine does not reach a limit by itself.
const TIMING: TelegramTiming = { startMs: 5_000, againMs: 20, conflictMs: 30, tokenMs: 40, silenceMs: 60_000, stopMs: 3_000, firstPollS: 0, lookMs: 60_000, callMs: 5_000, ackMs: 5_000, holdMs: 5_000 };

/** The channel with its real client, beside a double of Telegram that shares its wall clock. */
export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const double = await TelegramDouble.start(options.double);
  for (const chat of [GROUP, FOREIGN, PRIVATE]) double.chat(chat);
  // `advance` moves both, as time does.
  const clock: Clock = { ...systemClock, now: double.now, monotonic: double.now };
  const log = recorder();
  const kind = telegramKind({ clock, timing: { ...TIMING, ...options.timing } });
  const parsed = kind.options.parse({ chat: GROUP.id, api_root: double.wire.origin, ...options.channel });
  expect(new URL(parsed.api_root).hostname).toBe('127.0.0.1');
  const create = (): Channel => {
    const channel = kind.create(parsed, options.secrets ?? { TELEGRAM_BOT_TOKEN: double.token }, log.logger);
    if (channel === null) throw new Error('there was a token');
    return routed(channel, routeOf(parsed));
  };
  const heard: Utterance[] = [];
  const hearing: unknown[] = [];
  const stops: Stop[] = [];
  const stage: Stage = {
    double,
    channel: create(),
    heard,
    hearing,
    answer: async (utterance) => said(`heard ${'words' in utterance.said ? utterance.said.words : utterance.said.pressed}`),
    logs: log.text,
    async start() {
      const stop = await stage.channel.start?.((utterance) => {
        heard.push(utterance);
        return stage.answer(utterance);
      }, VERBS, (trouble) => void hearing.push(trouble));
      if (stop !== undefined) stops.push(stop);
    },
    async restart() {
      for (const stop of stops.splice(0)) await stop();
      stage.channel = create();
      await stage.start();
    },
    only() {
      const [message, ...others] = double.messages(GROUP);
      expect(others).toEqual([]);
      if (message === undefined) throw new Error('there is no message');
      return message;
    },
    async end() {
      for (const stop of stops) await stop();
      await double.close();
    },
  };
  return stage;
}

/** A reply of one line. */
export function said(title: string, more: Partial<Card> = {}, audience: Reply['audience'] = 'person'): Reply {
  return { audience, card: { subject: 'reply', level: 'info', title, body: [], fields: [], buttons: [], footer: null, ...more } };
}

/** Waits until the condition holds, for ten seconds at most. */
export async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 10_000, interval: 5 }).toBe(true);
}

function recorder(): { readonly logger: Logger; readonly text: () => string } {
  const lines: string[] = [];
  const write = (level: string) => (facts: object, message: string) => void lines.push(`${level} ${message} ${JSON.stringify(facts)}`);
  const logger: Logger = { info: write('info'), warn: write('warn'), error: write('error'), child: () => logger };
  return { logger, text: () => lines.join('\n') };
}
