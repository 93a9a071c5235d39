import { beforeEach, describe, expect, it } from 'vitest';
import { ladderFor, learnedNotes } from '../../../monitoring/stages/ladder.js';
import { nextRung, plan } from '../../../monitoring/stages/plan.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { Incident } from '../../../src/domain/incident.js';
import type { Resource } from '../../../src/domain/resource.js';
import { drawPlain } from '../../../src/cards/plain.js';
import { whyCard } from '../../../src/cards/why-card.js';
import type { ReleaseVerdict } from '../../../src/domain/release.js';
import { checksOf } from '../../../src/store/checks.js';
import { noteFinding } from '../../../src/store/findings.js';
import { incidentView } from '../../../src/store/incident-view.js';
import { openIncident } from '../../../src/store/incidents.js';
import { openLaunch } from '../../../src/store/launches.js';
import { plansOf } from '../../../src/store/plans.js';
import { enterRelease, judgeRelease } from '../../../src/store/releases.js';
import { insertSamples } from '../../../src/store/samples.js';
import { spansOf } from '../../../src/store/spans.js';
import { pastRun } from '../../doubles/past-run.js';
import { until } from '../../doubles/pm2-home.js';
import { appOf, quietShop } from './quiet-shop.js';

const DAY = 24 * 3_600_000;
const START = Date.UTC(2026, 10, 22, 10, 0, 0);

const watched = quietShop(START);
let ctx: StageContext;
let app: Resource;
beforeEach(async () => {
  ctx = watched.monitor.ctx;
  app = await appOf(watched);
});

/** So many runs of a repair against endpoint-failing, two days apart, of which the first ones helped. */
async function ran(repair: string, helped: number, runs: number, back = 60): Promise<void> {
  await watched.store.write(async (tx) => {
    for (let n = 0; n < runs; n += 1) await pastRun(tx, { appId: app.id, at: START - (back - 2 * n) * DAY, repair, kind: 'endpoint-failing', state: n < helped ? 'verified' : 'failed' });
  });
}

async function fails(change: { readonly kind?: string; readonly emergency?: boolean } = {}): Promise<Incident> {
  return watched.store.write((tx) => openIncident(tx, { resourceId: app.id, launchId: null, kind: 'endpoint-failing', severity: 'critical', emergency: false, title: '/checkout: status 500', ...change }, START));
}

const seen = (incident: Incident): Promise<unknown> => watched.store.write((tx) => noteFinding(tx, { incidentId: incident.id, resourceId: app.id, detector: 'endpoint-failing', now: START }, { state: 'present', fingerprint: 'endpoint-failing:web', kind: 'endpoint-failing', severity: 'critical', emergency: false, title: incident.title, evidence: [] }));

const order = async (incident: Incident): Promise<readonly string[]> => (await ladderFor(ctx, incident, app)).map(({ repair }) => repair);

/** The shop runs a release whose launch began two minutes ago, and there is an older one that was good. */
async function runs(verdict: ReleaseVerdict): Promise<void> {
  await watched.store.write(async (tx) => {
    const release = async (commit: string, found: ReleaseVerdict, at: number) => {
      const { id } = await enterRelease(tx, app.id, { commit, dir: '/srv/shop', lockHash: null, configHash: null, nodeVersion: null }, at);
      await judgeRelease(tx, id, found, 'for the test', at);
      return id;
    };
    await release('a'.repeat(40), 'stable', START - 9 * DAY);
    const releaseId = await release('b'.repeat(40), verdict, START - 120_000);
    await openLaunch(tx, { appId: app.id, releaseId, endsAt: START + 3 * DAY, autoRollback: false, why: 'deployed' }, START - 120_000);
  });
}

describe('an emergency in a young launch', () => {
  it('goes to the rollback at once where nobody knows the release', async () => {
    await runs('watching');
    expect(await nextRung(ctx, await fails({ emergency: true }), app)).toMatchObject({ repair: 'release.rollback', passed: expect.stringContaining('at once in a young release') });
  });

  it('takes the ordinary rungs first where memory runs out: after a reload there is time to decide', async () => {
    await runs('watching');
    const incident = await fails({ kind: 'memory', emergency: true });
    expect(await nextRung(ctx, incident, app)).toMatchObject({ repair: 'pm2.collect-garbage', n: 0 });
    expect(await nextRung(ctx, { ...incident, rung: 2, failed: 1 }, app)).toMatchObject({ repair: 'release.rollback' });
  });

  it('takes the ordinary rungs first where the release was found good, and the rollback after one of them in vain', async () => {
    await runs('stable');
    const incident = await fails({ emergency: true });
    expect(await nextRung(ctx, incident, app)).toMatchObject({ repair: 'pm2.reload', n: 0, passed: null });
    expect(await nextRung(ctx, { ...incident, rung: 1, failed: 1 }, app)).toMatchObject({ repair: 'release.rollback' });
  });
});

describe('the ladder of an incident', () => {
  it('is the runbook’s while too little is known', async () => {
    await ran('pm2.reload', 0, 3);
    await ran('pm2.restart', 8, 8, 40);
    const incident = await fails();
    expect(await order(incident)).toEqual(['pm2.reload', 'pm2.restart', 'release.rollback']);
    expect((await nextRung(ctx, incident, app))?.learned).toBeNull();
  });

  it('begins with what is known to help more, and keeps the rest', async () => {
    await ran('pm2.reload', 1, 4);
    await ran('pm2.restart', 7, 8, 40);
    const incident = await fails();
    expect(await order(incident)).toEqual(['pm2.restart', 'pm2.reload', 'release.rollback']);
    expect(await nextRung(ctx, incident, app)).toMatchObject({ n: 0, repair: 'pm2.restart', learned: 'pm2.restart helped 7 of 8 times (at least 53 %), pm2.reload 1 of 4' });
    expect(await nextRung(ctx, { ...incident, rung: 1 }, app)).toMatchObject({ n: 1, repair: 'pm2.reload', learned: null });
  });

  it('passes over what was tried for the same problem within a day, and says so', async () => {
    await watched.store.write((tx) => pastRun(tx, { appId: app.id, at: START - 3_600_000, repair: 'pm2.reload', kind: 'endpoint-failing', state: 'verified' }));
    const incident = await fails();
    await seen(incident);
    expect(await nextRung(ctx, incident, app)).toMatchObject({ n: 1, repair: 'pm2.restart', passed: 'pm2.reload ran for the same problem in the last 24 h, and it came back' });
    expect(await nextRung(ctx, { ...incident, rung: 1 }, app)).toMatchObject({ n: 1, passed: null });
  });

  it('is not changed by what helped against something else', async () => {
    await ran('pm2.reload', 1, 4);
    await ran('pm2.restart', 7, 8, 40);
    expect(await order(await fails({ kind: 'latency' }))).toEqual(['pm2.reload', 'pm2.restart', 'release.rollback']);
  });

  it('stays what it was when the incident began, whatever its own repairs came to', async () => {
    await ran('pm2.reload', 1, 4);
    await ran('pm2.restart', 4, 4, 40);
    const incident = await fails();
    const before = await order(incident);
    expect(before).toEqual(['pm2.restart', 'pm2.reload', 'release.rollback']);
    await watched.store.write(async (tx) => {
      await tx.updateTable('incidents').set({ open_resource: null }).where('id', '=', incident.id).execute();
      for (let n = 1; n < 6; n += 1) await pastRun(tx, { appId: app.id, at: START + n * 3_600_000, repair: 'pm2.restart', kind: 'endpoint-failing', state: 'failed' });
    });
    expect(await order(incident)).toEqual(before);
  });

  it('is told where it differs from the runbook’s: in why, and to whoever is asked', async () => {
    await ran('pm2.reload', 1, 4);
    await ran('pm2.restart', 7, 8, 40);
    const incident = await fails();
    await seen(incident);
    // It is still wrong once the app has had its time to boot: else nothing is planned.
    const [check] = await checksOf(watched.store.db, app.id);
    await watched.store.write((tx) => insertSamples(tx, [{ checkId: check?.id as number, at: START + 1, verdict: 'bad', ms: null, values: [], note: 'shop is errored' }]));
    await until('the plan', async () => {
      await plan.run(ctx);
      return (await plansOf(watched.store.db, incident.id)).length > 0;
    });
    const view = await incidentView(watched.store.db, incident.id);
    expect(view.plans[0]).toMatchObject({ repair: 'pm2.restart' });
    const drawn = drawPlain(whyCard(view, await spansOf(watched.store.db, view.incident), { now: START, timeZone: 'UTC' }), { width: 300, color: false });
    expect(drawn).toContain('pm2.restart is tried before its turn in the runbook (pm2.restart helped 7 of 8 times (at least 53 %), pm2.reload 1 of 4; for endpoint-failing the order is pm2.restart, pm2.reload, release.rollback)');
    expect(await learnedNotes(ctx, 'pm2.restart', { incident, resource: app })).toEqual(['It is tried before its turn in the runbook: pm2.restart helped 7 of 8 times (at least 53 %), pm2.reload 1 of 4.']);
    expect(await learnedNotes(ctx, 'pm2.reload', { incident, resource: app })).toEqual([]);
  });
});
