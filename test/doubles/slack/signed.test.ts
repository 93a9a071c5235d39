import * as bolt from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SlackDouble } from '../slack.js';
import { SILENT } from './asking.js';
import { deliverSigned, signature } from './signed.js';

let double: SlackDouble;
beforeEach(async () => {
  double = await SlackDouble.start();
});
afterEach(() => double.stop());

describe('signed delivery, judged by Slack\'s own receiver (1.1, 1.2)', () => {
  const SECRET = '0123456789abcdef0123456789abcdef';
  const BODY = 'command=%2Fhypercare&text=status&team_id=T1&user_id=U1&channel_id=C1&trigger_id=1.1&response_url=http%3A%2F%2F127.0.0.1%2F';
  let app: bolt.App;
  let url: string;

  beforeEach(async () => {
    app = new bolt.App({ signingSecret: SECRET, token: double.botToken, botId: 'B1', botUserId: 'U2', deferInitialization: true, tokenVerificationEnabled: false, logger: SILENT, clientOptions: { slackApiUrl: double.apiUrl } });
    await app.init();
    app.command('/hypercare', async ({ ack }) => ack('on it'));
    const server = (await app.start({ port: 0, host: '127.0.0.1' })) as import('node:http').Server;
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}/slack/events`;
  });
  afterEach(async () => {
    await app.stop();
  });

  const now = (): number => Math.floor(double.now() / 1_000);

  it('is taken', async () => {
    expect(await deliverSigned({ url, secret: SECRET, timestampS: now(), body: BODY })).toMatchObject({ status: 200, body: 'on it' });
  });

  it.each([
    ['another secret', { secret: 'x' }, 401],
    ['a time 301 s ago', { aheadS: -301 }, 401],
    ['a time in the future, which Slack\'s receiver lets through', { aheadS: 86_400 }, 200],
    ['a charset', { contentType: 'application/x-www-form-urlencoded; charset=utf-8' }, 400],
  ])('with %s', async (_, { aheadS = 0, ...differs }: { aheadS?: number; secret?: string; contentType?: string }, status) => {
    expect(await deliverSigned({ url, secret: SECRET, timestampS: now() + aheadS, body: BODY, ...differs })).toMatchObject({ status });
  });

  it('shows what is answered, and what is not acknowledged as an error (1.2)', async () => {
    double.calling = { url, secret: SECRET };
    double.workspace.addUser('U0ADA0001', 'Ada');
    expect((await double.people.command('U0ADA0001', '/hypercare status')).ack.payload).toEqual({ text: 'on it' });
    await expect(double.people.command('U0ADA0001', '/unknown')).rejects.toThrow(/404|aborted/);
    double.calling = { url, secret: 'f'.repeat(32) };
    await expect(double.people.command('U0ADA0001', '/hypercare status')).rejects.toThrow('401 (the person sees an error)');
  });

  it('signs as Slack\'s own example does', () => {
    // The example of Slack's page on verifying requests.
    const body = 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    expect(signature({ secret: '8f742231b10e8888abcd99yyyzzz85a5', timestampS: 1531420618, body })).toBe('v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503');
  });
});
