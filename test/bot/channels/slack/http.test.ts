import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Utterance } from '../../../../bot/channels/channel.js';
import { freePort } from '../../../../scripts/free-port.js';
import { deliverSigned } from '../../../doubles/slack/signed.js';
import { ADA, cardWithButtons, EVE, openStage, toPlace, type Stage } from './stage.js';

const SECRET = '0123456789abcdef0123456789abcdef';

let stage: Stage;
let heard: readonly Utterance[];
let url: string;

/** Real Bolt behind the guard; the double signs and calls, as Slack does. */
beforeEach(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}/slack/events`;
  stage = await openStage({ http: { host: '127.0.0.1', port, path: '/slack/events' } }, { SLACK_SIGNING_SECRET: SECRET });
  onTestFinished(() => stage.stop());
  stage.double.calling = { url, secret: SECRET };
  heard = await stage.listen();
});

const said = (): readonly unknown[] => heard.map((one) => one.said);

describe('over signed HTTP', () => {
  it('opens no socket, and needs no app token', async () => {
    await (await stage.double.people.command(ADA, '/hypercare status shop')).saw();
    expect(stage.double.called('apps.connections.open')).toEqual([]);
    expect(stage.double.sockets.opened).toBe(0);
  });

  it('hears commands, mentions, direct messages and presses, and answers each where it belongs', async () => {
    const { people } = stage.double;
    const place = await cardWithButtons(stage);
    const seen = [
      await (await people.command(ADA, '/hypercare status shop')).saw(),
      await (await people.mention(ADA, 'why shop')).saw(),
      await (await people.direct(ADA, 'whoami')).saw(),
      await (await people.press(ADA, place, 'Not now')).saw(),
    ];
    expect(said()).toEqual([{ words: 'status shop' }, { words: 'why shop' }, { words: 'whoami' }, { pressed: 'n:q1' }]);
    expect(seen.map(([first]) => first?.text)).toEqual(Array(4).fill(expect.stringContaining('heard')));
  });

  it('acknowledges before it works: within three seconds whatever the work takes', async () => {
    await stage.stop();
    stage = await openStage({ http: { host: '127.0.0.1', port: Number(new URL(url).port), path: '/slack/events' } }, { SLACK_SIGNING_SECRET: SECRET });
    stage.double.calling = { url, secret: SECRET };
    let release = (): void => {};
    const asked = await stage.listen(() => new Promise((done) => (release = () => done(toPlace('done at last')))));
    const deed = await stage.double.people.command(ADA, '/hypercare status');
    expect(deed.ack).toMatchObject({ payload: {} });
    expect(deed.ack.latencyMs).toBeLessThan(3_000);
    await expect.poll(() => asked.length).toBe(1);
    expect(deed.seen()).toEqual([]);
    release();
    expect((await deed.saw())[0]?.text).toContain('done at last');
  });

  it('answers an event that Slack delivers again once', async () => {
    const deed = await stage.double.people.mention(ADA, 'status');
    await deed.saw();
    await stage.double.people.again(deed, ADA).catch(() => undefined);
    expect(said()).toHaveLength(1);
  });

  it('refuses people of other workspaces, as over the socket', async () => {
    stage.double.workspace.addUser(EVE, 'Eve', { is_stranger: true, team_id: 'T0AWAY001' });
    const deed = await stage.double.people.command(EVE, '/hypercare status');
    expect((await deed.saw())[0]?.text).toContain('members of its own workspace');
    expect(heard).toEqual([]);
  });

  it('says yes to Slack’s first call, when the address is written into the app', async () => {
    const answer = await deliverSigned({ url, secret: SECRET, timestampS: Math.floor(stage.double.now() / 1_000), body: JSON.stringify({ type: 'url_verification', challenge: 'c-1' }), contentType: 'application/json' });
    expect(answer).toMatchObject({ status: 200, body: '{"challenge":"c-1"}' });
  });

  it.each([
    ['forged', { secret: 'f'.repeat(32) }, 'forged'],
    ['recorded six minutes ago', { aheadS: -360 }, 'older than five minutes'],
    ['from tomorrow', { aheadS: 86_400 }, 'from the future'],
  ])('refuses what is %s, says so in the log without a word of it, and hears nothing', async (_, { secret = SECRET, aheadS = 0 }: { secret?: string; aheadS?: number }, why) => {
    const body = 'command=%2Fhypercare&text=rollback+shop&user_id=U0ADA0001';
    expect(await deliverSigned({ url, secret, timestampS: Math.floor(stage.double.now() / 1_000) + aheadS, body })).toMatchObject({ status: 401, body: '' });
    expect(heard).toEqual([]);
    expect(stage.logs()).toContain(why);
    expect(stage.logs()).not.toMatch(/rollback|0123456789abcdef/);
  });

  it('hears a recorded request once', async () => {
    const envelope = stage.double.people.commandEnvelope(ADA, '/hypercare status');
    const post = { url, secret: SECRET, timestampS: Math.floor(stage.double.now() / 1_000), body: String(new URLSearchParams(envelope.payload as Record<string, string>)) };
    expect(await deliverSigned(post)).toMatchObject({ status: 200 });
    expect(await deliverSigned(post)).toMatchObject({ status: 401 });
    await expect.poll(() => heard.length).toBe(1);
    expect(stage.logs()).toContain('replayed');
  });

  it('goes on hearing after many that are not Slack’s', async () => {
    const forged = Array.from({ length: 200 }, (_, n) => deliverSigned({ url, secret: 'f'.repeat(32), timestampS: Math.floor(stage.double.now() / 1_000), body: `n=${n}` }));
    expect(new Set((await Promise.all(forged)).map(({ status }) => status))).toEqual(new Set([401]));
    await (await stage.double.people.command(ADA, '/hypercare status')).saw();
    expect(said()).toEqual([{ words: 'status' }]);
    expect(stage.logs().match(/refused a request/g)).toHaveLength(1);
  });
});

describe('the settings of HTTP', () => {
  it('without the signing secret are refused with what to do', async () => {
    await expect(openStage({ http: { host: '127.0.0.1', port: 0, path: '/slack/events' } })).rejects.toMatchObject({ code: 'slack.token', mend: expect.stringContaining('Signing Secret') as unknown });
  });
});
