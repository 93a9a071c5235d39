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

describe('a shop that is watched', () => {
  it('is mended by a reload when its memory is corrupted, and the mending is proved', async () => {
    const begun = await begin({ policy: HEALS_ITSELF });
    await begun.steady();
    await breakShop(sample.shop, 'errors');
    await begun.incident('resolved');
    expect(await status(sample.shop, '/checkout')).toBe(200);
    expect(await begun.story()).toMatchInlineSnapshot(`
      "
      hypercare: the monitor began
          watches sample-shop
      hypercare: launch of sample-shop 6ab0c14 began
          first seen
      hypercare: incident on sample-shop: /checkout: status 500, some checks in a row over a while
          status 500 × some; last good a while ago
      hypercare: pm2.reload on sample-shop: auto
          rule shop heals itself: the rule “shop heals itself” lets it act and tell
      hypercare: pm2.reload on sample-shop began
          rule shop heals itself, plan hash ‹hash›
      hypercare: pm2.reload on sample-shop ended: verified
          3 good readings in a row of each of 3 checks
      hypercare: incident over: /checkout: status 500, some checks in a row over a while
          pm2.reload mended it after a while: 3 good readings in a row of each of 3 checks
      "
    `);
    expect(await begun.card()).toMatchInlineSnapshot(`
      "
      ✓ GOOD  sample-shop is good again after a while: /checkout: status 500, some checks in a row over a while
        Lasted a while, from ‹clock› to ‹clock›.
        Mended by pm2.reload after a while; verified by 3 good checks.

        It began a while after release 6ab0c14 went live.

        pm2.reload: helped, after a while

        Release  6ab0c14 (watching)

        incident ‹id›
      "
    `);
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
    expect(await begun.story()).toMatchInlineSnapshot(`
      "
      hypercare: the monitor began
          watches sample-shop
      hypercare: launch of sample-shop 6ab0c14 began
          first seen
      hypercare: incident on sample-shop: /checkout: status 500, some checks in a row over a while
          status 500 × some; last good a while ago
      hypercare: pm2.reload on sample-shop: deny
          rule default: the rule “default” only observes
      hypercare: people are needed: /checkout: status 500, some checks in a row over a while
          would have run pm2.reload, but the rule “default” only observes
      "
    `);
    expect(await begun.card()).toMatchInlineSnapshot(`
      "
      ✗ CRITICAL  sample-shop needs you: /checkout: status 500, some checks in a row over a while
        At ‹clock›: status 500 × some
        last good a while ago

        It began a while after release 6ab0c14 went live.

        pm2.reload: not done: the rule “default” only observes

        hypercare has stopped acting: would have run pm2.reload, but the rule “default” only observes.
        Now: look at its log (pm2 logs sample-shop), and mend it; it is still measured, and this closes by itself once it is good.
        Or ask for one of these: “repair general sample-shop”, “rollback sample-shop --plan”.

        Began    ‹clock›, a while ago
        Release  6ab0c14 (watching)

        incident ‹id›
      "
    `);
  });
});

describe('a bad release', () => {
  it('is rolled back on a yes after a reload did not help, is quarantined, and what is restored is watched anew', async () => {
    const begun = await beginWithBadRelease({ policy: HEALS_ITSELF });
    await begun.asked();
    expect(await begun.card()).toMatchInlineSnapshot(`
      "
      ✗ CRITICAL  sample-shop: /checkout: status 500, some checks in a row over a while – may I roll back to 6ab0c14?
        At ‹clock›: status 500 × some
        never good in the readings looked at

        It began a while after release 0076708 went live.

        pm2.reload: did not help (a while): http:/checkout is still bad: status 500

        May I roll back to 6ab0c14? I ask because the rule “the way back is asked for” asks first. A yes does exactly this:
        1. if a later step fails: ‹dir›/shop/current → ‹dir›/shop/releases/007670884ce7, and sample-shop anew (at most 70 s)
        2. rename ‹dir›/shop/current → ‹dir›/shop/releases/6ab0c1474d7f, now ‹dir›/shop/releases/007670884ce7 (at most 10 s)
        3. pm2 reload sample-shop, or pm2 restart sample-shop while not all of its workers serve (at most 70 s)
        4. look until every worker of sample-shop runs from ‹dir›/shop/releases/6ab0c1474d7f and stays up; else go back (at most 60 s)

        from 0076708 back to 6ab0c14 “Charge delivery below twenty euros”, stable since ‹clock› (marked by tester: it ran well for a year)
        2 files differ: lib/checkout.js, package.json
        neither has a lockfile
        expected downtime: about as long as sample-shop takes to start
        by hand: ln -sfn ‹dir›/shop/releases/6ab0c1474d7f ‹dir›/shop/current && pm2 restart sample-shop
        At most 2 restarts, 1 rollback, 0 migrations.
        Way back: ln -sfn ‹dir›/shop/releases/007670884ce7 ‹dir›/shop/current && pm2 reload sample-shop

        May decide: tester.
        Expires ‹clock›, in 30 min; without an answer nothing is done.

        Began    ‹clock›, a while ago
        Release  0076708 (watching)

        Choices: Do it · Not now · Details
        incident ‹id› · to answer in words: approve sample-shop, deny sample-shop
      "
    `);
    expect(await begun.say('approve', sample.shop.name)).toMatchInlineSnapshot(`
      "
      i INFO  sample-shop: your yes counts; I roll back to 6ab0c14 now
        It is prepared once more first: would it do something else by now, I ask again.
      "
    `);
    await begun.incident('resolved');
    expect(await versions(sample.shop)).toEqual(['2.0.0']);
    expect(await begun.story()).toMatchInlineSnapshot(`
      "
      hypercare: the monitor began
          watches sample-shop
      hypercare: launch of sample-shop 6ab0c14 began
          first seen
      tester: restore point: sample-shop 6ab0c14 counts as stable
          it ran well for a year
      hypercare: launch of sample-shop 0076708 began
          a new release was seen running
      hypercare: incident on sample-shop: /checkout: status 500, some checks in a row over a while
          status 500 × some; never good in the readings looked at
      hypercare: pm2.reload on sample-shop: auto
          rule shop heals itself: the rule “shop heals itself” lets it act and tell
      hypercare: pm2.reload on sample-shop began
          rule shop heals itself, plan hash ‹hash›
      hypercare: pm2.reload on sample-shop ended: failed
          http:/checkout is still bad: status 500
      hypercare: release.rollback on sample-shop: ask
          rule the way back is asked for: the rule “the way back is asked for” asks first
      tester: said yes to release.rollback
          question ‹id›, plan hash ‹hash›, through terminal
      hypercare: release.rollback on sample-shop began
          rule the way back is asked for, plan hash ‹hash›
      hypercare: release.rollback on sample-shop ended: verified
          3 good readings in a row of each of 3 checks
      hypercare: incident over: /checkout: status 500, some checks in a row over a while
          release.rollback mended it after a while: 3 good readings in a row of each of 3 checks
      hypercare: launch of sample-shop 6ab0c14 began
          rolled back to 6ab0c14: /checkout: status 500, some checks in a row over a while
      "
    `);
    expect(await begun.card()).toMatchInlineSnapshot(`
      "
      ✓ GOOD  sample-shop is good again after a while: /checkout: status 500, some checks in a row over a while
        Lasted a while, from ‹clock› to ‹clock›.
        Mended by release.rollback after a while; verified by 3 good checks.

        It began a while after release 0076708 went live.

        pm2.reload: did not help (a while): http:/checkout is still bad: status 500
        release.rollback: helped, after a while

        Asked to roll back to 6ab0c14: tester said yes at ‹clock›; it ran a while.

        Release  0076708 (bad)

        incident ‹id›
      "
    `);
    const ledger = await ledgerOf(begun.store.db, begun.app.id);
    expect(ledger.map((release) => [release.verdict, release.quarantinedAt !== null])).toEqual([['bad', true], ['stable', false]]);
    expect(await openLaunchOf(begun.store.db, begun.app.id)).toMatchObject({ releaseId: ledger[1]?.id, autoRollback: false });
  });

  it('stays where a person says no: it is escalated, and nothing is done', async () => {
    const begun = await beginWithBadRelease({ policy: HEALS_ITSELF, app: ROLLBACK_FIRST });
    await begun.asked();
    const before = await standing();
    expect(await begun.say('deny', sample.shop.name)).toMatchInlineSnapshot(`
      "
      i INFO  sample-shop: your no counts; I do not roll back to 6ab0c14
        Nothing more is done about this one unless somebody asks for it. It is still measured.
      "
    `);
    await begun.incident('escalated');
    await aWhileLater(begun);
    expect(await standing()).toEqual(before);
    expect(await ourActs(begun)).toEqual([]);
    expect(await begun.story()).toMatchInlineSnapshot(`
      "
      hypercare: the monitor began
          watches sample-shop
      hypercare: launch of sample-shop 6ab0c14 began
          first seen
      tester: restore point: sample-shop 6ab0c14 counts as stable
          it ran well for a year
      hypercare: launch of sample-shop 0076708 began
          a new release was seen running
      hypercare: incident on sample-shop: /checkout: status 500, some checks in a row over a while
          status 500 × some; never good in the readings looked at
      hypercare: release.rollback on sample-shop: ask
          rule the way back is asked for: the rule “the way back is asked for” asks first
      tester: said no to release.rollback
          question ‹id›, plan hash ‹hash›, through terminal
      hypercare: people are needed: /checkout: status 500, some checks in a row over a while
          tester said no to release.rollback
      "
    `);
    expect(await begun.card()).toMatchInlineSnapshot(`
      "
      ✗ CRITICAL  sample-shop needs you: /checkout: status 500, some checks in a row over a while
        At ‹clock›: status 500 × some
        never good in the readings looked at

        It began a while after release 0076708 went live.

        release.rollback: not done: the answer was no

        Asked to roll back to 6ab0c14: tester said no at ‹clock›; it was not done.

        hypercare has stopped acting: tester said no to release.rollback.
        Now: look at its log (pm2 logs sample-shop), and mend it; it is still measured, and this closes by itself once it is good.
        Or ask for one of these: “repair general sample-shop”, “rollback sample-shop --plan”.

        Began    ‹clock›, a while ago
        Release  0076708 (watching)

        incident ‹id›
      "
    `);
  });

  it('stays where nobody answers in time, and a yes that comes too late is told so', async () => {
    const time = steppedTime();
    const begun = await beginWithBadRelease({ policy: HEALS_ITSELF, app: ROLLBACK_FIRST }, { time });
    await begun.asked();
    const before = await standing();
    time.step(31 * 60_000);
    expect(await begun.say('approve', sample.shop.name)).toMatchInlineSnapshot(`
      "
      ! WARNING  sample-shop: too late: the question expired at ‹clock›, and nothing was done
        “repair” and “rollback” ask for it anew.
      "
    `);
    await begun.incident('escalated');
    await aWhileLater(begun);
    expect(await standing()).toEqual(before);
    expect(await ourActs(begun)).toEqual([]);
    expect(await begun.story()).toMatchInlineSnapshot(`
      "
      hypercare: the monitor began
          watches sample-shop
      hypercare: launch of sample-shop 6ab0c14 began
          first seen
      tester: restore point: sample-shop 6ab0c14 counts as stable
          it ran well for a year
      hypercare: launch of sample-shop 0076708 began
          a new release was seen running
      hypercare: incident on sample-shop: /checkout: status 500, some checks in a row over a while
          status 500 × some; never good in the readings looked at
      hypercare: release.rollback on sample-shop: ask
          rule the way back is asked for: the rule “the way back is asked for” asks first
      hypercare: the question about release.rollback expired
          nobody answered in time; nothing was done
      hypercare: people are needed: /checkout: status 500, some checks in a row over a while
          nobody answered the question about release.rollback in time; nothing was done
      "
    `);
    expect(await begun.card()).toMatchInlineSnapshot(`
      "
      ✗ CRITICAL  sample-shop needs you: /checkout: status 500, some checks in a row over 31 min
        At ‹clock›: status 500 × some
        never good in the readings looked at

        It began a while after release 0076708 went live.

        release.rollback: not done: nobody answered in time

        Asked to roll back to 6ab0c14: nobody answered until ‹clock›; nothing was done.

        hypercare has stopped acting: nobody answered the question about release.rollback in time; nothing was done.
        Now: look at its log (pm2 logs sample-shop), and mend it; it is still measured, and this closes by itself once it is good.
        Or ask for one of these: “repair general sample-shop”, “rollback sample-shop --plan”.

        Began    ‹clock›, 31 min ago
        Release  0076708 (watching)

        incident ‹id›
      "
    `);
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
    expect(await begun.say('approve', sample.shop.name)).toMatchInlineSnapshot(`
      "
      i INFO  sample-shop: your yes counts; I roll back to 6ab0c14 now
        It is prepared once more first: would it do something else by now, I ask again.
      "
    `);
    await begun.incident('resolved');
    expect(await versions(sample.shop)).toEqual(['2.0.0']);
    expect(await begun.story()).toMatchInlineSnapshot(`
      "
      hypercare: the monitor began
          watches sample-shop
      hypercare: launch of sample-shop 6ab0c14 began
          first seen
      tester: restore point: sample-shop 6ab0c14 counts as stable
          it ran well for a year
      hypercare: launch of sample-shop 0076708 began
          a new release was seen running
      hypercare: incident on sample-shop: /checkout: status 500, some checks in a row over a while
          status 500 × some; never good in the readings looked at
      hypercare: release.rollback on sample-shop: ask
          rule the way back is asked for: the rule “the way back is asked for” asks first
      tester: said yes to release.rollback
          question ‹id›, plan hash ‹hash›, through terminal
      hypercare: release.rollback on sample-shop would now do something else than what was approved
          the plan hash changed between the question and the yes
      tester: said yes to release.rollback
          question ‹id›, plan hash ‹hash›, through terminal
      hypercare: release.rollback on sample-shop began
          rule the way back is asked for, plan hash ‹hash›
      hypercare: release.rollback on sample-shop ended: verified
          3 good readings in a row of each of 3 checks
      hypercare: incident over: /checkout: status 500, some checks in a row over a while
          release.rollback mended it after a while: 3 good readings in a row of each of 3 checks
      hypercare: launch of sample-shop 6ab0c14 began
          rolled back to 6ab0c14: /checkout: status 500, some checks in a row over a while
      "
    `);
  });
});
