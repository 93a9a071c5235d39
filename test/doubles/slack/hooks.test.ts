import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SlackDouble } from '../slack.js';
import { actions, answerOf, button, clientOf, text } from './asking.js';

const ADA = 'U0ADA0001';

let double: SlackDouble;
beforeEach(async () => {
  double = await SlackDouble.start();
  double.workspace.addUser(ADA, 'Ada');
});
afterEach(() => double.stop());

describe('addresses to answer to (1.4)', () => {
  const hookOf = (): string => (double.people.commandEnvelope(ADA, '/x').payload as { response_url: string }).response_url;
  const post = async (url: string, body: Readonly<Record<string, unknown>>): Promise<number> => (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).status;

  it('work five times', async () => {
    const hook = hookOf();
    const statuses = [];
    for (let index = 0; index < 6; index += 1) statuses.push(await post(hook, { text: 'x' }));
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
  });

  it('work for half an hour', async () => {
    const hook = hookOf();
    double.advance(30 * 60_000 - 1_000);
    expect(await post(hook, { text: 'x' })).toBe(200);
    double.advance(2_000);
    expect(await post(hook, { text: 'x' })).toBe(404);
  });

  it('speak to the person, or to all where asked', async () => {
    await post(hookOf(), { text: 'psst' });
    await post(hookOf(), { text: 'hey', response_type: 'in_channel' });
    expect(double.shown()).toEqual([{ text: 'hey', buttons: [] }]);
  });

  it('replace or delete the message that was pressed', async () => {
    for (const [body, left] of [[{ text: 'done', replace_original: true }, 1], [{ delete_original: true }, 0]] as const) {
      const { ts = '' } = await clientOf(double).chat.postMessage({ channel: double.channel, text: 'x', blocks: [actions(button())] as never });
      const { response_url: hook } = double.people.pressEnvelope(ADA, { channel: double.channel, ts }, 'xxx').payload as { response_url: string };
      await post(hook, body);
      expect(double.messages.standing(double.channel)).toHaveLength(left);
      if (left === 1) double.messages.delete(double.channel, ts);
    }
  });

  it('refuse blocks beyond the limits', async () => {
    expect(await post(hookOf(), { text: 'x', blocks: [{ type: 'header', text: text(151) }] })).toBe(400);
  });

  it('an incoming webhook says ok, no_text or no_service', async () => {
    const say = async (url: string, body: unknown): Promise<string> => (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).text();
    expect([await say(double.webhookUrl, { text: 'x' }), await say(double.webhookUrl, {}), await say(`${double.webhookUrl}x`, { text: 'x' })]).toEqual(['ok', 'no_text', 'no_service']);
  });

  it('a trigger opens one view within three seconds', async () => {
    const trigger = (): string => (double.people.commandEnvelope(ADA, '/x').payload as { trigger_id: string }).trigger_id;
    const open = (id: string): Promise<string> => answerOf(clientOf(double).views.open({ trigger_id: id, view: { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [] } }));
    const [fresh, old] = [trigger(), trigger()];
    expect([await open(fresh), await open(fresh), await open('1.1')]).toEqual(['ok', 'exchanged_trigger_id', 'invalid_trigger_id']);
    double.advance(3_001);
    expect(await open(old)).toBe('expired_trigger_id');
  });
});
