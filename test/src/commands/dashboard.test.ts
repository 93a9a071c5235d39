import { describe, expect, it } from 'vitest';
import { dashboard } from '../../../src/commands/dashboard.js';
import { noteChannel } from '../../../src/store/channels.js';
import { botSeen } from '../../../src/store/hosts.js';
import { commandContract } from '../../contracts/command.js';
import { sayOn, stageOfEachTest } from './spoken.js';

const stage = stageOfEachTest((one) => one.store.write((tx) => botSeen(tx, one.hostId, one.now)));
const say = sayOn(stage);
const HERE = { dashboardAt: 'http://127.0.0.1:4880/dashboard', privately: true };

commandContract(dashboard);

describe('dashboard', () => {
  it('gives a link for who asks, with his role, and how it is reached from elsewhere', async () => {
    const { data, card, exit } = await say('dashboard', 'Otto', HERE);
    expect([exit, card.level]).toEqual([0, 'info']);
    expect(data).toMatchObject({ link: expect.stringMatching(/^http:\/\/127\.0\.0\.1:4880\/dashboard\/in\/[\w-]{32}$/), for: 'Otto', until: '2026-11-21T03:22:00.000Z' });
    expect([card.title, card.body.at(-1)]).toEqual(['the dashboard, for Otto (operator)', 'From another machine, first: ssh -L 4880:127.0.0.1:4880 <this host>']);
    expect((await say('dashboard', 'Ann', { ...HERE, dashboardAt: 'https://hc.example.com/dashboard' })).card.body.join()).not.toContain('ssh');
  });

  it('says where nobody would answer: no bot, or no address to serve it at', async () => {
    await stage.store.write((tx) => noteChannel(tx, stage.hostId, { name: 'api', part: 'hears', since: stage.now, trouble: { why: 'another program listens there', mend: 'Name another port.' } }));
    expect(await say('dashboard', 'Ann', HERE)).toMatchObject({ exit: 3, data: { trouble: 'But it cannot be served: another program listens there. Name another port.' }, card: { level: 'warning' } });
    stage.now += 120_000;
    expect(await say('dashboard', 'Ann', HERE)).toMatchObject({ exit: 3, data: { trouble: expect.stringContaining('the bot does not run') } });
  });

  it.each([
    ['where there is none', { ...HERE, dashboardAt: null }, 'Ann', 'api.off', 'no section “api”'],
    ['where others read the answer', { ...HERE, privately: false }, 'Ann', 'denied.place', 'others would see the link'],
    ['to a visitor of it', { ...HERE, via: 'web' as const }, 'Ann', 'denied.place', 'already'],
    ['to a stranger of the terminal', { ...HERE, via: 'terminal' as const }, null, 'denied.stranger', 'known'],
    ['to a stranger of a chat', HERE, null, 'denied.stranger', 'nobody who is known'],
  ])('gives none %s', async (_where, place, who, code, message) => {
    await expect(say('dashboard', who, place)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(await stage.store.db.selectFrom('visits').selectAll().execute()).toEqual([]);
  });
});
