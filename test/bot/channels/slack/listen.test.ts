import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SlackDouble } from '../../../doubles/slack.js';
import { until } from '../../../doubles/slack/until.js';
import { ADA, BUTTONS, card, EVE, openStage, toPerson, toPlace, type Stage } from './stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(async () => {
  await stage.stop();
});

/** Delivers a card with buttons and answers with its place. */
async function cardWithButtons(): Promise<{ readonly channel: string; readonly ts: string }> {
  return (await stage.channel.deliver(card('shop <fails> & burns', { buttons: BUTTONS, fields: [{ name: 'App', value: 'shop' }] }), 'k1', undefined)) as { channel: string; ts: string };
}

describe('what is heard', () => {
  it('hears a slash command as words, by the id of who typed it', async () => {
    const heard = await stage.listen();
    const deed = await stage.double.people.command(ADA, '/hypercare status shop');
    await deed.saw();
    expect(heard).toEqual([{ platform: 'slack', userId: ADA, userName: 'Ada', said: { words: 'status shop' }, nonce: expect.stringContaining('command:') }]);
  });

  it('hears a mention without the mention', async () => {
    const heard = await stage.listen();
    await (await stage.double.people.mention(ADA, 'status shop')).saw();
    expect(heard.map(({ said }) => said)).toEqual([{ words: 'status shop' }]);
  });

  it('hears a direct message', async () => {
    const heard = await stage.listen();
    await (await stage.double.people.direct(ADA, 'status')).saw();
    expect(heard.map(({ said }) => said)).toEqual([{ words: 'status' }]);
  });

  it('hears a press by the token of the button', async () => {
    const heard = await stage.listen();
    const place = await cardWithButtons();
    await (await stage.double.people.press(ADA, place, 'Not now')).saw();
    expect(heard).toMatchObject([{ userId: ADA, said: { pressed: 'n:q1' }, nonce: expect.stringMatching(new RegExp(`^press:${place.channel}:${place.ts}:.+:${ADA}$`)) }]);
  });

  it.each([
    ['rollback shop —reason “it’s burning”', 'rollback shop —reason “it’s burning”'],
    ['open <https://shop.example/health|shop.example/health>', 'open shop.example/health'],
    ['find a &lt; b &amp;&amp; c', 'find a < b && c'],
    ['  status \u00a0 shop\u0000 ', 'status shop'],
  ])('sets straight what phones and Slack made of the words: %s', async (typed, meant) => {
    const heard = await stage.listen();
    await (await stage.double.people.command(ADA, `/hypercare ${typed}`)).saw();
    expect(heard.map(({ said }) => said)).toEqual([{ words: meant }]);
  });

  it('cuts words of 20 kB', async () => {
    const heard = await stage.listen();
    await (await stage.double.people.direct(ADA, `why ${'x'.repeat(20_000)}`)).saw();
    expect((heard[0]?.said as { words: string }).words).toHaveLength(1_000);
  });

  it('hears nothing in what its own bot, another bot or an edit says', async () => {
    const heard = await stage.listen();
    const { people, workspace } = stage.double;
    const channel = workspace.directChannel(ADA);
    await people.deliver(ADA, people.event('U0BOT0001', { type: 'message', channel_type: 'im', text: 'status', bot_id: 'B0BOT0001' }, { channel }));
    await people.deliver(ADA, people.event(ADA, { type: 'app_mention', text: '<@U0BOT0001> status', bot_id: 'B0OTHER01' }));
    await people.deliver(ADA, people.event(ADA, { type: 'message', channel_type: 'im', subtype: 'message_changed', text: 'status' }, { channel }));
    await people.deliver(ADA, people.event(ADA, { type: 'message', channel_type: 'channel', text: 'status' }));
    await (await people.direct(ADA, 'help')).saw();
    expect(heard.map(({ said }) => said)).toEqual([{ words: 'help' }]);
  });

  it('listens to another command where that is configured, and not to the default one', async () => {
    const other = await openStage({ command: '/ops' });
    const heard = await other.listen();
    await (await other.double.people.command(ADA, '/ops status')).saw();
    other.double.sockets.ackWithinMs = 300;
    await expect(other.double.people.command(ADA, '/hypercare status')).rejects.toThrow('acknowledgement');
    expect(heard).toHaveLength(1);
    await other.stop();
  });
});

describe('who is heard', () => {
  it.each([
    ['a guest', { is_restricted: true }],
    ['a guest of one channel', { is_ultra_restricted: true }],
    ['a bot', { is_bot: true }],
    ['somebody who left', { deleted: true }],
    ['a stranger of a shared channel', { is_stranger: true }],
    ['somebody of another workspace', { team_id: 'T0AWAY001' }],
  ])('refuses %s with a word to that person alone', async (_, differs) => {
    const heard = await stage.listen();
    stage.double.workspace.addUser(EVE, 'Eve', differs);
    const [word, ...more] = await (await stage.double.people.command(EVE, '/hypercare rollback shop')).saw();
    expect(word).toMatchObject({ onlyFor: EVE, text: expect.stringContaining('cannot talk to hypercare') as string });
    expect([heard, more, stage.double.shown()]).toEqual([[], [], []]);
  });

  it('refuses who speaks from another workspace, before asking Slack anything', async () => {
    const heard = await stage.listen();
    await (await stage.double.people.mention(ADA, 'status', { team: 'T0AWAY001' })).saw();
    expect([heard.length, stage.double.called('users.info').length]).toEqual([0, 0]);
  });

  it('hears a member of several workspaces of one company', async () => {
    const heard = await stage.listen();
    stage.double.workspace.addUser(EVE, 'Eve', { team_id: 'T0SISTER1', enterprise_user: { teams: [stage.double.team] } });
    await (await stage.double.people.command(EVE, '/hypercare status')).saw();
    expect(heard).toHaveLength(1);
  });

  it('refuses whom Slack does not know', async () => {
    const heard = await stage.listen();
    await (await stage.double.people.command('U0NOBODY1', '/hypercare status')).saw();
    expect(heard).toEqual([]);
  });

  it('refuses everybody while the app may not look people up, and names the scope', async () => {
    const heard = await stage.listen();
    stage.double.scopes.delete('users:read');
    const [word] = await (await stage.double.people.command(ADA, '/hypercare status')).saw();
    expect(word?.text).toContain('users:read');
    expect(heard).toEqual([]);
  });

  it('asks Slack once about one person', async () => {
    await stage.listen();
    for (const words of ['status', 'help']) await (await stage.double.people.command(ADA, `/hypercare ${words}`)).saw();
    expect(stage.double.called('users.info')).toHaveLength(1);
  });
});

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
    const place = await cardWithButtons();
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
    const place = await cardWithButtons();
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
    const place = await cardWithButtons();
    await (await stage.double.people.press(ADA, place, 'Roll back')).saw();
    const [message, ...others] = stage.double.shown();
    expect(others).toEqual([]);
    expect(message?.buttons).toEqual([]);
    for (const part of ['shop <fails> & burns', 'App\nshop', 'Roll back, by Ada: working']) expect(message?.text).toContain(part);
  });

  it('stays when the reply is for the person', async () => {
    await stage.listen(() => toPerson('already decided by Bob'));
    const place = await cardWithButtons();
    await (await stage.double.people.press(ADA, place, 'Roll back')).saw();
    expect(stage.double.shown()[0]?.buttons).toEqual(['Roll back', 'Not now']);
  });

  it('never puts an old card back over a newer one', async () => {
    const place = await cardWithButtons();
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
    const place = await cardWithButtons();
    const deeds = await Promise.all([stage.double.people.press(ADA, place, 'Roll back'), stage.double.people.press(EVE, place, 'Roll back')]);
    const words = await Promise.all(deeds.map(async (deed) => (await deed.saw())[0]?.text));
    expect(words).toEqual([expect.stringContaining('for Ada'), expect.stringContaining('for Eve')]);
    expect(new Set(heard.map(({ nonce }) => nonce)).size).toBe(2);
  });
});

describe('what Slack delivers twice', () => {
  it.each(['command', 'mention', 'press'] as const)('is heard once: a %s', async (way) => {
    const heard = await stage.listen();
    const { people } = stage.double;
    const deed = way === 'press' ? await people.press(ADA, await cardWithButtons(), 'Roll back') : way === 'command' ? await people.command(ADA, '/hypercare x') : await people.mention(ADA, 'x');
    await deed.saw();
    const again = await people.again(deed, ADA);
    expect(again.ack.latencyMs).toBeLessThan(1_000);
    await (await people.direct(ADA, 'help')).saw();
    expect(heard).toHaveLength(2);
  });
});
