import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { tagging } from '../../monitoring/stages/tagging.js';
import { eventsSince } from '../../src/store/events.js';
import { openIncidents, recentIncidents } from '../../src/store/incidents.js';
import { until } from '../doubles/pm2-home.js';
import { startSampleShop, type SampleShop } from '../doubles/sample-shop.js';
import { beginWatch, BRISK, type Watch } from './watch.js';

let sample: SampleShop;
let watch: Watch;

beforeAll(async () => {
  sample = await startSampleShop();
});
afterEach(() => watch?.stop());
afterAll(() => sample?.stop());

async function watchWith(rung: string): Promise<Watch> {
  watch = await beginWatch((dataDir) => config(dataDir, rung));
  await watch.steady();
  return watch;
}

function config(dataDir: string, rung: string): string {
  const { name, url, pm2Home, places } = sample.shop;
  return `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(pm2Home)}
apps:
  ${name}:
    url: ${url}
    endpoints: [{ path: /checkout, critical: true, samples: 1, timeout: 2s }]
    liveness: { path: /health, every: 1s }
    release: { mode: releases, dir: ${JSON.stringify(places.dir)}, repo: ${JSON.stringify(places.repo)}, tag: true }
policy:
  rules: [{ repair: release.tag, rung: ${rung} }]
${BRISK}`;
}

const comesRound = async (): Promise<boolean> => tagging().run(watch.monitor.ctx);
const tags = (): readonly string[] => execFileSync('git', ['-C', sample.shop.places.repo, 'tag', '--list', 'stable/*', '--format=%(objecttype) %(*objectname:short=7) %(refname:short)'], { encoding: 'utf8' }).trim().split('\n').filter(Boolean);

/** What people are told of what was due by itself. */
async function told({ store, monitor: { ctx } }: Watch): Promise<readonly unknown[]> {
  const own = new Set((await recentIncidents(store.db, ctx.hostId, 20)).filter(({ title }) => title.includes('became stable')).map(({ id }) => id));
  expect(own.size).toBe(1);
  return (await eventsSince(store.db, ctx.hostId, 0, 200)).filter(({ incidentId }) => incidentId !== null && own.has(incidentId));
}

it('writes none where policy only observes, and nobody is bothered with that', { timeout: 120_000 }, async () => {
  const { store, say, monitor: { ctx } } = await watchWith('observe');
  await say('restore-point', sample.shop.name, '--reason', 'ran well for a year');
  await until('its turn', comesRound, 30_000);
  await until('its end', async () => (await say('audit')).includes('release.tag on sample-shop: deny'), 30_000);
  await until('its incident to be closed', async () => (await openIncidents(store.db, ctx.hostId)).length === 0, 30_000);
  expect(tags()).toEqual([]);
  expect(await told(watch)).toEqual([]);
});

it('writes a release that became stable down in git, once and without a word; by hand it is refused then', { timeout: 120_000 }, async () => {
  const { store, monitor: { ctx } } = await watchWith('act-and-tell');
  expect(await comesRound(), 'nothing is stable yet').toBe(false);
  await watch.say('restore-point', sample.shop.name, '--reason', 'ran well for a year');
  await until('its turn', comesRound, 30_000);
  await until('the tag', async () => tags().length > 0, 60_000);
  await until('its end', async () => (await openIncidents(store.db, ctx.hostId)).length === 0, 30_000);
  expect(tags()).toEqual([expect.stringMatching(/^tag 6ab0c14 stable\/sample-shop\/\d{8}T\d{6}Z$/)]);
  expect(await told(watch)).toEqual([]);
  expect(await watch.say('audit')).toContain('release.tag on sample-shop ended: verified');
  expect(await comesRound(), 'once').toBe(false);
  await watch.say('repair', 'release.tag', sample.shop.name);
  await until('its refusal', async () => (await watch.card()).includes('6ab0c14 is tagged already'), 30_000);
});
