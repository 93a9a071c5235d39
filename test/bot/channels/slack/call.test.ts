import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../../../src/cards/call.js';
import { BUTTONS, card, openStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ level: 'critical' });
});
afterEach(async () => {
  await stage.stop();
});

const call: Call = {
  text: 'shop: may I roll back to 9d1e003? <!channel> & @here',
  people: [{ name: 'Ada', platform: 'slack', userId: 'U0ADA0001' }, { name: 'Bob', platform: 'telegram', userId: '12' }],
};
const nobody: Call = { ...call, people: [] };

describe('calling people in Slack', () => {
  it('mentions them in the thread of the card, and in the channel where the card was posted long ago', async () => {
    const ref = await stage.channel.deliver(card('shop is down'), 'k1', undefined);
    await stage.channel.call?.(call, ref, false, 'k');
    expect(stage.double.messages.sights.at(-1)).toMatchObject({ via: 'post', threadTs: (ref as { ts: string }).ts, broadcast: true, text: `${call.text}\n⟦U0ADA0001⟧` });
  });

  it('rings a user group as one', async () => {
    const group: Call = { ...call, people: [{ name: 'on call', platform: 'slack', userId: 'S0OPS0001' }] };
    await stage.channel.call?.(group, await stage.channel.deliver(card('shop is down'), 'k1', undefined), false, 'k');
    expect(new Set(stage.double.messages.live)).toEqual(new Set(['<!subteam^S0OPS0001>']));
  });

  it('rings nobody but them, in the notification neither', async () => {
    await stage.channel.call?.(call, await stage.channel.deliver(card('shop is down'), 'k1', undefined), false, 'k');
    expect(new Set(stage.double.messages.live)).toEqual(new Set(['<@U0ADA0001>']));
    expect(stage.double.called('chat.postMessage').at(-1)?.args['text']).toBe('shop: may I roll back to 9d1e003? &lt;!channel&gt; &amp; @here <@U0ADA0001>');
  });

  it('keeps to the thread beside a card that was posted just now, and is silent there if it knows nobody', async () => {
    const ref = await stage.channel.deliver(card('shop is down'), 'k1', undefined);
    await stage.channel.call?.(nobody, ref, true, 'k');
    expect(stage.double.shown()).toHaveLength(1);
    await stage.channel.call?.(call, ref, true, 'k');
    expect(stage.double.messages.sights.at(-1)).toMatchObject({ threadTs: (ref as { ts: string }).ts, broadcast: false });
  });

  it('is heard without anybody to mention where the card was posted long ago', async () => {
    await stage.channel.call?.(nobody, await stage.channel.deliver(card('shop is down'), 'k1', undefined), false, 'k');
    expect(stage.double.messages.sights.at(-1)).toMatchObject({ broadcast: true, text: call.text });
  });

  it('says nothing where no card stands', async () => {
    await stage.channel.call?.(call, null, false, 'k');
    expect(stage.double.calls).toEqual([]);
  });

  it('hands on the wait that Slack asks for, and calls a refusal permanent', async () => {
    const ref = await stage.channel.deliver(card('shop is down'), 'k1', undefined);
    stage.double.fault('chat.postMessage', { kind: 'rateLimit', retryAfterS: 7 });
    await expect(stage.channel.call?.(call, ref, false, 'k')).rejects.toMatchObject({ name: 'DeliveryDelay', retryAfterMs: 7_000 });
    stage.double.fault('chat.postMessage', { kind: 'error', error: 'is_archived' });
    await expect(stage.channel.call?.(call, ref, false, 'k')).rejects.toMatchObject({ errorClass: 'permanent', mend: expect.stringContaining('Unarchive') as string });
  });
});

describe('a question in a channel that is told alarms alone', () => {
  it('is posted, whatever its level', async () => {
    expect(await stage.channel.deliver(card('shop is slow', { level: 'warning' }), 'k1', undefined)).toBeNull();
    await stage.channel.deliver(card('shop is slow – may I?', { level: 'warning', buttons: BUTTONS }), 'k2', undefined);
    expect(stage.double.shown()).toMatchObject([{ buttons: ['Roll back', 'Not now'] }]);
  });
});

it('carries the place in the channel’s name, so that another place is another channel', () => {
  expect(stage.channel.name).toBe(`slack:${stage.double.channel}`);
});
