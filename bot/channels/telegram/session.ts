import type { Telegraf } from 'telegraf';
import type { Update } from 'telegraf/types';
import { errorText } from '../../../src/domain/errors.js';
import type { Clock } from '../../../src/io/clock.js';
import type { Logger } from '../../../src/io/log.js';
import { LATE, within } from '../../../src/io/within.js';
import { until } from './api.js';
import { troubleOf, type Trouble } from './trouble.js';

/** How one life of the poller ended. */
export type Ended = { readonly why: 'stopped' } | { readonly why: 'silent' } | { readonly why: 'trouble'; readonly trouble: Trouble };

export interface SessionInput {
  readonly token: string;
  readonly apiRoot: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** No poll for this long: the connection is half open, and its own deadline would come after more than eight minutes. */
  readonly silenceMs: number;
  readonly onUpdate: (update: Update, botName: string) => Promise<void>;
  /** Telegram has answered the first poll: until then the token may be none, and another process may poll. */
  readonly onHearing: () => void;
  /** How long Telegram holds the answer to the first poll where nothing was said; then it is known that we hear. */
  readonly firstPollS: number;
}

export interface Session {
  readonly ended: Promise<Ended>;
  stop(): void;
}

export const ALLOWED = ['message', 'callback_query'] as const;
/** An update is let go after `holdMs` (converse.ts); this only guards against a fault in that. */
const HANDLER_TIMEOUT_MS = 20_000;
const MIN_WATCH_MS = 10;
const CONFIRM_MS = 500;

/**
 * One life of telegraf's poller, which cannot be started again. Its own retries are taken from it, because they sleep where
 * nothing can wake them and hide from the log what is wrong: every failed poll ends the session, and listen.ts begins another.
 */
export async function openSession(input: SessionInput): Promise<Session> {
  const bot = await openBot(input);
  const polls = watchPolls(bot, input);
  const silence = new AbortController();
  const ended = Promise.race([run(bot, polls, input.token), watch(input, polls, silence.signal)]).finally(() => {
    silence.abort();
    polls.over.abort();
    stopPolling(bot);
  });
  return {
    ended,
    stop() {
      polls.stopping = true;
      if (!stopPolling(bot)) polls.over.abort();
    },
  };
}

/** telegraf with one listener, which takes everything. */
export async function openBot({ token, apiRoot, log, onUpdate }: Pick<SessionInput, 'token' | 'apiRoot' | 'log' | 'onUpdate'>): Promise<Telegraf> {
  const { Telegraf } = await import('telegraf');
  const bot = new Telegraf(token, { handlerTimeout: HANDLER_TIMEOUT_MS, telegram: { apiRoot, webhookReply: false } });
  // Without it one failing handler ends the polling.
  bot.catch((thrown) => log.error({ error: errorText(thrown).replaceAll(token, '[token]') }, 'telegram: an update could not be handled'));
  bot.use((ctx) => onUpdate(ctx.update, ctx.me));
  return bot;
}

interface Polls {
  /** Monotonic; the last time a poll began or ended. */
  lastAt: number;
  stopping: boolean;
  /** Aborted when the session is done with: no call of it may go out any more, however late telegraf wakes up. */
  readonly over: AbortController;
  failure: unknown;
}

async function run(bot: Telegraf, polls: Polls, token: string): Promise<Ended> {
  try {
    // Settles only when polling stops; whoever awaits it elsewhere never gets on.
    await bot.launch({ allowedUpdates: [...ALLOWED] });
    return { why: 'stopped' };
  } catch (thrown) {
    return polls.stopping ? { why: 'stopped' } : { why: 'trouble', trouble: troubleOf(polls.failure ?? thrown, token) };
  }
}

async function watch(input: SessionInput, polls: Polls, signal: AbortSignal): Promise<Ended> {
  for (;;) {
    const left = polls.lastAt + input.silenceMs - input.clock.monotonic();
    if (left <= 0) return { why: 'silent' };
    // Ends by the signal: the session's other end came first, and nobody looks at this one any more.
    await input.clock.sleep(Math.max(MIN_WATCH_MS, left), signal);
  }
}

/** Every call of the poller passes here, so that it can be watched and, once the session is over, refused. */
function watchPolls(bot: Telegraf, input: SessionInput): Polls {
  const polls: Polls = { lastAt: input.clock.monotonic(), stopping: false, over: new AbortController(), failure: undefined };
  const call = bot.telegram.callApi.bind(bot.telegram);
  let hearing = false;
  bot.telegram.callApi = async (method, payload, options) => {
    if (polls.over.signal.aborted) throw new Error('this session of polling is over');
    if ((method as string) !== 'getUpdates') return call(method, payload, until(polls.over.signal));
    if (polls.stopping) {
      // telegraf polls once more to confirm the last batch. Telegram takes that as it arrives, and may hold the answer for 3 s.
      const confirmed = call(method, payload, until(polls.over.signal)).catch(() => []);
      const updates = await within(confirmed, CONFIRM_MS, input.clock);
      return (updates === LATE ? [] : updates) as never;
    }
    polls.lastAt = input.clock.monotonic();
    try {
      const updates = await call(method, hearing ? payload : { ...(payload as object), timeout: input.firstPollS } as typeof payload, options);
      polls.lastAt = input.clock.monotonic();
      if (!hearing) input.onHearing();
      hearing = true;
      return updates;
    } catch (thrown) {
      if (polls.stopping || (thrown as Error).name === 'AbortError') throw thrown;
      polls.over.abort();
      polls.failure = thrown;
      throw new Error('the poll failed');
    }
  };
  return polls;
}

/** False where polling has not begun, in which case telegraf throws. */
function stopPolling(bot: Telegraf): boolean {
  try {
    bot.stop();
    return true;
  } catch {
    return false;
  }
}
