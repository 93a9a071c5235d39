import { readlink } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deployShop } from '../../scripts/shop/shop.js';
import { restartsIn } from '../../src/domain/act.js';
import { actsOn } from '../../src/store/acts.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { getRelease, ledgerOf } from '../../src/store/releases.js';
import { until } from '../doubles/pm2-home.js';
import { ofEachWorker, startSampleShop, status, versions, type SampleShop } from '../doubles/sample-shop.js';
import { beginWatch, BRISK, type Watch } from './watch.js';

let sample: SampleShop;
let watch: Watch;

beforeAll(async () => { sample = await startSampleShop(); });
afterAll(() => sample.stop());
beforeEach(async () => {
  await deployShop(sample.shop, 2);
  await until('the shop to sell', async () => (await ofEachWorker(() => status(sample.shop, '/checkout'))).every((one) => one === 200));
  watch = await beginWatch(config);
  await watch.steady();
  return () => watch.stop();
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
    release: { mode: releases, dir: ${JSON.stringify(places.dir)}, repo: ${JSON.stringify(places.repo)} }
    runbook: { endpoint-failing: [release.rollback], all-endpoints-failing: [release.rollback] }
policy:
  rules: [{ name: the way back is asked for, repair: release.rollback, rung: ask }]
${BRISK}`;
}

const asked = (): Promise<boolean> => recentIncidents(watch.store.db, watch.monitor.ctx.hostId, 5).then((all) => all.some(({ kind, state }) => kind === 'manual' && state === 'resolved'));

async function deployed(...words: readonly string[]): Promise<string> {
  await watch.say('deploy', sample.shop.name, ...words);
  await until('the deploy to end', asked, 60_000);
  return watch.story();
}

async function liveNow(): Promise<string> {
  const launch = await openLaunchOf(watch.store.db, watch.app.id);
  return launch === null ? 'nothing' : ((await getRelease(watch.store.db, launch.releaseId)).commit ?? 'nothing').slice(0, 7);
}

describe('a deploy', () => {
  it('goes live, is proved, and its watch begins by itself', async () => {
    const story = await deployed('v1', '--reason', 'simpler prices');
    expect(await versions(sample.shop)).toEqual(['1.0.0']);
    await until('its launch', async () => (await liveNow()) !== '6ab0c14');
    expect(await watch.say('releases', sample.shop.name, '144eaba'), 'who brought it live').toMatch(/Launched \S+ by tester \(a new release was seen running\)/);
    // When the repository's own tags are read, and when the new launch is seen, is chance; another try finds the trail of the one before.
    expect(story.replace(/hypercare: (?:\d+ other releases|launch of \S+ 144eaba began|found another audit trail).*\n.*\n/g, '')).toMatchInlineSnapshot(`
      "
      hypercare: the monitor began
          watches sample-shop
      hypercare: launch of sample-shop 6ab0c14 began
          first seen
      tester: asked for release.deploy on sample-shop
          through terminal
      tester: release.deploy on sample-shop: auto
          rule asked-by-approver: tester asked for it, and may approve
      tester: release.deploy on sample-shop began
          rule asked-by-approver, plan hash ‹hash›
      hypercare: release.deploy on sample-shop ended: verified
          3 good readings in a row of each of 3 checks
      hypercare: incident over: tester asked for a deploy of v1: simpler prices
          release.deploy brought it live after a while: 3 good readings in a row of each of 3 checks
      "
    `);
    expect(await watch.card()).toMatchInlineSnapshot(`
      "
      ✓ GOOD  sample-shop: 144eaba is live after a while: tester asked for a deploy of v1: simpler prices
        Lasted a while, from ‹clock› to ‹clock›.
        Brought live by a deploy of v1 (144eaba) after a while, which tester asked for; verified by 3 good checks.

        incident ‹id›
      "
    `);
  });

  it('that is not well is gone back from once, and people are told; the same commit needs a reason from then on', async () => {
    const story = await deployed('v3');
    expect(story).toContain('release.deploy is taken back');
    await until('the good version to serve again', async () => (await versions(sample.shop)).join() === '2.0.0');
    expect(await readlink(sample.shop.places.current)).toContain('6ab0c14');
    expect(restartsIn(await actsOn(watch.store.db, watch.app.id, 0)).map(({ by, note }) => `${by}: ${note}`)).toEqual(['us: release.deploy', 'us: undo of release.deploy']);
    const [bad] = (await ledgerOf(watch.store.db, watch.app.id)).filter(({ quarantinedAt }) => quarantinedAt !== null);
    expect(bad).toMatchObject({ verdict: 'bad', verdictReason: expect.stringMatching(/^its deploy failed: http:\/checkout (is still bad|did not stay good)/) });
    expect(await watch.card()).toMatchInlineSnapshot(`
      "
      ! WARNING  sample-shop: 0076708 is not live after a while: tester asked for a deploy of v3
        Lasted a while, from ‹clock› to ‹clock›.
        So 0076708 is not live: http:/checkout is still bad: status 500; what had been done was undone.

        Release  6ab0c14 (watching)

        incident ‹id›
      "
    `);
    expect(await watch.say('deploy', sample.shop.name, 'v3', '--plan')).toMatchInlineSnapshot(`
      "
      ! WARNING  sample-shop: deploy is not possible
        0076708 was found bad (its deploy failed: http:/checkout is still bad: status 500; what had been done was undone); to deploy it all the same say why, with --override "<reason>"
      "
    `);
    expect(await watch.say('deploy', sample.shop.name, 'v3', '--plan', '--override', 'the payment service was down')).toContain('is deployed all the same: the payment service was down');
  });

  it('can be followed by a rehearsal of the way back, which status tells of and nobody who uses the app', async () => {
    await watch.say('restore-point', sample.shop.name, '--reason', 'ran well for a year');
    await deployed('v1');
    await until('its launch', async () => (await liveNow()) === '144eaba');
    await watch.say('rollback', sample.shop.name, '--rehearse');
    await until('the rehearsal to end', async () => (await watch.card()).includes('the way back is'), 60_000);
    expect(await watch.card()).toMatchInlineSnapshot(`
      "
      ✓ GOOD  sample-shop: the way back is open after a while: tester asked for a rehearsal of the way back
        Lasted a while, from ‹clock› to ‹clock›.
        Found by a rehearsal of the way back, which tester asked for: each of its steps was seen to be done, and what is live was not touched.

        incident ‹id›
      "
    `);
    expect(await versions(sample.shop)).toEqual(['1.0.0']);
    expect(await watch.say('status', sample.shop.name)).toContain('The way back to 6ab0c14 was rehearsed');
    expect(await watch.say('rollback', sample.shop.name, '--plan')).toMatch(/it was rehearsed a while ago, and the way was open; the last switch took a while/);
  });

  it('waits for no answer: while people are asked about the app it is refused', async () => {
    await watch.say('restore-point', sample.shop.name, '--reason', 'ran well for a year');
    await deployShop(sample.shop, 3);
    await watch.asked();
    expect(await watch.say('deploy', sample.shop.name, 'v1')).toMatchInlineSnapshot(`
      "
      ! REFUSED  people are being asked about sample-shop, and what they answer is about the release that runs now
        Answer it first: hypercare approve sample-shop, or hypercare deny sample-shop.
      "
    `);
    expect(await watch.say('deny', sample.shop.name)).toBeTruthy();
  });
});
