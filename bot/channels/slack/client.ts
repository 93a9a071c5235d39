import type { webApi, Logger as BoltLogger } from '@slack/bolt';
import { errorText } from '../../../src/domain/errors.js';
import { systemClock } from '../../../src/io/clock.js';
import type { Logger } from '../../../src/io/log.js';
import { maskText } from '../../../src/io/mask.js';

type Bolt = Pick<typeof import('@slack/bolt'), 'App' | 'HTTPReceiver' | 'SocketModeReceiver' | 'webApi' | 'LogLevel'>;

/** Slack's library and two clients of its Web API that differ in when they try again. */
export interface Slack {
  readonly bolt: Bolt;
  readonly logger: BoltLogger;
  /** For cards. Never repeats a call by itself: a post whose answer was lost would stand there twice. */
  readonly post: webApi.WebClient;
  /** For questions and replies, which may be repeated. */
  readonly ask: webApi.WebClient;
  readonly options: webApi.WebClientOptions;
}

export interface Connect {
  readonly apiUrl: string | undefined;
  readonly botToken: string;
  readonly log: Logger;
}

const CALL_TIMEOUT_MS = 10_000;
/** The library repeats itself with every try, and what is an error is told by us: one line of it is enough for so long. */
const QUIET_MS = 10 * 60_000;
const ASK_RETRIES = { retries: 2, minTimeout: 200, factor: 2 } as const;

/**
 * Slack's library on first use: importing it costs 250 ms and 29 MiB, and most installs have another channel.
 * Its defaults would wait without end and retry for half an hour, in silence; here a call ends within seconds, and
 * whoever called decides what happens next.
 */
export function slackClient({ apiUrl, botToken, log }: Connect): () => Promise<Slack> {
  let slack: Promise<Slack> | undefined;
  const load = async (): Promise<Slack> => {
    const bolt = await import('@slack/bolt');
    const logger = boltLogger(bolt, log);
    const options: webApi.WebClientOptions = {
      ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
      timeout: CALL_TIMEOUT_MS,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
      logger,
    };
    return {
      bolt,
      logger,
      // Each client gets its own copy: the library writes into the options it is handed.
      post: new bolt.webApi.WebClient(botToken, { ...options }),
      ask: new bolt.webApi.WebClient(botToken, { ...options, retryConfig: { ...ASK_RETRIES } }),
      options,
    };
  };
  return () => (slack ??= load());
}

/** The library's own words, from 'warn' up, as warnings: the first, and how many more came when the next one is told. */
function boltLogger(bolt: Bolt, log: Logger): BoltLogger {
  let quietUntil = Number.NEGATIVE_INFINITY;
  let untold = 0;
  const tell = (...said: unknown[]): void => {
    untold += 1;
    if (systemClock.monotonic() < quietUntil) return;
    log.warn({ from: 'slack library', ...(untold > 1 ? { untold: untold - 1 } : {}) }, redact(said.map(errorText).join(' ')));
    quietUntil = systemClock.monotonic() + QUIET_MS;
    untold = 0;
  };
  return { debug: nothing, info: nothing, warn: tell, error: tell, setLevel: nothing, getLevel: () => bolt.LogLevel.WARN, setName: nothing };
}

function nothing(): void {}

/** Addresses go as well as tokens: that of a socket holds a ticket. */
function redact(text: string): string {
  return maskText(text).replace(/\b(?:https?|wss?):\/\/\S+/g, '[address]');
}
