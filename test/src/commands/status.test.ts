import { describe, expect, it } from 'vitest';
import { drawPlain } from '../../../src/cards/plain.js';
import type { Result } from '../../../src/commands/command.js';
import { runWords } from '../../../src/commands/run-words.js';
import { splitWords } from '../../../src/commands/split-words.js';
import { status } from '../../../src/commands/status.js';
import type { ResourceId } from '../../../src/domain/ids.js';
import { noteChannel } from '../../../src/store/channels.js';
import { monitorStopped, pm2Lost } from '../../../src/store/hosts.js';
import { tell } from '../../../src/store/events.js';
import { changeIncident, openIncident } from '../../../src/store/incidents.js';
import { listResources, syncEdges, syncResources } from '../../../src/store/resources.js';
import { commandContract } from '../../contracts/command.js';
import { MINUTE } from '../cards/views.js';
import { sayOn, stageOfEachTest } from './spoken.js';
import { broken, launched, watchShop } from './stage.js';

const stage = stageOfEachTest();
const say = sayOn(stage);
const drawn = (result: Result): string => drawPlain(result.card, { width: 80, color: false });

/** The host, and a Redis that the shop needs. */
async function beside(): Promise<{ readonly host: ResourceId; readonly cache: ResourceId }> {
  return stage.store.write(async (tx) => {
    const apps = (await listResources(tx, stage.hostId)).map(({ kind, name, config }) => ({ kind, name, config }));
    const all = await syncResources(tx, stage.hostId, [...apps, { kind: 'host', name: 'host', config: {} }, { kind: 'redis', name: 'cache', config: {} }], stage.now);
    const idOf = (name: string): ResourceId => all.find((one) => one.name === name)?.id as ResourceId;
    await syncEdges(tx, stage.hostId, [{ resourceId: stage.shop, usesId: idOf('cache') }]);
    return { host: idOf('host'), cache: idOf('cache') };
  });
}

commandContract(status);

describe('status', () => {
  it('is good with fresh good samples, and gives the documented JSON', async () => {
    const launch = await launched(stage);
    await watchShop(stage);
    const result = await say('status shop');
    expect(result.exit).toBe(0);
    expect(result.data).toMatchObject({
      version: 1,
      apps: [{
        app: 'shop', verdict: 'good', release: '4f2a91c',
        launch: { state: 'watching', tier: 1, startedAt: '2026-11-21T03:12:00.000Z', endsAt: '2026-11-24T03:12:00.000Z', nextTickAt: '2026-11-21T03:12:00.000Z', id: launch.id }, incidents: [],
      }],
    });
    expect(drawn(result)).toMatchInlineSnapshot(`
      "✓ GOOD  shop: good (1 check good)
        Release 4f2a91c (unwatched), live for 0 ms; watched until 24 Nov 03:12 UTC,
        tier 1 of 3, next full check 03:12 UTC."
    `);
  });

  it('has the score that “score” tells, of the host and of each app, and none where nothing is known', async () => {
    await launched(stage);
    await watchShop(stage);
    const { data } = await say('status shop');
    const [host, shop] = [(await say('score')).data, (await say('score shop')).data];
    expect(data).toMatchObject({ score: { points: host['score'], confidence: host['confidence'] }, apps: [{ score: { points: shop['score'], confidence: shop['confidence'] } }] });
    expect((await say('status blog')).data).toMatchObject({ apps: [{ score: { points: null, confidence: 'none' } }] });
  });

  it('says of an incident since when it is open, and since when it needs people', async () => {
    await watchShop(stage);
    const incident = await broken(stage);
    const at = stage.now + 9 * MINUTE;
    await stage.store.write(async (tx) => {
      await changeIncident(tx, incident.id, { state: 'escalated', reason: 'nothing is left to try' });
      await tell(tx, stage.hostId, { kind: 'incident.escalated', incidentId: incident.id }, at);
    });
    stage.now = at;
    const told = drawn(await say('status shop')).replaceAll(/\s+/g, ' ');
    expect(told).toMatch(/Incident \w+, open since 03:12 UTC, .* ago; needs you since 03:21 UTC/);
  });

  it('says that nobody can be told, since when it is so, and what to do', async () => {
    await watchShop(stage);
    const state = { name: 'slack:C1', part: 'speaks', since: stage.now, trouble: { why: 'Slack refused it (invalid_auth)', mend: 'Copy the bot token.' } } as const;
    await stage.store.write((tx) => noteChannel(tx, stage.hostId, state));
    await stage.store.write((tx) => noteChannel(tx, stage.hostId, { ...state, since: stage.now + MINUTE }));
    const result = await say('status');
    expect(result.card.body).toContain('Nobody can be told. Slack: not reached since 03:12 UTC: Slack refused it (invalid_auth). Copy the bot token.');
    expect(result.data['channels']).toEqual([{ name: 'slack:C1', part: 'speaks', since: '2026-11-21T03:12:00.000Z', trouble: state.trouble }]);
    await stage.store.write((tx) => noteChannel(tx, stage.hostId, { ...state, trouble: null }));
    expect((await say('status')).card.body.join()).not.toContain('Slack');
  });

  it('says until when a new release settles, and that it began badly', async () => {
    const words = async (): Promise<string> => (await runWords(splitWords('status shop'), await stage.as('Ann', { settleMs: 30_000 }))).card.body.join('\n');
    await launched(stage);
    await watchShop(stage);
    expect(await words()).toContain('Settling until 03:12:30.\n');
    await stage.store.db.updateTable('checks').set({ trusted: 1 }).execute();
    await watchShop(stage, 'bad', stage.now + 1_000);
    expect(await words()).toContain('Settling until 03:12:30; its first readings are bad, and count from then on.');
    stage.now += 30_000;
    expect(await words()).not.toContain('Settling');
  });

  it('is bad with an open incident, and exits 1', async () => {
    await watchShop(stage);
    const incident = await broken(stage);
    const result = await say('status shop');
    expect(result.exit).toBe(1);
    expect(result.data['apps']).toMatchObject([{ verdict: 'bad', incidents: [{ id: incident.id, severity: 'critical', state: 'open' }] }]);
  });

  it('lists what is watched beside the apps, and exits 1 when something of it is bad', async () => {
    await launched(stage);
    await watchShop(stage);
    const { host, cache } = await beside();
    expect((await say('status shop')).data).toMatchObject({ resources: [{ name: 'cache', kind: 'redis', verdict: 'unknown', note: 'nothing of it is being measured', incidents: [] }] });
    const incident = await stage.store.write((tx) => openIncident(tx, { resourceId: host, launchId: null, kind: 'host-disk-full', severity: 'warning', emergency: false, title: 'the disk is full' }, stage.now));
    const all = await say('status');
    expect(all.exit).toBe(1);
    expect(all.data).toMatchObject({ version: 1, resources: [{ name: 'cache' }, { name: 'host', kind: 'host', verdict: 'bad', note: 'the disk is full', incidents: [{ id: incident.id, at: 'host' }] }] });
    expect(all.card.title).toMatch(/; host bad$/);
    expect((await say('status shop')).exit).toBe(0);
    await stage.store.write((tx) => openIncident(tx, { resourceId: cache, launchId: null, kind: 'redis-down', severity: 'critical', emergency: false, title: 'it is down' }, stage.now));
    expect((await say('status shop')).exit).toBe(1);
    expect((await say('why host')).card.title).toContain('the disk is full');
  });

  it('shows an app the incident of what it needs', async () => {
    await watchShop(stage);
    const incident = await broken(stage);
    await stage.store.db.updateTable('incidents').set({ resource_id: stage.blog }).where('id', '=', incident.id).execute();
    expect((await say('status shop')).data['apps']).toMatchObject([{ app: 'shop', verdict: 'bad', why: `blog is bad, which it needs: ${incident.title}`, incidents: [{ id: incident.id }] }]);
  });

  it('is unknown with old samples, exits 3 and says when the monitor was last seen', async () => {
    await watchShop(stage);
    stage.now += 10 * MINUTE;
    const result = await say('status shop');
    expect(result.exit).toBe(3);
    expect(drawn(result)).toMatchInlineSnapshot(`
      "! WARNING  no monitor runs: this is how it was at 03:12 UTC
        It was last seen 03:12 UTC, 10 min ago.
        Nothing is measured or repaired until it does: npm start.

        shop: not known (liveness was last measured 10 min ago, and should be every 30
        s)
        No release of it has been seen yet."
    `);
  });

  it('is unknown for an app of which nothing is measured, and never good', async () => {
    const result = await say('status');
    expect(result.exit).toBe(3);
    expect(result.data['apps']).toMatchObject([{ app: 'blog', verdict: 'unknown', release: null, launch: null }, { app: 'shop', verdict: 'unknown' }]);
  });

  it('exits 3 at once when the monitor has stopped, however good it was', async () => {
    await launched(stage);
    await watchShop(stage);
    expect((await say('status shop')).data['monitor']).toMatchObject({ running: true });
    await stage.store.write((tx) => monitorStopped(tx, stage.hostId));
    const result = await say('status shop');
    expect(result.exit).toBe(3);
    expect(result.data['monitor']).toMatchObject({ running: false, seenAt: null });
    expect(result.card.title).toBe('no monitor runs: this is how it was at 03:12 UTC');
    expect((await say('why shop')).exit).toBe(3);
  });

  it('is not good while PM2’s daemon does not answer', async () => {
    await launched(stage);
    await watchShop(stage);
    await stage.store.write((tx) => pm2Lost(tx, stage.hostId, stage.now));
    const result = await say('status shop');
    expect(result.exit).toBe(3);
    expect(result.card.title).toMatch(/^PM2’s daemon has not answered since/);
  });

  it('is an error where measuring itself failed', async () => {
    await watchShop(stage, 'error');
    expect((await say('status shop')).data['apps']).toMatchObject([{ verdict: 'error', why: 'liveness could not be measured: connect refused' }]);
  });

  it('names the app that was meant', async () => {
    await expect(say('status shpo')).rejects.toMatchObject({ code: 'app.unknown', mend: 'Did you mean “shop”? Watched are: blog, shop.' });
    expect((await say('status SHOP')).data['apps']).toHaveLength(1);
  });
});
