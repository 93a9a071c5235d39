import { describe, expect, it } from 'vitest';
import { checksOf } from '../../../src/store/checks.js';
import { ledgerOf } from '../../../src/store/releases.js';
import { releasedWatches } from './released.js';

const STORY = { timeout: 180_000 } as const;

const begin = releasedWatches();

describe('a rollback over migrations', () => {
  it('is not done by the machine, whatever its rung: a person is asked, and told why', STORY, async () => {
    const shop = await begin('migrated');
    await shop.deploy('v2', { 'migrations/002_vouchers.sql': 'drop table coupons;' });
    shop.breaks('v2');
    await shop.begun.asked();
    expect([await shop.runs(), await shop.rollbacks()]).toEqual(['v2', 0]);
    expect(await shop.story()).toMatchInlineSnapshot(`
      "
      hypercare: the monitor began
          watches migrated
      hypercare: launch of migrated v1 began
          first seen
      tester: restore point: migrated v1 counts as stable
          it ran well for a year
      hypercare: launch of migrated v2 began
          a new release was seen running
      hypercare: incident on migrated: /checkout: status 500, some checks in a row over a while
          status 500 × some; last good a while ago
      hypercare: release.rollback is what can be tried
          for endpoint-failing the runbook has nothing else
      hypercare: release.rollback on migrated: ask
          rule risk:migrations: 1 migration lies between the two releases, and the older code may not stand the newer schema
      "
    `);
    expect(shop.named(await shop.begun.card())).toContain('1 migration lies between the two releases');
  });
});

describe('a bad commit', () => {
  it('is rolled back once and quarantined; seen again, and within a day, people are asked and told', STORY, async () => {
    const shop = await begin('quarantined');
    await shop.deploy('v2');
    shop.breaks('v2');
    await shop.begun.incident('resolved');
    expect([await shop.runs(), await shop.rollbacks()]).toEqual(['v1', 1]);
    await shop.redeploy('v2');
    shop.breaks('v2');
    await shop.begun.asked();
    expect([await shop.runs(), await shop.rollbacks()]).toEqual(['v2', 1]);
    expect(await shop.story()).toMatchInlineSnapshot(`
      "
      hypercare: the monitor began
          watches quarantined
      hypercare: launch of quarantined v1 began
          first seen
      tester: restore point: quarantined v1 counts as stable
          it ran well for a year
      hypercare: launch of quarantined v2 began
          a new release was seen running
      hypercare: incident on quarantined: /checkout: status 500, some checks in a row over a while
          status 500 × some; last good a while ago
      hypercare: release.rollback is what can be tried
          for endpoint-failing the runbook has nothing else
      hypercare: release.rollback on quarantined: auto
          the rule “default” lets it act and tell
      hypercare: release.rollback on quarantined began
          rule default, plan hash ‹hash›
      hypercare: release.rollback on quarantined ended: verified
          3 good readings in a row of each of 3 checks
      hypercare: incident over: /checkout: status 500, some checks in a row over a while
          release.rollback mended it after a while: 3 good readings in a row of each of 3 checks
      hypercare: launch of quarantined v1 began
          rolled back to v1: /checkout: status 500, some checks in a row over a while
      hypercare: launch of quarantined v2 began
          it runs again, though it was found bad (rolled back: /checkout: status 500, some checks in a row over a while)
      hypercare: incident on quarantined: /checkout: status 500, some checks in a row over a while
          status 500 × some; last good a while ago
      hypercare: release.rollback is what can be tried
          for endpoint-failing the runbook has nothing else
      hypercare: release.rollback on quarantined: ask
          rule budget:rollbacks: a rollback of it was begun in 24 h already, by itself or by hand
      "
    `);
    expect((await ledgerOf(shop.begun.store.db, shop.begun.app.id)).map(({ verdict, quarantinedAt }) => [verdict, quarantinedAt !== null])).toEqual([['bad', true], ['stable', false]]);
  });
});

describe('a release that was rolled back to and fails the same check', () => {
  it('stops the machine: the check is the suspect, it is trusted no more, and a person is called', STORY, async () => {
    const shop = await begin('misjudged');
    await shop.deploy('v2');
    shop.breaks('outside');
    const { reason } = await shop.begun.incident('escalated');
    expect(reason).toContain('The release that was good before fails http:/checkout too');
    expect([await shop.runs(), await shop.rollbacks()]).toEqual(['v1', 1]);
    expect((await checksOf(shop.begun.store.db, shop.begun.app.id)).filter(({ trusted }) => !trusted).map(({ name }) => name)).toEqual(['http:/checkout']);
    expect(await shop.story()).toMatchInlineSnapshot(`
      "
      hypercare: the monitor began
          watches misjudged
      hypercare: launch of misjudged v1 began
          first seen
      tester: restore point: misjudged v1 counts as stable
          it ran well for a year
      hypercare: launch of misjudged v2 began
          a new release was seen running
      hypercare: incident on misjudged: /checkout: status 500, some checks in a row over a while
          status 500 × some; last good a while ago
      hypercare: release.rollback is what can be tried
          for endpoint-failing the runbook has nothing else
      hypercare: release.rollback on misjudged: auto
          the rule “default” lets it act and tell
      hypercare: release.rollback on misjudged began
          rule default, plan hash ‹hash›
      hypercare: release.rollback on misjudged ended: failed
          http:/checkout is still bad: status 500
      hypercare: people are needed: /checkout: status 500, some checks in a row over a while
          release.rollback did not help: http:/checkout is still bad: status 500. It is not rolled back a second time. The release that was good before fails http:/checkout too: the check or something outside is the suspect, and it is not trusted until a person begins a launch
      "
    `);
    expect(shop.named(await shop.begun.card())).toMatchInlineSnapshot(`
      "
      ✗ CRITICAL  misjudged needs you: /checkout: status 500, some checks in a row over a while
        At ‹clock›: status 500 × some
        never good in the readings looked at

        It began a while after release v2 went live.

        release.rollback: did not help (a while): http:/checkout is still bad: status 500

        hypercare has stopped acting: release.rollback did not help: http:/checkout is still bad: status 500. It is not rolled back a second time. The release that was good before fails http:/checkout too: the check or something outside is the suspect, and it is not trusted until a person begins a launch.
        Now: look at its log (pm2 logs misjudged), and mend it; it is still measured, and this closes by itself once it is good.
        Or ask for one of these: “repair general misjudged”, “rollback misjudged --plan”.

        Began    ‹clock›, a while ago
        Release  v2 (watching)

        incident ‹id›
      "
    `);
  });
});

describe('a loop that the older release goes on with', () => {
  it('is not blamed on the checks: people are asked to end it, whatever the rung, and it stays stopped', STORY, async () => {
    const shop = await begin('looping', { loop: 'release.rollback, pm2.stop' });
    await shop.deploy('v2');
    shop.breaks('dead');
    await shop.begun.asked();
    expect(shop.named(await shop.begun.card())).toContain('pm2 stop looping');
    expect([await shop.rollbacks(), (await checksOf(shop.begun.store.db, shop.begun.app.id)).filter(({ trusted }) => !trusted)]).toEqual([1, []]);
    expect(await shop.story()).toMatch(/release.rollback on looping ended: failed[^]*pm2.stop on looping: ask/);
    await shop.begun.say('approve', 'looping');
    expect((await shop.begun.incident('escalated')).reason).toContain('pm2.stop: done; nothing is proved, because it ended what could be measured; it stays so until somebody goes back: pm2 restart looping');
    expect((await shop.begun.monitor.ctx.io.pm2.list()).filter(({ name }) => name === 'looping').map(({ status }) => status)).toEqual(['stopped']);
  });
});

describe('a release that dies at its boot', () => {
  it.each([['in cluster mode', 2], ['in fork mode', undefined]] as const)('%s is seen to be what runs, and rolled back', STORY, async (_mode, cluster) => {
    const shop = await begin(`dies-${cluster ?? 1}`, { ...(cluster === undefined ? {} : { cluster }) });
    await shop.deployDead('v2');
    await shop.begun.incident('resolved');
    expect([await shop.runs(), await shop.rollbacks()]).toEqual(['v1', 1]);
    const story = await shop.story();
    expect(story).toContain(`launch of dies-${cluster ?? 1} v2 began`);
    expect(story).not.toContain('by hand');
  });
});
