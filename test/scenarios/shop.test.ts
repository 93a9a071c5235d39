import { readlink } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { breakShop } from '../../scripts/shop/break-shop.js';
import { deployShop } from '../../scripts/shop/shop.js';
import { actsOn } from '../../src/store/acts.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { ledgerOf } from '../../src/store/releases.js';
import { until } from '../doubles/pm2-home.js';
import { ofEachWorker, pids, startSampleShop, status, versions, type SampleShop } from '../doubles/sample-shop.js';
import { steppedTime } from '../doubles/stepped-time.js';
import { beginWatch, BRISK, type Watch } from './watch.js';

const HEALS_ITSELF = `
policy:
  rules:
    - { name: shop heals itself, repair: pm2.*, rung: act-and-tell }
    - { name: the way back is asked for, repair: release.rollback, rung: ask }
`;

/** The rollback comes first, so that a story about its question begins with the question. */
const ROLLBACK_FIRST = 'runbook: { endpoint-failing: [release.rollback] }';

let sample: SampleShop;
let watch: Watch | null = null;

beforeAll(async () => {
  sample = await startSampleShop();
});

afterAll(() => sample.stop());

beforeEach(() => async () => {
  await watch?.stop();
  watch = null;
});

function config(parts: { readonly policy: string; readonly app?: string }): (dataDir: string) => string {
  const { name, url, pm2Home, places } = sample.shop;
  return (dataDir) => `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(pm2Home)}
apps:
  ${name}:
    url: ${url}
    endpoints: [{ path: /checkout, critical: true, samples: 1, timeout: 2s }]
    liveness: { path: /health, every: 1s }
    release: { mode: releases, dir: ${JSON.stringify(places.dir)}, repo: ${JSON.stringify(places.repo)} }
    ${parts.app ?? ''}
${parts.policy}${BRISK}`;
}

async function begin(...[parts, options]: [Parameters<typeof config>[0], Parameters<typeof beginWatch>[1]?]): Promise<Watch> {
  watch = await beginWatch(config(parts), options);
  return watch;
}

/** The good release runs and is vouched for; then the bad one goes live. */
async function beginWithBadRelease(...parts: Parameters<typeof begin>): Promise<Watch> {
  await wellAgain();
  const begun = await begin(...parts);
  await begun.say('restore-point', sample.shop.name, '--reason', 'it ran well for a year');
  await breakShop(sample.shop, 'bad-release');
  return begun;
}

/** By hand, as a person would, and no watch looks on. */
async function wellAgain(): Promise<void> {
  await deployShop(sample.shop, 2);
  await until('the shop to sell again', async () => (await ofEachWorker(() => status(sample.shop, '/checkout'))).every((one) => one === 200));
}

interface Standing {
  readonly pids: readonly number[];
  readonly live: string;
}

async function standing(): Promise<Standing> {
  return { pids: await pids(sample.shop), live: await readlink(sample.shop.places.current) };
}

async function ourActs({ store, app }: Watch): Promise<readonly string[]> {
  return (await actsOn(store.db, app.id, 0)).filter((act) => act.by === 'us').map((act) => act.kind);
}

/** So many more looks that whatever was still to come has come. */
async function aWhileLater({ monitor, store, app }: Watch): Promise<void> {
  const { clock } = monitor.ctx;
  const then = clock.monotonic() + 2_000;
  await until('a while to pass', () => clock.monotonic() >= then);
  await monitor.ctx.effects.idle();
  expect((await openLaunchOf(store.db, app.id))?.state).toBe('watching');
}

/** Whether a rung was tried before depends on how soon five readings were bad; what must be told stands in this order. */
function expectOrdered(story: string, lines: readonly string[]): void {
  let from = 0;
  for (const line of lines) {
    const at = story.indexOf(line, from);
    expect(at, `“${line}” after what was told before, in:\n${story}`).toBeGreaterThanOrEqual(0);
    from = at + line.length;
  }
}

/** People were asked, and it is left to them: `answer` is what the story tells of the answer. */
async function staysBad(begun: Watch, before: Standing, answer: string): Promise<void> {
  await begun.incident('escalated');
  await aWhileLater(begun);
  expect(await standing()).toEqual(before);
  expect(await ourActs(begun)).toEqual([]);
  expectOrdered(await begun.story(), [
    'hypercare: launch of sample-shop 6ab0c14 began',
    'tester: restore point: sample-shop 6ab0c14 counts as stable',
    'hypercare: launch of sample-shop 0076708 began',
    'hypercare: release.rollback on sample-shop: ask',
    answer,
    'hypercare: people are needed: /checkout: status 500, some checks in a row over a while',
  ]);
  expect(await begun.card()).toMatch(/needs you/);
}

describe('a shop that is watched', () => {
  it('is mended by a reload when its memory is corrupted, and the mending is proved', async () => {
    const begun = await begin({ policy: HEALS_ITSELF });
    await begun.steady();
    await breakShop(sample.shop, 'errors');
    await begun.incident('resolved');
    expect(await status(sample.shop, '/checkout')).toBe(200);
    expectOrdered(await begun.story(), [
      'hypercare: launch of sample-shop 6ab0c14 began',
      'hypercare: incident on sample-shop',
      'hypercare: pm2.reload on sample-shop: auto',
      'hypercare: pm2.reload on sample-shop began',
      'hypercare: pm2.reload on sample-shop ended: verified',
      'hypercare: incident over',
    ]);
    expect(await begun.card()).toMatch(/good again/);
  });

  it('is only looked at where the policy says observe, and people are told what would have been done', async () => {
    const begun = await begin({ policy: '' });
    await begun.steady();
    const before = await standing();
    await breakShop(sample.shop, 'errors');
    await begun.incident('escalated');
    await aWhileLater(begun);
    expect(await standing()).toEqual(before);
    expect(await ourActs(begun)).toEqual([]);
    expectOrdered(await begun.story(), [
      'hypercare: launch of sample-shop 6ab0c14 began',
      'hypercare: incident on sample-shop',
      'hypercare: people are needed: /checkout: status 500, some checks in a row over a while',
    ]);
    expect(await begun.card()).toMatch(/needs you/);
  });
});

describe('a bad release', () => {
  it('is rolled back on a yes after a reload did not help, is quarantined, and what is restored is watched anew', async () => {
    const begun = await beginWithBadRelease({ policy: HEALS_ITSELF });
    await begun.asked();
    expect(await begun.card()).toMatch(/may I roll back to 6ab0c14\?/);
    expect(await begun.say('approve', sample.shop.name)).toMatch(/your (yes|no) counts|expired/);
    await begun.incident('resolved');
    expect(await versions(sample.shop)).toEqual(['2.0.0']);
    expectOrdered(await begun.story(), [
      'hypercare: launch of sample-shop 6ab0c14 began',
      'tester: restore point: sample-shop 6ab0c14 counts as stable',
      'hypercare: launch of sample-shop 0076708 began',
      'hypercare: release.rollback on sample-shop: ask',
      'tester: said yes to release.rollback',
      'hypercare: release.rollback on sample-shop began',
      'hypercare: release.rollback on sample-shop ended: verified',
      'hypercare: incident over',
      'hypercare: launch of sample-shop 6ab0c14 began',
    ]);
    expect(await begun.card()).toMatch(/good again/);
    const ledger = await ledgerOf(begun.store.db, begun.app.id);
    // Behind what ran stand the tags of its repository.
    expect(ledger.map((release) => [release.verdict, release.quarantinedAt !== null])).toEqual([['bad', true], ['stable', false], ['unwatched', false], ['unwatched', false]]);
    expect(await openLaunchOf(begun.store.db, begun.app.id)).toMatchObject({ releaseId: ledger[1]?.id, autoRollback: false });
  });

  it('stays where a person says no: it is escalated, and nothing is done', async () => {
    const begun = await beginWithBadRelease({ policy: HEALS_ITSELF, app: ROLLBACK_FIRST });
    await begun.asked();
    const before = await standing();
    expect(await begun.say('deny', sample.shop.name)).toMatch(/your (yes|no) counts|expired/);
    await staysBad(begun, before, 'tester: said no to release.rollback');
  });

  it('stays where nobody answers in time, and a yes that comes too late is told so', async () => {
    const time = steppedTime();
    const begun = await beginWithBadRelease({ policy: HEALS_ITSELF, app: ROLLBACK_FIRST }, { time });
    await begun.asked();
    const before = await standing();
    time.step(31 * 60_000);
    expect(await begun.say('approve', sample.shop.name)).toMatch(/your (yes|no) counts|expired/);
    await staysBad(begun, before, 'hypercare: the question about release.rollback expired');
  });

  it('is asked about anew when the plan came to do something else between the question and the yes', async () => {
    const begun = await beginWithBadRelease({ policy: HEALS_ITSELF, app: ROLLBACK_FIRST });
    const { id } = await begun.asked();
    const { live } = await standing();
    await sample.pm2Home.pm2('scale', sample.shop.name, '3');
    await begun.say('approve', sample.shop.name);
    await until('another question', async () => (await begun.asked()).id !== id);
    expect((await standing()).live).toBe(live);
    expect(await ourActs(begun)).toEqual([]);
    expect(await begun.say('approve', sample.shop.name)).toMatch(/your (yes|no) counts|expired/);
    await begun.incident('resolved');
    expect(await versions(sample.shop)).toEqual(['2.0.0']);
    expectOrdered(await begun.story(), [
      'hypercare: launch of sample-shop 6ab0c14 began',
      'tester: restore point: sample-shop 6ab0c14 counts as stable',
      'hypercare: launch of sample-shop 0076708 began',
      'hypercare: release.rollback on sample-shop: ask',
      'tester: said yes to release.rollback',
      'hypercare: release.rollback on sample-shop would now do something else than what was approved',
      'tester: said yes to release.rollback',
      'hypercare: release.rollback on sample-shop began',
      'hypercare: release.rollback on sample-shop ended: verified',
      'hypercare: incident over',
      'hypercare: launch of sample-shop 6ab0c14 began',
    ]);
  });
});
