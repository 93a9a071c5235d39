import { describe, expect, it } from 'vitest';
import { givenEach } from '../../../doubles/given.js';
import { ADA, cardWithButtons, EVE, openStage } from './stage.js';

const stage = givenEach(() => openStage(), (one) => one.stop());

describe('what is heard', () => {
  it('hears a slash command as words, by the id of who typed it', async () => {
    const heard = await stage.listen();
    const deed = await stage.double.people.command(ADA, '/hypercare status shop');
    await deed.saw();
    expect(heard).toEqual([{ platform: 'slack', userId: ADA, userName: 'Ada', said: { words: 'status shop' }, nonce: expect.stringContaining('command:'), privately: true, isIn: expect.any(Function) as unknown }]);
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
    const place = await cardWithButtons(stage);
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

describe('what Slack delivers twice', () => {
  it.each(['command', 'mention', 'press'] as const)('is heard once: a %s', async (way) => {
    const heard = await stage.listen();
    const { people } = stage.double;
    const deed = way === 'press' ? await people.press(ADA, await cardWithButtons(stage), 'Roll back') : way === 'command' ? await people.command(ADA, '/hypercare x') : await people.mention(ADA, 'x');
    await deed.saw();
    const again = await people.again(deed, ADA);
    expect(again.ack.latencyMs).toBeLessThan(1_000);
    await (await people.direct(ADA, 'help')).saw();
    expect(heard).toHaveLength(2);
  });
});
