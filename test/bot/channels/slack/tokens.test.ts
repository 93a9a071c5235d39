import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Secrets } from '../../../../bot/channels/channel.js';
import { slackChannel } from '../../../../bot/channels/slack/index.js';
import { SlackDouble } from '../../../doubles/slack.js';
import { card, keepLog, openChannel } from './stage.js';

const BOT = 'xoxb-1-2-abc';
const APP = 'xapp-1-A-2-abc';
const OPTIONS = { channel: 'C0OPS0001', level: 'info', command: '/hypercare' } as const;

function create(secrets: Secrets): ReturnType<typeof slackChannel.create> {
  return slackChannel.create(OPTIONS, secrets, keepLog().log);
}

describe('tokens, looked at before anything is connected', () => {
  it('without any, Slack is not used', () => {
    expect(create({})).toBeNull();
    expect(create({ SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '' })).toBeNull();
  });

  it('with the bot token alone it speaks and does not listen', () => {
    expect(create({ SLACK_BOT_TOKEN: BOT })?.start).toBeUndefined();
    expect(create({ SLACK_BOT_TOKEN: BOT, SLACK_APP_TOKEN: APP })?.start).toBeDefined();
  });

  it.each([
    ['swapped', { SLACK_BOT_TOKEN: APP, SLACK_APP_TOKEN: BOT }, 'swapped'],
    ['the app token in both places', { SLACK_BOT_TOKEN: APP, SLACK_APP_TOKEN: APP }, 'swapped'],
    ['a user token', { SLACK_BOT_TOKEN: 'xoxp-1-2-abc', SLACK_APP_TOKEN: APP }, 'SLACK_BOT_TOKEN is not a bot token'],
    ['an app token that is none', { SLACK_BOT_TOKEN: BOT, SLACK_APP_TOKEN: 'abc-secret' }, 'SLACK_APP_TOKEN is not an app-level token'],
    ['the app token alone', { SLACK_APP_TOKEN: APP }, 'SLACK_BOT_TOKEN is not'],
  ])('refuses %s, says what to do, and does not repeat the token', (_, secrets: Secrets, why) => {
    let thrown: unknown;
    try {
      create(secrets);
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).toMatchObject({ code: 'slack.token', errorClass: 'invalid', message: expect.stringContaining(why) as string, mend: expect.stringMatching(/SLACK_|api\.slack\.com/) as string });
    for (const secret of Object.values(secrets)) expect(JSON.stringify(thrown) + String(thrown)).not.toContain(secret);
  });
});

describe('options', () => {
  it.each([
    [{ channel: '#ops' }, 'not its name'],
    [{ channel: 'C0OPS0001', level: 'loud' }, 'level'],
    [{ channel: 'C0OPS0001', command: 'hypercare' }, 'slash'],
    [{ channel: 'C0OPS0001', api_url: 'http://slack.example/api/' }, 'https'],
    [{ channel: 'C0OPS0001', team: 'home' }, 'T0123456789'],
    [{ channel: 'C0OPS0001', chanel: 'x' }, 'chanel'],
    [{}, 'channel'],
  ])('are refused with the reason: %j', (options, why) => {
    expect(JSON.stringify(slackChannel.options.safeParse(options).error?.issues)).toContain(why);
  });

  it('have defaults for all but the channel', () => {
    expect(slackChannel.options.parse({ channel: 'C0OPS0001' })).toEqual(OPTIONS);
  });
});

describe('tokens that look right and that Slack refuses', () => {
  let double: SlackDouble;
  beforeEach(async () => {
    double = await SlackDouble.start();
  });
  afterEach(() => double.stop());

  const start = (options = {}): Promise<unknown> => openChannel(double, keepLog().log, options).start?.(() => expect.unreachable(), [], () => undefined) ?? Promise.reject(new Error('it does not listen'));

  it('a revoked bot token ends the start with what to do', async () => {
    double.tokens.delete(double.botToken);
    await expect(start()).rejects.toMatchObject({ errorClass: 'permanent', message: expect.stringContaining('invalid_auth') as string, mend: expect.stringContaining('SLACK_BOT_TOKEN') as string });
  });

  it('a revoked app token does too, and is not tried again by itself', async () => {
    double.tokens.delete(double.appToken);
    await expect(start()).rejects.toMatchObject({ errorClass: 'permanent', message: expect.stringContaining('invalid_auth') as string, mend: expect.stringContaining('SLACK_APP_TOKEN') as string });
    expect(double.called('apps.connections.open')).toHaveLength(1);
  });

  it('one of the wrong kind does too, although Slack\'s own library would try for ever', async () => {
    double.fault('apps.connections.open', { kind: 'error', error: 'not_allowed_token_type' });
    await expect(start()).rejects.toMatchObject({ errorClass: 'permanent', mend: expect.stringContaining('xapp-') as string });
  });

  it('a token of another workspace than `team` is invalid', async () => {
    await expect(start({ team: 'T0AWAY001' })).rejects.toMatchObject({ code: 'slack.other_team', errorClass: 'invalid', mend: expect.stringContaining('team') as string });
  });

  it('a Slack that is down at the start is transient', async () => {
    for (let tries = 0; tries < 3; tries += 1) double.fault('auth.test', { kind: 'destroy' });
    await expect(start()).rejects.toMatchObject({ errorClass: 'transient' });
  });

  it.each([
    ['not_in_channel', '/invite'],
    ['channel_not_found', '`channel`'],
    ['is_archived', 'Unarchive'],
    ['invalid_auth', 'SLACK_BOT_TOKEN'],
    ['token_revoked', 'SLACK_BOT_TOKEN'],
    ['a_word_of_tomorrow', 'a_word_of_tomorrow'],
  ])('a card that is refused with %s says what to do', async (error, mend) => {
    double.fault('chat.postMessage', { kind: 'error', error });
    await expect(openChannel(double, keepLog().log).deliver(card('shop is down'), 'k', undefined)).rejects.toMatchObject({ errorClass: 'permanent', mend: expect.stringContaining(mend) as string });
  });

  it('a missing scope is named', async () => {
    double.scopes.delete('chat:write');
    await expect(openChannel(double, keepLog().log).deliver(card('shop is down'), 'k', undefined)).rejects.toMatchObject({ errorClass: 'permanent', mend: expect.stringContaining('chat:write') as string });
  });
});
