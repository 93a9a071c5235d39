import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { channelSchemas } from '../../../bot/channels/index.js';
import { defaultChannels, idleSecrets } from '../../../src/config/default-channels.js';
import { loadConfig } from '../../../src/config/load.js';
import { mistakeLine } from '../../../src/config/mistake.js';
import { configSchema } from '../../../src/config/schema.js';
import { makeSecrets, type SecretName } from '../../../src/config/secrets.js';
import { directory, linesFor, loadText } from './written.js';

const units = { channels: channelSchemas, repairs: [] };
const schema = configSchema(units);
type Given = Readonly<Partial<Record<SecretName, string>>>;

function kinds(given: Given): readonly string[] {
  return defaultChannels(units, makeSecrets(given)).map(({ kind }) => kind);
}

function idle(written: object, given: Given): readonly string[] {
  return idleSecrets(schema.parse({ apps: { shop: 'http://127.0.0.1:3100' }, ...written }), units, makeSecrets(given)).map(({ message }) => message);
}

describe('a file that names no channel', () => {
  it.each<[string, Given, readonly string[]]>([
    ['tells on the console alone', {}, ['console']],
    ['tells through the webhook whose address is set', { SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T/B/x' }, ['console', 'slack_webhook']],
    ['tells in Telegram where token and chat are set', { TELEGRAM_BOT_TOKEN: '1:a', TELEGRAM_CHAT_ID: '-5' }, ['console', 'telegram']],
    ['tells a webhook and Discord whose addresses are set', { WEBHOOK_URL: 'https://h/x', DISCORD_WEBHOOK_URL: 'https://d/x' }, ['console', 'discord', 'webhook']],
    ['does not guess a chat', { TELEGRAM_BOT_TOKEN: '1:a' }, ['console']],
    ['does not guess a Slack channel', { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }, ['console']],
  ])('%s', (_what, given, expected) => {
    expect(kinds(given)).toEqual(expected);
  });

  it('gives each the defaults of its own options', () => {
    expect(defaultChannels(units, makeSecrets({ SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T/B/x' }))).toContainEqual({ kind: 'slack_webhook', options: { level: 'info' } });
  });
});

describe('a token that is set and leads nowhere', () => {
  it.each<[string, object, Given, readonly string[]]>([
    ['is told where Slack’s channel is missing', {}, { SLACK_BOT_TOKEN: 'xoxb-1' }, ['SLACK_BOT_TOKEN is set, and `channels` has no `slack`: nobody is told there']],
    [
      'is told where the channels that are named leave it out',
      { channels: { console: {} } },
      { TELEGRAM_BOT_TOKEN: '1:a', TELEGRAM_CHAT_ID: '-5' },
      ['TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID are set, and `channels` has no `telegram`: nobody is told there'],
    ],
    ['is told where e-mail is not described', {}, { SMTP_PASSWORD: 'x' }, ['SMTP_PASSWORD is set, and `channels` has no `email`: nobody is told there']],
    ['is not told where it is used', { channels: { slack: { channel: 'C0123456789' } } }, { SLACK_BOT_TOKEN: 'xoxb-1' }, []],
    ['is not told where it is used by itself', {}, { SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T/B/x' }, []],
    ['is not told without a token', { channels: { console: {} } }, {}, []],
  ])('%s', (_what, written, given, expected) => {
    expect(idle(written, given)).toEqual(expected);
  });

  it('stands among the warnings with the place of `channels`, and is no mistake', () => {
    const written = ['apps: { shop: http://h }\nchannels: { console: }', { dotEnv: 'SLACK_BOT_TOKEN=xoxb-1234567890-1234567890-abcdef' }] as const;
    expect(linesFor(...written)).toEqual([]);
    expect(loadText(...written).warnings).toMatchObject([{ line: 2, column: 1, path: ['channels'] }]);
  });
});

describe('a chat that is named twice', () => {
  const named = "apps: { shop: http://h }\nchannels: { telegram: { chat: '-100123' } }\n";
  const token = 'TELEGRAM_BOT_TOKEN=123456:abcdefghijklmnopqrstuvwxyzABCDEFGH\n';

  function lines(text: string, env: string): readonly string[] {
    const dir = directory();
    const [file, envFile] = [join(dir, 'hypercare.yaml'), join(dir, '.env')];
    writeFileSync(file, text);
    writeFileSync(envFile, env, { mode: 0o600 });
    const loaded = loadConfig({ file, envFile, env: {}, home: dir, units });
    return loaded.ok ? [] : loaded.mistakes.map((one) => mistakeLine({ ...one, file: 'hypercare.yaml' }));
  }

  it('is a mistake where the two are not the same: one would win, and nobody be told', () => {
    expect(lines(named, `${token}TELEGRAM_CHAT_ID=-100999\n`)).toEqual(['hypercare.yaml:2:31: channels.telegram.chat: is another chat than TELEGRAM_CHAT_ID is: keep one of the two']);
  });

  it.each([
    ['they are the same', named, `${token}TELEGRAM_CHAT_ID=-100123\n`],
    ['the file alone names one', named, token],
    ['.env alone names one', 'apps: { shop: http://h }\nchannels: { telegram: }\n', `${token}TELEGRAM_CHAT_ID=-100999\n`],
  ])('is none where %s', (_, text, env) => {
    expect(lines(text, env)).toEqual([]);
  });
});
