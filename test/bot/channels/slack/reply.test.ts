import { describe, expect, it } from 'vitest';
import { givenEach } from '../../../doubles/given.js';
import { SlackDouble } from '../../../doubles/slack.js';
import { until } from '../../../doubles/slack/until.js';
import { ADA, BUTTONS, card, cardWithButtons, EVE, openStage, toPerson, toPlace } from './stage.js';

const stage = givenEach(() => openStage(), (one) => one.stop());

describe('what is answered', () => {
  it('acknowledges before the work, which may take longer than Slack waits', async () => {
    let finish = (): void => {};
    const slow = new Promise<void>((resolve) => (finish = resolve));
    await stage.listen(async () => {
      await slow;
      return toPerson('done at last');
    });
    const deed = await stage.double.people.command(ADA, '/hypercare status');
    expect(deed.ack.latencyMs).toBeLessThan(1_000);
    expect(deed.seen()).toEqual([]);
    finish();
    expect((await deed.saw()).map(({ text }) => text)).toEqual([expect.stringContaining('done at last')]);
  });

  it('tells a person alone what is for that person alone', async () => {
    await stage.listen(() => toPerson('only you'));
    const place = await cardWithButtons(stage);
    const { people } = stage.double;
    for (const act of [() => people.command(ADA, '/hypercare x'), () => people.mention(ADA, 'x'), () => people.press(ADA, place, 'Not now')]) {
      expect(await (await act()).saw()).toMatchObject([{ onlyFor: ADA, channel: stage.double.channel }]);
    }
    expect(stage.double.shown()).toHaveLength(1);
  });

  it('tells the place what is for all', async () => {
    await stage.listen(() => toPlace('for all'));
    await (await stage.double.people.command(ADA, '/hypercare freeze shop')).saw();
    expect(stage.double.shown().map(({ text }) => text)).toEqual([expect.stringContaining('for all')]);
  });

  it('answers in the thread where it was asked', async () => {
    await stage.listen(() => toPlace('here'));
    const place = await cardWithButtons(stage);
    const [answer] = await (await stage.double.people.mention(ADA, 'status', { thread: place.ts })).saw();
    expect(answer).toMatchObject({ threadTs: place.ts, onlyFor: null });
  });

  it('answers in a direct conversation by a message', async () => {
    await stage.listen(() => toPerson('just us'));
    const [answer] = await (await stage.double.people.direct(ADA, 'status')).saw();
    expect(answer).toMatchObject({ via: 'post', channel: stage.double.workspace.directChannel(ADA) });
  });

  it('answers a command where the bot is no member', async () => {
    await stage.listen(() => toPlace('over here'));
    const foreign = stage.double.workspace.addChannel('C0FOREIGN', { is_member: false });
    await (await stage.double.people.command(ADA, '/hypercare status', { channel: foreign })).saw();
    expect(stage.double.shown(foreign)).toHaveLength(1);
  });

  it('lets nothing it says come alive', async () => {
    await stage.listen(({ said }) => toPlace('words' in said ? `unknown: ${said.words}` : ''));
    await (await stage.double.people.command(ADA, '/hypercare &lt;!channel&gt; @here')).saw();
    await (await stage.double.people.mention(ADA, '&lt;!channel&gt; @here')).saw();
    expect(stage.double.shown()[1]?.text).toContain('unknown: <!channel> @here');
    expect(stage.double.messages.live).toEqual([]);
  });

  it('finds another way where the first is closed', async () => {
    await stage.listen(() => toPerson('by the other door'));
    stage.double.fault('hook', { kind: 'status', status: 404 });
    expect(await (await stage.double.people.command(ADA, '/hypercare status')).saw()).toMatchObject([{ via: 'ephemeral', onlyFor: ADA }]);
  });

  it('sends no word to an address that is not Slack\'s, whatever a payload says', async () => {
    await stage.listen();
    const elsewhere = await SlackDouble.start();
    const envelope = stage.double.people.commandEnvelope(ADA, '/hypercare status');
    const payload = { ...(envelope.payload as object), response_url: elsewhere.webhookUrl };
    const deed = await stage.double.people.deliver(ADA, { ...envelope, payload });
    expect(await deed.saw()).toMatchObject([{ via: 'ephemeral' }]);
    expect(elsewhere.calls).toEqual([]);
    await elsewhere.stop();
  });

  it('keeps what was asked when no reply gets through', async () => {
    const heard = await stage.listen();
    stage.double.fault('hook', { kind: 'destroy' });
    stage.double.fault('chat.postEphemeral', { kind: 'error', error: 'user_not_in_channel' });
    await stage.double.people.command(ADA, '/hypercare rollback shop');
    await expect.poll(() => stage.logs()).toContain('a reply was lost');
    expect(heard).toHaveLength(1);
    await (await stage.double.people.command(ADA, '/hypercare status')).saw();
  });

  it('waits as long as Slack asks before it repeats a reply', async () => {
    await stage.listen();
    stage.double.fault('chat.postEphemeral', { kind: 'rateLimit', retryAfterS: 1 });
    const deed = await stage.double.people.mention(ADA, 'status');
    expect(await deed.saw()).toHaveLength(1);
    const [first, second] = stage.double.called('chat.postEphemeral').map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it('says so when hypercare itself fails, and goes on listening', async () => {
    let calls = 0;
    await stage.listen(() => {
      calls += 1;
      if (calls === 1) throw new Error('a fault in the ear');
      return toPerson('fine');
    });
    const deed = await stage.double.people.command(ADA, '/hypercare status');
    expect((await deed.saw())[0]?.text).toContain('Something went wrong');
    expect((await (await stage.double.people.command(ADA, '/hypercare status')).saw())[0]?.text).toContain('fine');
    expect(stage.logs()).toContain('a fault in the ear');
  });
});

describe('a pressed button', () => {
  it('gives way to who pressed it, when the reply is for the place', async () => {
    await stage.listen(() => toPlace('working'));
    const place = await cardWithButtons(stage);
    await (await stage.double.people.press(ADA, place, 'Roll back')).saw();
    const [message, ...others] = stage.double.shown();
    expect(others).toEqual([]);
    expect(message?.buttons).toEqual([]);
    for (const part of ['shop <fails> & burns', 'App\nshop', 'Roll back, by Ada: working']) expect(message?.text).toContain(part);
  });

  it('stays when the reply is for the person', async () => {
    await stage.listen(() => toPerson('already decided by Bob'));
    const place = await cardWithButtons(stage);
    await (await stage.double.people.press(ADA, place, 'Roll back')).saw();
    expect(stage.double.shown()[0]?.buttons).toEqual(['Roll back', 'Not now']);
  });

  it('never puts an old card back over a newer one', async () => {
    const place = await cardWithButtons(stage);
    await stage.listen(async () => {
      await stage.channel.deliver(card('shop rolled back', { level: 'good' }), 'k2', place);
      return toPlace('working');
    });
    await stage.double.people.press(ADA, place, 'Roll back');
    await until(() => stage.double.shown()[0]?.text.includes('shop rolled back'), 'the newer card');
    await stage.stop();
    expect(stage.double.shown()).toEqual([{ text: '🟢 Good: shop rolled back', buttons: [] }]);
  });

  it('in a message to one person alone is replaced by the reply', async () => {
    await stage.listen(({ said }) => ('words' in said ? { ...toPerson('which one?'), card: card('which one?', { buttons: BUTTONS }) } : toPlace('chosen')));
    const [asked] = await (await stage.double.people.command(ADA, '/hypercare repair')).saw();
    const deed = await stage.double.people.press(ADA, { channel: asked?.channel ?? '', ts: asked?.ts ?? '' }, 'Not now');
    expect(await deed.saw()).toMatchObject([{ via: 'hook', onlyFor: ADA, buttons: [], text: expect.stringContaining('chosen') as string }]);
  });

  it('pressed by two people is heard twice, each with an answer', async () => {
    stage.double.workspace.addUser(EVE, 'Eve');
    const heard = await stage.listen(({ userName }) => toPerson(`for ${userName}`));
    const place = await cardWithButtons(stage);
    const deeds = await Promise.all([stage.double.people.press(ADA, place, 'Roll back'), stage.double.people.press(EVE, place, 'Roll back')]);
    const words = await Promise.all(deeds.map(async (deed) => (await deed.saw())[0]?.text));
    expect(words).toEqual([expect.stringContaining('for Ada'), expect.stringContaining('for Eve')]);
    expect(new Set(heard.map(({ nonce }) => nonce)).size).toBe(2);
  });
});
