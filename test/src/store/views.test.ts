import { describe, expect, it } from 'vitest';
import { drawPlain } from '../../../src/cards/plain.js';
import { incidentCard } from '../../../src/cards/incident-card.js';
import { incidentsEndingWith } from '../../../src/store/find-incidents.js';
import { incidentView } from '../../../src/store/incident-view.js';
import { launchView } from '../../../src/store/launch-view.js';
import { endLaunch, openLaunch } from '../../../src/store/launches.js';
import { closeQuestion } from '../../../src/store/questions.js';
import { intendStep } from '../../../src/store/journal.js';
import { beginRemediation, endRemediation } from '../../../src/store/remediations.js';
import { putRequest, requestStatus, takeRequest } from '../../../src/store/requests.js';
import { insertSamples } from '../../../src/store/samples.js';
import { resolveIncident } from '../../../src/store/incidents.js';
import { checksOf } from '../../../src/store/checks.js';
import { whoMay } from '../../../src/store/who-may.js';
import { withdrawRequest } from '../../../src/store/withdraw-request.js';
import { personOf } from '../../../src/store/people.js';
import { stageOfEachTest } from '../commands/spoken.js';
import { asked, broken, launched, release, watchShop } from '../commands/stage.js';
import { BEGAN, MINUTE } from '../cards/views.js';

const stage = stageOfEachTest();

describe('the view of an incident', () => {
  it('holds findings, plans, runs with their journal, the question with its answers and who may decide', async () => {
    const incident = await broken(stage);
    const { plan, question } = await asked(stage, incident);
    await stage.store.write(async (tx) => {
      const id = await beginRemediation(tx, { planId: plan.id, resourceId: stage.shop, fingerprint: 'x', fence: 1 }, BEGAN);
      await intendStep(tx, { remediationId: id as never, dir: 'do', n: 0, name: 'switch', deadlineAt: BEGAN, fence: 1 }, BEGAN);
    });
    const view = await incidentView(stage.store.db, incident.id);
    expect(view).toMatchObject({
      incident: { id: incident.id }, resource: { name: 'shop' }, findings: [{ title: incident.title, open: true }], plans: [{ id: plan.id }],
      remediations: [{ repair: 'release.rollback', state: 'running', steps: [{ name: 'switch', state: 'intended' }] }], question: { id: question.id, answers: [] }, approvers: ['Ann', 'Bob'],
    });
    expect(drawPlain(incidentCard(view, { now: BEGAN, timeZone: 'UTC' }), { width: 80, color: false })).toContain('release.rollback: running');
  });

  it('prefers the open question to one asked later and closed', async () => {
    const incident = await broken(stage);
    const first = await asked(stage, incident);
    await stage.store.write((tx) => closeQuestion(tx, first.question.id, 'expired', 'nobody', BEGAN));
    stage.now += MINUTE;
    const second = await asked(stage, incident);
    expect((await incidentView(stage.store.db, incident.id)).question?.id).toBe(second.question.id);
    await stage.store.write((tx) => closeQuestion(tx, second.question.id, 'denied', 'Ann', BEGAN));
    expect((await incidentView(stage.store.db, incident.id)).question?.id).toBe(second.question.id);
  });

  it('tells the release that was launched from the one that runs after a rollback', async () => {
    const bad = await launched(stage, '4f2a91c');
    const incident = await broken(stage);
    await stage.store.db.updateTable('incidents').set({ launch_id: bad.id }).execute();
    const good = await release(stage, '9d1e003', true);
    await stage.store.write(async (tx) => {
      await endLaunch(tx, bad.id, 'rolled_back', BEGAN + MINUTE);
      await openLaunch(tx, { appId: stage.shop, releaseId: good.id, endsAt: BEGAN + 2 * MINUTE, autoRollback: false, why: 'rolled back' }, BEGAN + MINUTE);
    });
    expect(await incidentView(stage.store.db, incident.id)).toMatchObject({ launch: { id: bad.id }, launched: { commit: '4f2a91c'.padEnd(40, '0') }, release: { id: good.id } });
  });

  it('names the release that ran when it ended, whatever runs by now', async () => {
    const first = await launched(stage, '4f2a91c');
    const incident = await broken(stage);
    await stage.store.write((tx) => resolveIncident(tx, incident.id, 'over', BEGAN + MINUTE));
    const next = await release(stage, '77aa001');
    await stage.store.write(async (tx) => {
      await endLaunch(tx, first.id, 'superseded', BEGAN + 5 * MINUTE);
      await openLaunch(tx, { appId: stage.shop, releaseId: next.id, endsAt: BEGAN, autoRollback: true, why: 'new' }, BEGAN + 5 * MINUTE);
    });
    expect((await incidentView(stage.store.db, incident.id)).release?.id).toBe(first.releaseId);
  });
});

describe('the view of a launch', () => {
  it('counts readings, incidents and repairs since it began, and knows the way back', async () => {
    const good = await release(stage, '9d1e003', true);
    await watchShop(stage, 'good', BEGAN - MINUTE);
    const launch = await launched(stage);
    const incident = await broken(stage);
    await stage.store.db.updateTable('incidents').set({ launch_id: launch.id }).execute();
    const { plan } = await asked(stage, incident);
    const [check] = await checksOf(stage.store.db, stage.shop);
    await stage.store.write(async (tx) => {
      for (const [n, verdict] of (['good', 'good', 'bad', 'error'] as const).entries()) await insertSamples(tx, [{ checkId: check?.id as number, at: BEGAN + n, verdict, ms: 1, values: [], note: null }]);
      await tx.insertInto('rollups').values({ check_id: check?.id as number, span_ms: 600_000, at: BEGAN + MINUTE, n: 10, good: 9, bad: 0, unknown: 1, error: 0, ms_min: 1, ms_max: 1, ms_sum: 10 }).execute();
      const run = await beginRemediation(tx, { planId: plan.id, resourceId: stage.shop, fingerprint: 'x', fence: 1 }, BEGAN);
      await endRemediation(tx, run as never, 'failed', 'still bad', BEGAN);
    });
    expect(await launchView(stage.store.db, launch.id)).toMatchObject({
      wayBack: { release: { id: good.id }, why: 'passed its watch' }, incidents: [{ id: incident.id }], repairs: [{ repair: 'release.rollback', times: 1 }], readings: { good: 11, bad: 1, unknown: 1, error: 1 },
    });
  });
});

describe('small lookings', () => {
  it('finds incidents by the end of their id, and nothing by nothing', async () => {
    const incident = await broken(stage);
    expect(await incidentsEndingWith(stage.store.db, stage.hostId, incident.id.slice(-5))).toMatchObject([{ id: incident.id }]);
    expect(await incidentsEndingWith(stage.store.db, stage.hostId, '%')).toEqual([]);
  });

  it('knows who may', async () => {
    expect((await whoMay(stage.store.db, stage.hostId, 'approver')).map(({ name }) => name)).toEqual(['Ann', 'Bob']);
    expect((await whoMay(stage.store.db, stage.hostId, 'viewer')).map(({ name }) => name)).toEqual(['Ann', 'Bob', 'Otto', 'Vera']);
  });

  it('takes a request back only before it was taken', async () => {
    const ann = await personOf(stage.store.db, stage.hostId, { platform: 'terminal', userId: 'ann' });
    const put = (key: string) => stage.store.write((tx) => putRequest(tx, stage.hostId, { resourceId: stage.shop, verb: 'launch', args: {}, personId: ann?.id as never, via: 'terminal', key }, BEGAN));
    const [free, taken] = [await put('a'), await put('b')];
    await stage.store.write((tx) => takeRequest(tx, taken, BEGAN));
    expect(await stage.store.write((tx) => withdrawRequest(tx, free, BEGAN))).toBe(true);
    expect(await stage.store.write((tx) => withdrawRequest(tx, free, BEGAN))).toBe(false);
    expect(await stage.store.write((tx) => withdrawRequest(tx, taken, BEGAN))).toBe(false);
    expect(await requestStatus(stage.store.db, taken)).toEqual({ taken: true, result: null });
  });
});
