import { expect, it } from 'vitest';
import { launchSighted } from '../../../monitoring/stages/launching.js';
import type { Incident } from '../../../src/domain/incident.js';
import type { Resource } from '../../../src/domain/resource.js';
import { noteAct } from '../../../src/store/acts.js';
import { checksOf } from '../../../src/store/checks.js';
import { eventsOf } from '../../../src/store/events.js';
import { getIncident, openIncident } from '../../../src/store/incidents.js';
import { getLaunch, openLaunchOf } from '../../../src/store/launches.js';
import { draftPlan, getPlan } from '../../../src/store/plans.js';
import { ask, questionOf } from '../../../src/store/questions.js';
import { insertSamples } from '../../../src/store/samples.js';
import type { Db } from '../../../src/store/schema.js';
import { givenOnce } from '../../doubles/given.js';
import { appOf, quietShop } from './quiet-shop.js';

const START = Date.UTC(2026, 10, 22, 10, 0, 0);
const [OLD, NEW] = ['a'.repeat(40), 'b'.repeat(40)];

const watched = quietShop(START, { given: givenOnce });

class Undone extends Error {}

/** Runs in one transaction that is taken back, so that neither the monitor nor the next test meets it. */
async function tried<T>(fn: (tx: Db, app: Resource) => Promise<T>): Promise<T> {
  const { store } = watched;
  const app = await appOf(watched);
  const results: T[] = [];
  await store.write(async (tx) => {
    results.push(await fn(tx, app));
    throw new Undone();
  }).catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
  return results[0] as T;
}

const sight = (tx: Db, app: Resource, commit: string, startedAt: number | null) =>
  launchSighted(tx, watched.monitor.ctx, app, { release: { commit, dir: '/srv/shop', lockHash: null, configHash: null, nodeVersion: null }, startedAt });

const trouble = (tx: Db, app: Resource, launchId: Incident['launchId'], openedAt: number) =>
  openIncident(tx, { resourceId: app.id, launchId, kind: 'endpoint-failing', severity: 'critical', emergency: false, title: '/ fails' }, openedAt);

/** The old release runs, trouble opens, the new release is seen. */
async function upgraded(tx: Db, app: Resource, at: { readonly openedAt: number; readonly startedAt: number | null }): Promise<Incident> {
  await sight(tx, app, OLD, START - 100_000);
  const { id } = await trouble(tx, app, (await openLaunchOf(tx, app.id))?.id ?? null, at.openedAt);
  await sight(tx, app, NEW, at.startedAt);
  return getIncident(tx, id);
}

it('what began after the new release began goes on in its launch, on the same card, and is not told as over', async () => {
  const seen = await tried(async (tx, app) => {
    await sight(tx, app, OLD, START - 100_000);
    const { id } = await trouble(tx, app, null, START - 1_000);
    const planId = await draftPlan(tx, { incidentId: id, targetId: app.id, repair: 'pm2.reload', args: {}, risk: 'safe', askedBy: null, requestId: null }, START);
    await tx.updateTable('plans').set({ state: 'asked' }).where('id', '=', planId).execute();
    await ask(tx, { planId, appId: app.id, hash: 'x', need: 1, role: 'approver', barred: null, note: null, expiresAt: START + 1 }, START);
    await sight(tx, app, NEW, START - 5_000);
    return { incident: await getIncident(tx, id), launch: await openLaunchOf(tx, app.id), plan: await getPlan(tx, planId), question: await questionOf(tx, planId), events: await eventsOf(tx, id) };
  });
  expect(seen.incident).toMatchObject({ state: 'open', launchId: seen.launch?.id, rung: 0 });
  expect(seen.incident.nextAt).toBeGreaterThan(START);
  expect(seen.plan).toMatchObject({ state: 'cancelled', why: 'release bbbbbbb is live now, and it was prepared for the one before' });
  expect(seen.question).toMatchObject({ state: 'cancelled' });
  expect(seen.events.map(({ kind }) => kind)).toEqual(['question.closed', 'incident.changed']);
  expect(seen.events.at(-1)?.body).toEqual({ launch: seen.launch?.id });
});

it('what the new release mended is closed as superseded', async () => {
  const incident = await tried((tx, app) => upgraded(tx, app, { openedAt: START - 60_000, startedAt: START + 5_000 }));
  expect(incident).toMatchObject({ state: 'resolved', reason: 'superseded by release bbbbbbb' });
});

it('so is what cannot be told, because nobody knows when the new release began', async () => {
  const incident = await tried((tx, app) => upgraded(tx, app, { openedAt: START - 60_000, startedAt: null }));
  expect(incident.state).toBe('resolved');
});

it('what is still measured as bad after the new release began is not mended', async () => {
  const incident = await tried(async (tx, app) => {
    const [check] = await checksOf(tx, app.id);
    if (!check) throw new Error('no check');
    await insertSamples(tx, [{ checkId: check.id, at: START + 9_000, verdict: 'bad', ms: 1, values: [], note: 'status 500' }]);
    return upgraded(tx, app, { openedAt: START - 60_000, startedAt: START + 5_000 });
  });
  expect(incident.state).toBe('open');
});

it('a new release that crashes belongs to the restart which brought it, however late its present run began', async () => {
  const incident = await tried(async (tx, app) => {
    await noteAct(tx, { resourceId: app.id, at: START - 30_000, kind: 'restart', fingerprint: null, dedupe: 'brought', note: null, by: 'person' });
    return upgraded(tx, app, { openedAt: START - 20_000, startedAt: START + 5_000 });
  });
  expect(incident.state).toBe('open');
});

it.each([
  ['from when the new release began to run, what is measured is not charged to the one before', START - 5_000, START - 5_000],
  ['a release never ends before it began', START - 500_000, START - 100_000],
] as const)('%s', async (_, startedAt, endedAt) => {
  const launch = await tried(async (tx, app) => {
    await sight(tx, app, OLD, START - 100_000);
    await tx.updateTable('launches').set({ started_at: START - 100_000 }).execute();
    const old = await openLaunchOf(tx, app.id);
    await sight(tx, app, NEW, startedAt);
    return getLaunch(tx, old?.id as never);
  });
  expect(launch).toMatchObject({ state: 'superseded', endedAt });
});

it('nor is it over where nobody’s restart was seen, and PM2 starts the new release again and again', async () => {
  const incident = await tried(async (tx, app) => {
    for (const at of [START - 30_000, START - 10_000, START + 4_000]) await noteAct(tx, { resourceId: app.id, at, kind: 'restart', fingerprint: null, dedupe: `crash:${at}`, note: null, by: 'pm2' });
    return upgraded(tx, app, { openedAt: START - 20_000, startedAt: START + 5_000 });
  });
  expect(incident.state).toBe('open');
});
