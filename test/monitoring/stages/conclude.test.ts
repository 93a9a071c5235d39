import { beforeEach, describe, expect, it } from 'vitest';
import { conclude } from '../../../monitoring/stages/conclude.js';
import type { RemediationId, ResourceId } from '../../../src/domain/ids.js';
import { noteAct } from '../../../src/store/acts.js';
import { checksOf } from '../../../src/store/checks.js';
import { getIncident, openIncident } from '../../../src/store/incidents.js';
import { launchView } from '../../../src/store/launch-view.js';
import { openLaunch, scheduleLaunch } from '../../../src/store/launches.js';
import { draftPlan, movePlan } from '../../../src/store/plans.js';
import { enterRelease, judgeRelease } from '../../../src/store/releases.js';
import { beginRemediation, endRemediation, settle } from '../../../src/store/remediations.js';
import { insertSamples } from '../../../src/store/samples.js';
import { until } from '../../doubles/pm2-home.js';
import { appOf, quietShop } from './quiet-shop.js';

const HOUR = 3_600_000;
const END = Date.UTC(2026, 10, 25, 10, 0, 0);
const BEGAN = END - 72 * HOUR;

const watched = quietShop(END + 2 * 60_000);
let shop: ResourceId;
beforeEach(async () => {
  shop = (await appOf(watched)).id;
});

/** A launch whose 72 h are over, measured well, with restarts at these hours of it. */
async function ended(restartsAt: readonly number[], { verdict = 'good', stood = false }: { readonly verdict?: 'good' | 'error'; readonly stood?: boolean } = {}) {
  const { ctx } = watched.monitor;
  const [check] = await checksOf(watched.store.db, shop);
  const id = await watched.store.write(async (tx) => {
    const release = await enterRelease(tx, shop, { commit: 'a'.repeat(40), dir: '/srv/shop', lockHash: null, configHash: null, nodeVersion: null }, BEGAN);
    const launch = await openLaunch(tx, { appId: shop, releaseId: release.id, endsAt: END, autoRollback: true, why: 'first seen' }, BEGAN);
    if (stood) await judgeRelease(tx, release.id, 'stable', 'passed its watch in March', BEGAN);
    for (let n = 1; n <= 72; n += 1) await insertSamples(tx, [{ checkId: check?.id as number, at: BEGAN + n * HOUR, verdict, ms: 5, values: [], note: null }]);
    for (const hour of restartsAt) await noteAct(tx, { resourceId: shop, at: BEGAN + hour * HOUR, by: hour % 2 === 0 ? 'us' : 'pm2', kind: 'restart', fingerprint: null, dedupe: `restart-${hour}`, note: hour % 2 === 0 ? 'pm2.reload' : 'exited with code 1' });
    await scheduleLaunch(tx, launch.id, { ticksMade: 72, nextTickAt: null, nextAt: null });
    return launch.id;
  });
  await until('the end of the launch', async () => {
    await conclude.run(ctx);
    return (await launchView(watched.store.db, id)).launch.endedAt !== null;
  });
  return launchView(watched.store.db, id);
}

describe('the end of a launch', () => {
  it('is stable where nothing was repaired, whatever was before it', async () => {
    const { launch, release, debt } = await ended([-2, -4, -6, -8, -10, -12, -14]);
    expect([launch.state, debt.points]).toEqual(['stable', 0]);
    expect(release.verdictReason).toMatch(/^passed its watch: \d+ readings, no open incident$/);
  });

  it('that saw nothing proves nothing of a release, and takes nothing from one that was good before: it stays a way back', async () => {
    const { launch, release } = await ended([], { verdict: 'error', stood: true });
    expect([launch.state, release.verdict, release.verdictReason]).toEqual(['unproven', 'stable', 'passed its watch in March']);
  });

  it('that saw nothing of a new release leaves it unproven', async () => {
    const { launch, release } = await ended([], { verdict: 'error' });
    expect([launch.state, release.verdict]).toEqual(['unproven', 'unproven']);
  });

  it('is stable and says what it owes to a few restarts', async () => {
    const { launch, release } = await ended([1, 20, 40, 60]);
    expect(launch.state).toBe('stable');
    expect(release.verdictReason).toContain('passed its watch, but only because of 4 restarts');
  });

  it('is not proven where it lived by being restarted', async () => {
    const { launch, release } = await ended([1, 10, 20, 30, 40, 50, 60]);
    expect([launch.state, release.verdict, release.verdictReason]).toEqual(['unproven', 'unproven', 'only 7 restarts kept it going']);
  });
});

describe('an incident whose problem is gone', () => {
  it.each([
    { what: 'an endpoint that answers again', kind: 'endpoint-failing', title: '/: status 500', by: null, says: /^good again by itself after / },
    { what: 'an app that a person restarted meanwhile', kind: 'endpoint-failing', title: '/: status 500', by: 'person', says: /^good again after .*: somebody started it$/ },
    { what: 'an app that PM2 restarted meanwhile', kind: 'endpoint-failing', title: '/: status 500', by: 'pm2', says: /^good again by itself after / },
    { what: 'a deleted entry that is there again', kind: 'process-down', title: "shop is not in PM2's list: 0 of 0 instances online", by: null, says: /^good again after .*: it was started again$/ },
    { what: 'a loop that PM2 had given up, and whose last start was its own', kind: 'process-down', title: 'shop is errored: 0 of 1 instances online', by: 'pm2', says: /^good again by itself after / },
    { what: 'an app that a person restarted and that PM2 brought back from crashes after that', kind: 'process-down', title: 'shop is stopped: 0 of 1 instances online', by: 'person, then pm2', says: /^good again by itself after / },
    { what: 'a worker that somebody let go on', kind: 'standstill', title: '1 of 2 processes of shop stands still', by: null, says: /^good again after .*: what stood still goes on$/ },
    { what: 'a process that PM2 launches anew', kind: 'process-down', title: 'shop is waiting restart: 0 of 1 instances online', by: null, says: /^good again by itself after / },
  ] as const)('$what says who or what put it right', async ({ kind, title, by, says }) => {
    const { ctx } = watched.monitor;
    const now = ctx.clock.now();
    const { id } = await watched.store.write((tx) => openIncident(tx, { resourceId: shop, launchId: null, kind, severity: 'critical', emergency: false, title }, now - 5_000));
    const starters = by === null ? [] : by === 'person, then pm2' ? (['person', 'pm2'] as const) : [by];
    for (const [n, who] of starters.entries()) await watched.store.write((tx) => noteAct(tx, { resourceId: shop, at: now - 2_000 + n, by: who, kind: 'restart', fingerprint: null, dedupe: `meanwhile-${n}`, note: null }));
    await until('the end of the incident', async () => {
      await conclude.run(ctx);
      return (await getIncident(watched.store.db, id)).state === 'resolved';
    });
    expect((await getIncident(watched.store.db, id)).reason).toMatch(says);
  });

  const STEP = 'step “reload shop” was not done within 70 s';
  it.each([
    { what: 'a repair that was not done to its end', how: 'broken off', starter: false, says: `good again after pm2.reload, which was not done to its end: ${STEP}` },
    { what: 'a repair that was done and did not help in its time', how: 'judged', starter: false, says: 'good again after pm2.reload, which was not proved to help: / was still bad' },
    { what: 'a repair that a freeze stopped before its first step', how: 'frozen', starter: false, says: /^good again by itself after / },
    { what: 'such a repair, and somebody who started it after that', how: 'broken off', starter: true, says: /^good again after .*: somebody started it$/ },
  ] as const)('after $what says so', async ({ how, starter, says }) => {
    const { ctx } = watched.monitor;
    const now = ctx.clock.now();
    const id = await watched.store.write(async (tx) => {
      const incident = await openIncident(tx, { resourceId: shop, launchId: null, kind: 'standstill', severity: 'critical', emergency: false, title: '2 of 2 processes of shop stand still' }, now - 90_000);
      const planId = await draftPlan(tx, { incidentId: incident.id, targetId: shop, repair: 'pm2.reload', args: {}, risk: 'safe', askedBy: null, requestId: null }, now - 80_000);
      const run = (await beginRemediation(tx, { planId, resourceId: shop, fingerprint: 'standstill:pm2', fence: ctx.fence }, now - 79_000)) as RemediationId;
      if (how === 'judged') await settle(tx, run, now - 60_000, now - 30_000);
      await endRemediation(tx, run, how === 'frozen' ? 'unclear' : 'failed', how === 'judged' ? '/ was still bad' : how === 'frozen' ? 'step “reload shop” was not begun: Ann froze it' : STEP, now - 8_000);
      await movePlan(tx, planId, 'drafted', 'done');
      if (starter) await noteAct(tx, { resourceId: shop, at: now - 2_000, by: 'person', kind: 'restart', fingerprint: null, dedupe: 'by-hand', note: null });
      return incident.id;
    });
    await until('the end of the incident', async () => {
      await conclude.run(ctx);
      return (await getIncident(watched.store.db, id)).state === 'resolved';
    });
    const { reason } = await getIncident(watched.store.db, id);
    if (typeof says === 'string') expect(reason).toBe(says);
    else expect(reason).toMatch(says);
  });
});
