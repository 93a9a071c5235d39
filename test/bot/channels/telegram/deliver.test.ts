import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { DeliveryDelay } from '../../../../bot/channels/channel.js';
import { Refusal } from '../../../doubles/telegram.js';
import { CARD, GROUP, startStage, type Stage, type StageOptions } from './stage.js';

const GOOD = { ...CARD, level: 'good', title: 'shop: checkout works again', buttons: [] } as const;

describe('delivering to Telegram', () => {
  let stage: Stage;
  const begin = async (options?: StageOptions): Promise<Stage> => (stage = await startStage(options));
  afterEach(() => stage.end());

  it('posts with buttons and without previews, and edits in place', async () => {
    await begin();
    const ref = await stage.channel.deliver(CARD, 'k1', undefined);
    expect(stage.only()).toMatchObject({ previews: false, silent: false });
    expect(stage.double.buttons(stage.only()).map((button) => button.callback_data)).toEqual(['hc?:q-1-yes', 'hc:q-1-no']);
    expect(await stage.channel.deliver(GOOD, 'k2', ref)).toEqual(ref);
    expect(stage.only()).toMatchObject({ text: expect.stringContaining('works again'), previews: false });
    expect(stage.double.buttons(stage.only())).toEqual([]);
  });

  it('sends the keyboard with every message and every edit, also an empty one', async () => {
    await begin();
    const ref = await stage.channel.deliver(GOOD, 'k1', undefined);
    await stage.channel.deliver({ ...GOOD, title: 'more' }, 'k2', ref);
    expect(stage.double.calls.map((call) => call.payload['reply_markup'])).toEqual([{ inline_keyboard: [] }, { inline_keyboard: [] }]);
  });

  it('rings for alarms and not for news', async () => {
    await begin();
    await stage.channel.deliver({ ...CARD, level: 'warning' }, 'k1', undefined);
    await stage.channel.deliver({ ...CARD, level: 'info', buttons: [] }, 'k2', undefined);
    await stage.channel.deliver(GOOD, 'k3', undefined);
    expect(stage.double.messages(GROUP).map((message) => message.silent)).toEqual([false, true, true]);
  });

  it('rings for a question, whatever its level, and posts it where only alarms are told', async () => {
    await begin({ channel: { level: 'critical' } });
    await stage.channel.deliver({ ...CARD, level: 'info' }, 'k1', undefined);
    expect(stage.only().silent).toBe(false);
  });

  it('calls people under the card, aloud and by their names; a card that was posted just now has rung itself', async () => {
    await begin();
    const ref = await stage.channel.deliver(CARD, 'k1', undefined);
    const call = { text: 'shop: may I roll back to 9d1e003?', people: [{ name: 'Ann <3', platform: 'telegram', userId: '11' }, { name: 'Bob', platform: 'slack', userId: 'U0BOB' }] } as const;
    await stage.channel.call?.(call, ref, true, 'k');
    stage.only();
    await stage.channel.call?.(call, ref, false, 'k');
    const [card, called] = stage.double.messages(GROUP);
    expect(called).toMatchObject({ text: 'shop: may I roll back to 9d1e003?\nAnn <3', reply_to: card?.message_id, silent: false, entities: [{ type: 'text_link', url: 'tg://user?id=11' }] });
  });

  it('calls nobody where no card stands', async () => {
    await begin();
    await stage.channel.call?.({ text: 'shop: may I?', people: [] }, null, false, 'k');
    expect(stage.double.messages(GROUP)).toEqual([]);
  });

  it('calls nobody either during a wait that Telegram imposed', async () => {
    await begin();
    const ref = await stage.channel.deliver(CARD, 'k1', undefined);
    stage.double.breakOnce(['sendMessage'], new Refusal(429, 'Too Many Requests: retry after 9', { retry_after: 9 }));
    for (const expected of [9_000, expect.any(Number) as number]) {
      await expect(stage.channel.call?.({ text: 'shop: may I?', people: [] }, ref, false, 'k')).rejects.toMatchObject({ name: 'DeliveryDelay', retryAfterMs: expected });
    }
    // The second was not even asked: Telegram would have taken it.
    stage.only();
  });

  it('posts nothing below its level, but edits what stands', async () => {
    await begin({ channel: { level: 'critical' } });
    expect(await stage.channel.deliver({ ...CARD, level: 'warning', buttons: [] }, 'k1', undefined)).toBeNull();
    expect(await stage.channel.deliver(GOOD, 'k1', null)).toBeNull();
    const ref = await stage.channel.deliver(CARD, 'k2', undefined);
    await stage.channel.deliver(GOOD, 'k3', ref);
    expect(stage.only().text).toContain('works again');
  });

  it('takes an edit that changes nothing as done', async () => {
    await begin();
    const ref = await stage.channel.deliver(CARD, 'k1', undefined);
    expect(await stage.channel.deliver(CARD, 'k1', ref)).toEqual(ref);
  });

  it('posts anew where the message was deleted', async () => {
    await begin();
    const ref = await stage.channel.deliver(CARD, 'k1', undefined);
    stage.double.delete(GROUP, stage.only().message_id);
    expect(await stage.channel.deliver(GOOD, 'k2', ref)).not.toEqual(ref);
    expect(stage.only().text).toContain('works again');
  });

  it('follows a group that became a supergroup, and tells the operator', async () => {
    await begin();
    const ref = await stage.channel.deliver(CARD, 'k1', undefined);
    const upgraded = { id: -1_000_500, type: 'supergroup' } as const;
    stage.double.migrate(GROUP, upgraded, false);
    const moved = await stage.channel.deliver(GOOD, 'k2', ref);
    expect(moved).toMatchObject({ chat: upgraded.id });
    await stage.channel.deliver(CARD, 'k3', undefined);
    expect(stage.double.messages(upgraded)).toHaveLength(2);
    expect(stage.logs()).toContain('put its new id -1000500 into the configuration');
    expect(stage.double.calls.at(-1)?.payload['chat_id']).toBe(upgraded.id);
  });

  it('asks the old group once, and no more once it knows the new one', async () => {
    await begin();
    stage.double.migrate(GROUP, { id: -1_000_500, type: 'supergroup' }, false);
    await stage.channel.deliver(CARD, 'k1', undefined);
    await stage.channel.deliver(CARD, 'k2', undefined);
    expect(stage.double.calls.map((call) => call.payload['chat_id'])).toEqual([GROUP.id, -1_000_500, -1_000_500]);
  });

  it('posts to the new chat where the operator moved the channel and the bot left the old one', async () => {
    await begin();
    stage.double.forbid({ id: -700, type: 'group' }, 'bot was kicked from the group chat');
    stage.double.chat({ id: -700, type: 'group' });
    expect(await stage.channel.deliver(CARD, 'k1', { chat: -700, message: 3 })).toMatchObject({ chat: GROUP.id });
  });

  it('posts anew where a reference is not its own', async () => {
    await begin();
    await stage.channel.deliver(CARD, 'k1', { channel: 'C1', ts: '1.2' });
    expect(stage.only().text).toContain('checkout fails');
  });

  it('hands a wait to its caller, and does not even ask before it is over', async () => {
    await begin();
    stage.double.breakOnce(['sendMessage'], new Refusal(429, 'Too Many Requests: retry after 30', { retry_after: 30 }));
    await expect(stage.channel.deliver(CARD, 'k1', undefined)).rejects.toEqual(new DeliveryDelay(30_000));
    const again = await stage.channel.deliver(CARD, 'k1', undefined).catch((thrown: unknown) => thrown);
    expect(again).toBeInstanceOf(DeliveryDelay);
    expect((again as DeliveryDelay).retryAfterMs).toBeGreaterThan(29_000);
    expect(stage.double.calls).toHaveLength(0);
    stage.double.advance(30_000);
    await stage.channel.deliver(CARD, 'k1', undefined);
    expect(stage.only().text).toContain('checkout fails');
  });

  it('calls a lost answer transient, and the next try posts again with the same buttons', async () => {
    await begin();
    stage.double.breakOnce(['sendMessage'], 'lose');
    await expect(stage.channel.deliver(CARD, 'k1', undefined)).rejects.toMatchObject({ errorClass: 'transient' });
    await stage.channel.deliver(CARD, 'k1', undefined);
    const [first, second] = stage.double.messages(GROUP).map((message) => message.reply_markup);
    expect(second).toEqual(first);
  });

  it('takes a lost answer to an edit as nothing lost', async () => {
    await begin();
    const ref = await stage.channel.deliver(CARD, 'k1', undefined);
    stage.double.breakOnce(['editMessageText'], 'lose');
    await expect(stage.channel.deliver(GOOD, 'k2', ref)).rejects.toMatchObject({ errorClass: 'transient' });
    expect(await stage.channel.deliver(GOOD, 'k2', ref)).toEqual(ref);
    expect(stage.only().text).toContain('works again');
  });

  it('gives up a call that is never answered', async () => {
    await begin({ timing: { callMs: 100 } });
    stage.double.breakOnce(['sendMessage'], 'hang');
    await expect(stage.channel.deliver(CARD, 'k1', undefined)).rejects.toMatchObject({ code: 'telegram.unreachable', errorClass: 'transient' });
  });

  it.each([
    ['kicked', 403, 'Forbidden: bot was kicked from the group chat', 'telegram.forbidden', 'permanent'],
    ['blocked', 403, 'Forbidden: bot was blocked by the user', 'telegram.forbidden', 'permanent'],
    ['without such a chat', 400, 'Bad Request: chat not found', 'telegram.chat', 'permanent'],
    ['with a revoked token', 401, 'Unauthorized', 'telegram.token', 'invalid'],
  ])('gives up for good when it is %s, and says what to do', async (_what, code, description, expected, errorClass) => {
    await begin();
    stage.double.breakOnce(['sendMessage'], new Refusal(code, description));
    await expect(stage.channel.deliver(CARD, 'k1', undefined)).rejects.toMatchObject({ code: expected, errorClass, mend: expect.any(String) });
  });

  it.each([['a gateway that fails', 502], ['a page in place of JSON, whose error holds the whole address', 400]])('never shows the token: %s', async (_what, page) => {
    await begin();
    stage.double.breakOnce(['sendMessage'], { page });
    const thrown = await stage.channel.deliver(CARD, 'k1', undefined).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ errorClass: 'transient' });
    expect(inspect(thrown, { depth: 20, showHidden: true }) + stage.logs()).not.toContain(stage.double.token);
  });

  it('posts a card whose buttons do not fit without them, and logs it', async () => {
    await begin();
    await stage.channel.deliver({ ...CARD, buttons: [{ ...CARD.buttons[1]!, token: 'x'.repeat(61) }] }, 'k1', undefined);
    expect(stage.only().text).toContain('checkout fails');
    expect(stage.logs()).toContain('Not now');
  });
});
