import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { slackClient } from '../../../../bot/channels/slack/client.js';
import { dial, type Connection } from '../../../../bot/channels/slack/connection.js';
import { systemClock, type Clock } from '../../../../src/io/clock.js';
import { SlackDouble } from '../../../doubles/slack.js';
import { until } from '../../../doubles/slack/until.js';
import { keepLog } from './stage.js';

/** Waits of a minute take 300 ms. */
const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 300), signal) };

let double: SlackDouble;
beforeEach(async () => {
  double = await SlackDouble.start();
});
afterEach(() => double.stop());

async function connect({ clock = systemClock, pingTimeoutMs = 5_000 } = {}): Promise<Connection> {
  const slack = await slackClient({ apiUrl: double.apiUrl, botToken: double.botToken, log: keepLog().log })();
  const app = { processEvent: async () => {} } as unknown as App;
  return dial({ slack, app, appToken: double.appToken, pingTimeoutMs, clock });
}

describe('one connection to Slack', () => {
  it('shows the app token to open it, and nothing else', async () => {
    const connection = await connect();
    expect(double.calls.map(({ method, token }) => [method, token])).toEqual([['apps.connections.open', double.appToken]]);
    await connection.end();
  });

  it('without a hello is given up as transient, and leaves no socket', async () => {
    double.sockets.hello = false;
    await expect(connect({ clock: hasty })).rejects.toMatchObject({ code: 'slack.silent', errorClass: 'transient' });
    await until(() => double.sockets.open === 0, 'the socket to close');
  });

  it('closed before its hello is transient', async () => {
    double.sockets.hello = false;
    const connecting = connect();
    connecting.catch(() => {});
    await until(() => double.sockets.open === 1, 'the socket');
    double.sockets.close();
    await expect(connecting).rejects.toMatchObject({ errorClass: 'transient' });
  });

  it('that answers no ping has ended', async () => {
    double.sockets.pong = false;
    const connection = await connect({ pingTimeoutMs: 150 });
    await connection.ended;
  });

  it('can be ended twice', async () => {
    const connection = await connect();
    await Promise.all([connection.end(), connection.end()]);
    await connection.ended;
    await until(() => double.sockets.open === 0, 'the socket to close');
  });

  it('that Slack refuses because there are too many fails and does not hang', async () => {
    const connection = await connect();
    double.fault('apps.connections.open', { kind: 'error', error: 'too_many_websockets' });
    await expect(connect()).rejects.toMatchObject({ message: expect.stringContaining('too_many_websockets') as string });
    await connection.end();
  });
});
