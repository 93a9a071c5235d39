import { describe, expect, it } from 'vitest';
import { alertsOnly } from '../../../bot/channels/alerts-only.js';
import type { Channel } from '../../../bot/channels/channel.js';
import { createChannels } from '../../../bot/channels/index.js';
import { slackChannel } from '../../../bot/channels/slack/index.js';
import type { Card } from '../../../src/cards/card.js';
import { WebhookReceiver, SECRET } from '../../doubles/webhook-receiver.js';
import { BUTTONS, card, keepLog } from './slack/stage.js';

const QUESTION: Card = card('shop: may I roll back to 9d1e003?', {
  buttons: BUTTONS,
  body: ['May decide: Ann.'],
  footer: 'incident k2m9qx · to answer in words: approve shop, deny shop',
  about: { kind: 'incident', state: 'asking', resource: 'shop', apps: ['shop'], asked: null },
});

async function toldOf(one: Card, ears: readonly string[], marked: boolean): Promise<Card | undefined> {
  let told: Card | undefined;
  const channel: Channel = { name: 'x', ...(marked ? { alertsOnly: true } : {}), deliver: async (shown) => ((told = shown), { at: 1 }) };
  await alertsOnly(channel, ears).deliver(one, 'k', undefined);
  return told;
}

describe('a channel in which nobody is heard', () => {
  it('shows no button, and says first where the question is answered', async () => {
    expect(await toldOf(QUESTION, ['Slack', 'Telegram'], true)).toMatchObject({
      buttons: [],
      body: ['Nobody hears an answer here. To decide: hypercare approve shop, or hypercare deny shop, in a terminal on the host, or with the buttons in Slack or Telegram.', 'May decide: Ann.'],
      footer: 'incident k2m9qx',
    });
  });

  it('names no chat that does not listen', async () => {
    expect((await toldOf(QUESTION, [], true))?.body[0]).toMatch(/in a terminal on the host\.$/);
  });

  it('shows what asks nothing as it is', async () => {
    const plain = card('shop is down', { footer: 'incident k2m9qx' });
    expect(await toldOf(plain, [], true)).toEqual(plain);
  });
});

it('a channel in which people are heard keeps its buttons', async () => {
  expect(await toldOf(QUESTION, ['Slack'], false)).toEqual(QUESTION);
});

it('Slack without an app token is one that only tells', () => {
  const create = (secrets: object) => slackChannel.create(slackChannel.options.parse({ channel: 'C0123456789' }), secrets, keepLog().log);
  expect(create({ SLACK_BOT_TOKEN: 'xoxb-1-2-abc' })?.alertsOnly).toBe(true);
  expect(create({ SLACK_BOT_TOKEN: 'xoxb-1-2-abc', SLACK_APP_TOKEN: 'xapp-1-A-2-abc' })?.alertsOnly).toBeUndefined();
});

it('the channels of a config know of each other, and each keeps to its route', async () => {
  const receiver = await WebhookReceiver.start();
  const secrets = { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: SECRET, TELEGRAM_BOT_TOKEN: `1:${'a'.repeat(35)}` };
  const configured = [{ kind: 'webhook', options: { level: 'critical', apps: ['shop'] } }, { kind: 'telegram', options: { chat: 5, allowed_chats: [], api_root: receiver.place.origin, listen: true } }, { kind: 'slack', options: { channel: 'C0123456789' } }];
  const { channels, refused } = createChannels(configured, secrets, { log: keepLog().log, host: 'vm-1' });
  expect(channels.map(({ name }) => name)).toEqual([`webhook:${new URL(receiver.url).host}`, 'telegram:5']);
  expect(refused).toMatchObject([{ kind: 'slack', error: { code: 'channel.tokens' } }]);
  expect(await channels[0]?.deliver(card('cart is down', { about: { kind: 'incident', state: 'open', resource: 'cart', apps: ['cart'], asked: null } }), 'k1', undefined)).toBeNull();
  await channels[0]?.deliver(QUESTION, 'k2', undefined);
  expect(receiver.documents.map(({ data }) => data)).toMatchObject([{ host: 'vm-1', text: expect.stringContaining('or with the buttons in Telegram') as string }]);
  await receiver.place.close();
});
