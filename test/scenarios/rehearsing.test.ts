import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rehearsing } from '../../monitoring/stages/rehearsing.js';
import { deployShop } from '../../scripts/shop/shop.js';
import { eventsSince } from '../../src/store/events.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { lastRehearsal } from '../../src/store/rehearsals.js';
import { until } from '../doubles/pm2-home.js';
import { startSampleShop, versions, type SampleShop } from '../doubles/sample-shop.js';
import { beginWatch, BRISK, type Watch } from './watch.js';

const HOUR = 3_600_000;

let sample: SampleShop;
let watch: Watch;

beforeAll(async () => {
  sample = await startSampleShop();
  watch = await beginWatch(config);
  await watch.steady();
});
afterAll(async () => {
  await watch?.stop();
  await sample?.stop();
});

function config(dataDir: string): string {
  const { name, url, pm2Home, places } = sample.shop;
  return `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(pm2Home)}
apps:
  ${name}:
    url: ${url}
    endpoints: [{ path: /checkout, critical: true, samples: 1, timeout: 2s }]
    liveness: { path: /health, every: 1s }
    release: { mode: releases, dir: ${JSON.stringify(places.dir)}, repo: ${JSON.stringify(places.repo)}, rehearse: 1h }
policy:
  rules: [{ repair: release.rehearse, rung: act-and-tell }]
${BRISK}`;
}

/** As the loop comes round so much later. */
async function comesRound(laterMs: number): Promise<boolean> {
  const { ctx } = watch.monitor;
  return (await rehearsing().run({ ...ctx, clock: { ...ctx.clock, now: () => ctx.clock.now() + laterMs } })) === true;
}

const told = async (): Promise<readonly string[]> => {
  const own = new Set((await recentIncidents(watch.store.db, watch.monitor.ctx.hostId, 20)).filter(({ title }) => title.startsWith('the way back was')).map(({ id }) => id));
  return (await eventsSince(watch.store.db, watch.monitor.ctx.hostId, 0, 200)).filter(({ incidentId }) => incidentId !== null && own.has(incidentId)).map(({ kind }) => kind);
};
const last = () => lastRehearsal(watch.store.db, watch.app.id);

it('rehearses the way back on its schedule, without a word while it is open, and tells when it is not', { timeout: 120_000 }, async () => {
  expect(await comesRound(0), 'nothing stable to go to').toBe(false);
  await watch.say('restore-point', sample.shop.name, '--reason', 'ran well for a year');
  await deployShop(sample.shop, 1);
  await until('the next launch', async () => (await watch.say('status', sample.shop.name)).includes('144eaba'), 30_000);

  await until('its turn', () => comesRound(2_000), 30_000);
  await until('a rehearsal', async () => (await last())?.worked === true, 60_000);
  await until('its end', async () => (await recentIncidents(watch.store.db, watch.monitor.ctx.hostId, 5)).every(({ state }) => state === 'resolved'), 30_000);
  expect(await told()).toEqual([]);
  expect(await watch.say('status', sample.shop.name)).toContain('The way back to 6ab0c14 was rehearsed');
  expect(await versions(sample.shop)).toEqual(['1.0.0']);
  expect(await comesRound(HOUR / 2), 'not yet').toBe(false);

  const { to } = (await last()) ?? { to: { dir: '' } };
  await rm(join(to.dir, 'server.js'));
  await until('its next turn', () => comesRound(2 * HOUR), 30_000);
  await until('it to be told', async () => (await told()).includes('incident.resolved'), 60_000);
  expect(await last()).toMatchObject({ worked: false });
  expect(await watch.say('status', sample.shop.name)).toMatch(/The way back to 6ab0c14 was rehearsed .*, and is not open/s);
});
