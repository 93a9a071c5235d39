import { describe, expect, it } from 'vitest';
import { secretShapes } from '../../../src/config/secret-shapes.js';
import { makeSecrets, type SecretName } from '../../../src/config/secrets.js';
import { linesFor, loadText } from './written.js';

type Given = Readonly<Partial<Record<SecretName, string>>>;

const RIGHT: Given = {
  SLACK_BOT_TOKEN: `xoxb-1234567890-1234567890-${'a'.repeat(24)}`,
  SLACK_APP_TOKEN: `xapp-1-A0123456789-1234567890-${'a'.repeat(64)}`,
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5'.replace(/[yz]/g, '0'),
  SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T0123/B0123/abcdef',
  TELEGRAM_BOT_TOKEN: `123456789:${'A_-'.repeat(12)}`,
  TELEGRAM_CHAT_ID: '-1001234567890',
  WEBHOOK_URL: 'https://hooks.example/x?key=y',
  WEBHOOK_SECRET: `whsec_${'A'.repeat(42)}==`,
  TEAMS_WORKFLOW_URL: 'https://prod-1.westeurope.logic.azure.com/workflows/0/invoke?sig=x',
  SMTP_PASSWORD: 'x',
  APPLICATIONINSIGHTS_CONNECTION_STRING: 'InstrumentationKey=12345678-90ab-cdef-1234-567890abcdef;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/',
  DISCORD_WEBHOOK_URL: 'https://discord.com/api/webhooks/223704706495545344/a-b_c',
};

describe('the look of the channels’ secrets', () => {
  it('says nothing of right ones, nor of none', () => {
    expect(secretShapes(makeSecrets(RIGHT))).toEqual([]);
    expect(secretShapes(makeSecrets({}))).toEqual([]);
    expect(secretShapes(makeSecrets({ SLACK_WEBHOOK_URL: 'http://127.0.0.1:4100/hook' }))).toEqual([]);
  });

  it.each<[SecretName, string, string]>([
    ['SLACK_BOT_TOKEN', 'xoxb-bad', 'xoxb-…'],
    ['SLACK_BOT_TOKEN', 'a-secret-of-another-kind-0123456789', 'xoxb-…'],
    ['SLACK_APP_TOKEN', 'xapp-bad', 'xapp-…'],
    ['SLACK_SIGNING_SECRET', 'xoxb-1234567890-1234567890', '32 of the digits'],
    ['SLACK_WEBHOOK_URL', 'https://example.com/services/T/B/x', 'https://hooks.slack.com/services/…'],
    ['SLACK_WEBHOOK_URL', 'http://hooks.slack.com/services/T/B/x', 'https://hooks.slack.com/services/…'],
    ['SLACK_WEBHOOK_URL', 'https://hooks.slack.com/T0123', 'https://hooks.slack.com/services/…'],
    ['TELEGRAM_BOT_TOKEN', '123456:bad', 'a colon and at least 30 letters'],
    ['TELEGRAM_CHAT_ID', 'abc', 'a whole number'],
    ['TELEGRAM_CHAT_ID', '0', 'a whole number'],
    ['WEBHOOK_URL', 'http://hooks.example/x', 'https://…'],
    ['WEBHOOK_SECRET', 'whsec_short', 'whsec_ and 24 to 64'],
    ['APPLICATIONINSIGHTS_CONNECTION_STRING', 'https://westeurope-5.in.applicationinsights.azure.com/', 'InstrumentationKey=…'],
    ['TEAMS_WORKFLOW_URL', 'prod-1.westeurope', 'https://…'],
    ['DISCORD_WEBHOOK_URL', 'https://discord.com/channels/1/2', 'https://discord.com/api/webhooks/…'],
  ])('names %s that cannot be right (%s), what it should be, and never the value', (name, value, looks) => {
    const [line = '', ...more] = secretShapes(makeSecrets({ ...RIGHT, [name]: value }));
    expect(more).toEqual([]);
    expect(line).toContain(`${name} `);
    expect(line).toContain(looks);
    if (value.length > 3) expect(line).not.toContain(value);
  });

  it('sees that Slack’s two are swapped, once', () => {
    const swapped = { SLACK_BOT_TOKEN: RIGHT.SLACK_APP_TOKEN ?? '', SLACK_APP_TOKEN: RIGHT.SLACK_BOT_TOKEN ?? '' };
    expect(secretShapes(makeSecrets(swapped))).toEqual([expect.stringContaining('SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped')]);
  });

  it('is a warning of the configuration, with the place of .env, and hinders nothing', () => {
    const written = ['apps: { shop: http://h }', { dotEnv: 'TELEGRAM_BOT_TOKEN=123456:bad\nTELEGRAM_CHAT_ID=abc' }] as const;
    expect(linesFor(...written)).toEqual([]);
    expect(loadText(...written).warnings).toMatchObject([
      { file: expect.stringMatching(/\.env$/), message: expect.stringContaining('TELEGRAM_BOT_TOKEN') },
      { file: expect.stringMatching(/\.env$/), message: expect.stringContaining('TELEGRAM_CHAT_ID') },
    ]);
  });
});
