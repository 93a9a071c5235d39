import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeliveryDelay } from '../../../../bot/channels/channel.js';
import { BUTTONS, card, openStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ level: 'warning' });
});
afterEach(async () => {
  await stage.stop();
});

const down = card('shop is down', { buttons: BUTTONS });

describe('delivering a card', () => {
  it('answers with the place, and puts subject and key into the metadata', async () => {
    const ref = await stage.channel.deliver(down, 'key-1', undefined);
    const [call] = stage.double.called('chat.postMessage');
    expect(ref).toEqual({ channel: stage.double.channel, ts: expect.any(String) as string });
    expect(call?.args['metadata']).toEqual({ event_type: 'hypercare_card', event_payload: { subject: 'incident-1', key: 'key-1' } });
  });

  it('asks Slack neither to parse names nor to fetch previews, on posts and on edits', async () => {
    const ref = await stage.channel.deliver(card('@channel @here'), 'k1', undefined);
    await stage.channel.deliver(card('@everyone see https://shop.example'), 'k2', ref);
    expect(stage.double.messages.live).toEqual([]);
    expect(stage.double.called('chat.postMessage')[0]?.args).toMatchObject({ parse: 'none', link_names: 'false', unfurl_links: 'false', unfurl_media: 'false' });
    expect(stage.double.called('chat.update')[0]?.args).toMatchObject({ parse: 'none', link_names: 'false' });
  });

  it('takes away buttons and fields that the new card has not', async () => {
    const ref = await stage.channel.deliver({ ...down, fields: [{ name: 'App', value: 'shop' }], footer: 'vm-1' }, 'k1', undefined);
    await stage.channel.deliver(card('shop works again', { level: 'good' }), 'k2', ref);
    expect(stage.double.shown()).toEqual([{ text: '🟢 Good: shop works again', buttons: [] }]);
  });

  it('posts nothing below the level, and posts when it rises to it', async () => {
    const quiet = await stage.channel.deliver(card('shop is slow', { level: 'info' }), 'k1', undefined);
    expect([quiet, stage.double.calls]).toEqual([null, []]);
    await stage.channel.deliver(card('shop is slower', { level: 'warning' }), 'k2', quiet);
    expect(stage.double.shown()).toHaveLength(1);
  });

  it('edits what stands even when the new card is below the level: an alert must not outlive its cause', async () => {
    const ref = await stage.channel.deliver(down, 'k1', undefined);
    expect(await stage.channel.deliver(card('shop works again', { level: 'good' }), 'k2', ref)).toEqual(ref);
    expect(stage.double.shown()[0]?.text).toContain('works again');
  });

  it('posts anew when somebody deleted the message', async () => {
    const ref = (await stage.channel.deliver(down, 'k1', undefined)) as { channel: string; ts: string };
    stage.double.messages.delete(ref.channel, ref.ts);
    const anew = await stage.channel.deliver(down, 'k2', ref);
    expect(anew).not.toEqual(ref);
    expect(stage.double.shown()).toHaveLength(1);
  });

  it.each(['cant_update_message', 'edit_window_closed'])('posts anew when the workspace forbids the edit: %s', async (error) => {
    const ref = await stage.channel.deliver(down, 'k1', undefined);
    stage.double.fault('chat.update', { kind: 'error', error });
    expect(await stage.channel.deliver(card('worse'), 'k2', ref)).not.toEqual(ref);
  });

  it('posts in the configured channel when that of the message is gone', async () => {
    const ref = await stage.channel.deliver(down, 'k1', { channel: 'C0OLD0001', ts: '1.2' });
    expect(ref).toMatchObject({ channel: stage.double.channel });
  });

  it('takes a reference that is none for no reference', async () => {
    for (const broken of ['x', 7, { ts: 1 }, ['a']]) await stage.channel.deliver(down, 'k', broken);
    expect(stage.double.shown()).toHaveLength(4);
  });
});

describe('an answer that was lost', () => {
  it('is found by its key on the next try, and the message is edited, not doubled', async () => {
    stage.double.fault('chat.postMessage', { kind: 'lost' });
    await expect(stage.channel.deliver(down, 'k1', undefined)).rejects.toMatchObject({ errorClass: 'transient' });
    const ref = await stage.channel.deliver(card('shop is still down'), 'k2', undefined);
    expect(stage.double.shown().map(({ text }) => text)).toEqual(['🔴 Critical: shop is still down']);
    await stage.channel.deliver(card('shop is up', { level: 'good' }), 'k3', ref);
    expect(stage.double.shown()).toHaveLength(1);
  });

  it('is found although an earlier try never reached Slack, under another key', async () => {
    stage.double.fault('chat.postMessage', { kind: 'destroy' });
    stage.double.fault('chat.postMessage', { kind: 'lost' });
    for (const key of ['k1', 'k2']) await stage.channel.deliver(down, key, undefined).catch(() => {});
    await stage.channel.deliver(down, 'k3', undefined);
    expect(stage.double.shown()).toHaveLength(1);
  });

  it('is not confused with an older message about the same thing', async () => {
    await stage.channel.deliver(card('launch began'), 'k1', undefined);
    stage.double.fault('chat.postMessage', { kind: 'destroy' });
    await stage.channel.deliver(card('launch is stable'), 'k2', undefined).catch(() => {});
    await stage.channel.deliver(card('launch is stable'), 'k2', undefined);
    expect(stage.double.shown().map(({ text }) => text)).toEqual(['🔴 Critical: launch began', '🔴 Critical: launch is stable']);
  });

  it('is never repeated by the client itself', async () => {
    stage.double.fault('chat.postMessage', { kind: 'lost' });
    await stage.channel.deliver(down, 'k1', undefined).catch(() => {});
    expect(stage.double.called('chat.postMessage')).toHaveLength(1);
  });

  it('does not make another subject look itself up', async () => {
    stage.double.fault('chat.postMessage', { kind: 'lost' });
    await stage.channel.deliver(down, 'k1', undefined).catch(() => {});
    await stage.channel.deliver(card('cart is down', { subject: 'incident-2' }), 'k2', undefined);
    expect(stage.double.called('conversations.history')).toEqual([]);
    expect(stage.double.shown()).toHaveLength(2);
  });

  it('without the scope to read the channel is posted again: twice is better than never', async () => {
    stage.double.scopes.delete('channels:history');
    stage.double.fault('chat.postMessage', { kind: 'lost' });
    await stage.channel.deliver(down, 'k1', undefined).catch(() => {});
    await stage.channel.deliver(down, 'k1', undefined);
    expect(stage.double.shown()).toHaveLength(2);
    expect(stage.logs()).toContain('missing_scope');
  });
});

describe('trouble', () => {
  const failure = (): Promise<unknown> => stage.channel.deliver(down, 'k', undefined).then(() => expect.unreachable(), (thrown: unknown) => thrown);

  it('that Slack names as a wait becomes that wait', async () => {
    stage.double.fault('chat.postMessage', { kind: 'rateLimit', retryAfterS: 42 });
    expect(await failure()).toMatchObject({ name: 'DeliveryDelay', retryAfterMs: 42_000 });
  });

  it('that is a wait without a length becomes one of ours', async () => {
    stage.double.fault('chat.postMessage', { kind: 'rateLimit' });
    expect(await failure()).toBeInstanceOf(DeliveryDelay);
  });

  it('that is a wait of a day is one of an hour', async () => {
    stage.double.fault('chat.postMessage', { kind: 'rateLimit', retryAfterS: 86_400 });
    expect(await failure()).toMatchObject({ retryAfterMs: 3_600_000 });
  });

  it.each([
    [{ kind: 'status', status: 502 }, 'transient'],
    [{ kind: 'destroy' }, 'transient'],
    [{ kind: 'error', error: 'internal_error' }, 'transient'],
    [{ kind: 'error', error: 'msg_too_long' }, 'permanent'],
    [{ kind: 'status', status: 404 }, 'permanent'],
  ] as const)('%j is %s', async (fault, errorClass) => {
    stage.double.fault('chat.postMessage', fault);
    expect(await failure()).toMatchObject({ errorClass, message: expect.stringContaining('could not post') as string });
  });

  it('holds up no card but its own', async () => {
    stage.double.fault('chat.postMessage', { kind: 'rateLimit', retryAfterS: 60 });
    await failure();
    await stage.channel.deliver(card('cart is down', { subject: 'incident-2' }), 'k2', undefined);
    expect(stage.double.shown()).toHaveLength(1);
  });
});
