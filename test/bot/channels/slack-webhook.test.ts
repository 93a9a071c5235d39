import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../../bot/channels/channel.js';
import { routed } from '../../../bot/channels/route.js';
import { slackWebhookChannel } from '../../../bot/channels/slack-webhook.js';
import type { Call } from '../../../src/cards/call.js';
import type { About } from '../../../src/cards/card.js';
import { SlackDouble } from '../../doubles/slack.js';
import { BUTTONS, card, keepLog } from './slack/stage.js';

let double: SlackDouble;
beforeEach(async () => {
  double = await SlackDouble.start();
});
afterEach(() => double.stop());

function open(level: 'info' | 'warning' | 'critical' = 'info', url = double.webhookUrl): Channel {
  const channel = slackWebhookChannel.create({ level }, { SLACK_WEBHOOK_URL: url }, keepLog().log);
  if (channel === null) throw new Error('the channel was not made');
  return routed(channel, { level });
}

/** Delivers one version after the other and answers with what was posted. */
async function post(channel: Channel, ...versions: Parameters<Channel['deliver']>[0][]): Promise<readonly string[]> {
  let ref;
  for (const version of versions) ref = JSON.parse(JSON.stringify(await channel.deliver(version, 'key', ref)));
  return double.shown().map(({ text }) => text);
}

describe('what the webhook posts of one thing', () => {
  it('its first card, without buttons, for nobody would hear a press', async () => {
    expect(await post(open(), card('shop is down', { body: ['Since 12:03.'], buttons: BUTTONS }))).toEqual(['🔴 Critical: shop is down\nSince 12:03.']);
    expect(double.shown()[0]?.buttons).toEqual([]);
  });

  it('not the same again', async () => {
    expect(await post(open(), card('shop is down'), card('shop is down'), card('shop is down', { body: ['more'] }))).toHaveLength(1);
  });

  it('not that its title counts on, or asks what the call asks', async () => {
    expect(await post(open(), card('shop restarted 3 times'), card('shop restarted 4 times'), card('shop restarted 4 times – may I roll back?'))).toHaveLength(1);
  });

  it('that it got worse, and that it is over', async () => {
    const all = await post(open(), card('shop is slow', { level: 'warning' }), card('shop is down'), card('shop is up', { level: 'good' }), card('shop is up', { level: 'good' }));
    expect(all.map((text) => text.split(':')[0])).toEqual(['🟠 Warning', '🔴 Critical', '🟢 Good']);
  });

  it('not that it got a little better', async () => {
    expect(await post(open(), card('shop is down'), card('shop is slow', { level: 'warning' }))).toHaveLength(1);
  });

  it('a question whole, and what became of it', async () => {
    const about: About = { kind: 'incident', state: 'open', resource: 'shop', apps: ['shop'], asked: null };
    const asked = { id: 'q1', what: 'roll back', mayDecide: ['Ann'], need: 1, yes: [], expiresAt: 0 };
    const all = await post(open(), card('shop is down', { about }), card('shop: may I roll back?', { body: ['May decide: Ann.'], about: { ...about, state: 'asking', asked } }), card('shop: rolling back', { about: { ...about, state: 'repairing' } }), card('shop: still rolling back', { about }));
    expect(all).toEqual(['🔴 Critical: shop is down', '🔴 Critical: shop: may I roll back?\nMay decide: Ann.', '🔴 Critical: shop: rolling back']);
  });

  const CALL: Call = { text: 'shop needs you: <!here> & now', people: [{ name: 'Ann', platform: 'slack', userId: 'U0ANN' }, { name: 'Bob', platform: 'telegram', userId: '12' }] };

  it('whom a card calls in the same message, by their names in this workspace', async () => {
    const channel = open();
    const ref = await channel.deliver(card('shop is <!here> down', { body: ['Since 12:03.'] }), 'key', undefined, CALL);
    await channel.call?.(CALL, ref, true, 'key');
    expect(double.shown().map(({ text }) => text)).toEqual(['🔴 Critical: shop is <!here> down\nSince 12:03.\n⟦U0ANN⟧']);
    expect(new Set(double.messages.live)).toEqual(new Set(['<@U0ANN>']));
  });

  it('that people are called again where nothing else is new', async () => {
    const channel = open();
    const ref = await channel.deliver(card('shop is down'), 'key', undefined);
    await channel.call?.(CALL, await channel.deliver(card('shop is down'), 'key', ref, CALL), false, 'k');
    expect(double.shown().map(({ text }) => text)).toEqual(['🔴 Critical: shop is down', 'shop needs you: <!here> & now\n⟦U0ANN⟧']);
    expect(new Set(double.messages.live)).toEqual(new Set(['<@U0ANN>']));
  });

  it('not a call that adds nothing to a card posted just now', async () => {
    const channel = open();
    const ref = await channel.deliver(card('shop is down'), 'key', undefined);
    await channel.call?.({ text: 'shop needs you', people: [{ name: 'Bob', platform: 'telegram', userId: '12' }] }, ref, true, 'k');
    expect(double.shown()).toHaveLength(1);
  });

  it('nothing below its level, and the first card that reaches it', async () => {
    const channel = open('critical');
    expect(await post(channel, card('slow', { level: 'warning' }))).toEqual([]);
    expect(await post(channel, card('slow', { level: 'warning' }), card('down'))).toHaveLength(1);
  });

  it('hostile text and 20 kB within the limits, as data', async () => {
    const [text] = await post(open(), card('<!channel> <https://evil.example|x>', { body: ['🚨'.repeat(5_000)] }));
    expect(text).toContain('<!channel> <https://evil.example|x>');
    expect(double.messages.live).toEqual([]);
  });
});

describe('what can go wrong', () => {
  const failure = async (channel: Channel): Promise<unknown> => channel.deliver(card('shop is down'), 'key', undefined).then(() => expect.unreachable(), (thrown: unknown) => thrown);

  it('nothing is made without an address', () => {
    expect(slackWebhookChannel.create({ level: 'info' }, {}, keepLog().log)).toBeNull();
  });

  it.each(['http://hooks.slack.com/services/T0/B0/hush', 'ftp://127.0.0.1/hush', 'hooks.slack.com/services/hush', 'http://127.0.0.1.evil.example/hush'])('an address that would give the secret away is refused: %s', (url) => {
    let thrown: unknown;
    try {
      open('info', url);
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).toMatchObject({ errorClass: 'invalid', mend: expect.stringContaining('https://hooks.slack.com') as string });
    expect(inspect(thrown)).not.toContain('hush');
  });

  it.each([
    [{ kind: 'destroy' }, 'transient'],
    [{ kind: 'status', status: 503 }, 'transient'],
    [{ kind: 'status', status: 410 }, 'permanent'],
  ] as const)('%j is %s, and is told without the address', async (fault, errorClass) => {
    double.fault('webhook', fault);
    const thrown = await failure(open());
    expect(thrown).toMatchObject({ errorClass, mend: expect.any(String) as string });
    expect(inspect(thrown, { depth: 20, showHidden: true })).not.toContain('/services/');
  });

  it('a webhook that was removed is permanent, and it is said what to do', async () => {
    expect(await failure(open('info', `${double.webhookUrl}x`))).toMatchObject({ errorClass: 'permanent', message: expect.stringContaining('404') as string, mend: expect.stringContaining('It was removed') as string });
  });

  it('a wait is handed on', async () => {
    double.fault('webhook', { kind: 'rateLimit', retryAfterS: 9 });
    expect(await failure(open())).toMatchObject({ name: 'DeliveryDelay', retryAfterMs: 9_000 });
  });

  it('what was not posted is posted on the next try', async () => {
    double.fault('webhook', { kind: 'destroy' });
    const channel = open();
    await failure(channel);
    expect(await post(channel, card('shop is down'))).toHaveLength(1);
  });
});
