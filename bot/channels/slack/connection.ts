import type { App } from '@slack/bolt';
import { HypercareError } from '../../../src/domain/errors.js';
import type { Clock } from '../../../src/io/clock.js';
import { LATE, within } from '../../../src/io/within.js';
import type { Slack } from './client.js';
import { slackFailure } from './failure.js';

/** One socket, from hello to its end. */
export interface Connection {
  /** Resolves when the socket is gone, whoever closed it. */
  readonly ended: Promise<void>;
  end(): Promise<void>;
}

export interface Dial {
  readonly slack: Slack;
  readonly app: App;
  readonly appToken: string;
  /** A socket on which nothing answers a ping for this long is dead; three are sent in this time. */
  readonly pingTimeoutMs: number;
  readonly clock: Clock;
}

/** Slack sends hello within a second; the library would wait for it without end. */
const HELLO_TIMEOUT_MS = 20_000;
const CLOSE_TIMEOUT_MS = 1_000;

/**
 * Opens a Socket Mode connection and resolves on its hello. Throws a HypercareError or a DeliveryDelay.
 *
 * The library's own reconnecting is off, and each connection has a receiver of its own: inside the library a reconnect
 * that fails for good is a rejection nobody can catch, which ends the process, and a token of the wrong kind is tried
 * for ever. With one receiver a connection, every failure comes back here.
 */
export async function dial({ slack: { bolt, logger, options }, app, appToken, pingTimeoutMs, clock }: Dial): Promise<Connection> {
  const receiver = new bolt.SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    clientPingTimeout: pingTimeoutMs,
    // A copy of its own, without headers: the library writes into it, and headers would replace the app token.
    installerOptions: { clientOptions: { ...options } },
  });
  receiver.init(app);
  const ended = new Promise<void>((resolve) => receiver.client.once('disconnected', () => resolve()));
  const end = async (): Promise<void> => {
    await receiver.stop();
    // A peer that does not close its side would hold us for 30 s; the second stop tears the socket down.
    if ((await within(ended, CLOSE_TIMEOUT_MS, clock)) === LATE) await receiver.stop();
  };
  try {
    if ((await within(receiver.start(), HELLO_TIMEOUT_MS, clock)) === LATE) throw silent();
    return { ended, end };
  } catch (thrown) {
    await end();
    throw slackFailure(thrown ?? silent(), 'connect to Slack', 'app');
  }
}

function silent(): HypercareError {
  return new HypercareError('slack.silent', 'transient', 'Slack took the connection and closed it or said nothing', 'It is tried again by itself.');
}
