import { describe, expect, it } from 'vitest';
import { healthScore } from '../../../src/domain/health-score.js';
import { countersOf } from '../../../src/store/counters.js';
import { deploymentOf, registerDeployment } from '../../../src/store/deployments.js';
import { HISTORY } from '../../../src/store/forget.js';
import { incidentsWithRuns } from '../../../src/store/healing.js';
import { openIncident, resolveIncident } from '../../../src/store/incidents.js';
import { draftPlan } from '../../../src/store/plans.js';
import { recentRuns } from '../../../src/store/recent-runs.js';
import { beginRemediation, endRemediation } from '../../../src/store/remediations.js';
import { insertSamples } from '../../../src/store/samples.js';
import { HOST, isNewScore, keepScore, scoresSince } from '../../../src/store/scores.js';
import { tally } from '../../../src/store/tally.js';
import { MINUTE, NOW, oneCheck, type Stage } from './stage.js';

export function booksContract(stage: Stage): void {
  const counted = async (name: string): Promise<Readonly<Record<string, number>>> => Object.fromEntries((await countersOf(stage.store.db, stage.hostId)).filter((one) => one.name === name).map(({ labels, n }) => [Object.values(labels).join(' '), n]));
  const sample = (checkId: number, secondsAgo: number, verdict: 'good' | 'bad') => ({ checkId, at: NOW - secondsAgo * 1_000, verdict, ms: 5, values: [], note: null });

  describe('counters', () => {
    it('count each reading once, by what was read and what it said', async () => {
      const check = await oneCheck(stage);
      await stage.write((tx) => insertSamples(tx, [sample(check, 30, 'good'), sample(check, 20, 'good'), sample(check, 10, 'bad')]));
      await stage.write((tx) => tally(tx, stage.hostId));
      await stage.write((tx) => tally(tx, stage.hostId));
      expect(await counted('readings')).toEqual({ 'shop good': 2, 'shop bad': 1 });
      await stage.write((tx) => insertSamples(tx, [sample(check, 5, 'bad')]));
      await stage.write((tx) => tally(tx, stage.hostId));
      expect(await counted('readings')).toEqual({ 'shop good': 2, 'shop bad': 2 });
    });

    it('keep how long an incident took to be found: from the first bad reading since a good one', async () => {
      const check = await oneCheck(stage);
      await stage.write((tx) => insertSamples(tx, [sample(check, 90, 'bad'), sample(check, 60, 'good'), sample(check, 40, 'bad'), sample(check, 20, 'bad')]));
      await stage.write((tx) => openIncident(tx, { resourceId: stage.shop, launchId: null, kind: 'hang', severity: 'critical', emergency: false, title: 't' }, NOW));
      await stage.write((tx) => openIncident(tx, { resourceId: stage.blog, launchId: null, kind: 'crash-loop', severity: 'critical', emergency: false, title: 't' }, NOW));
      await stage.write((tx) => tally(tx, stage.hostId));
      expect((await incidentsWithRuns(stage.store.db, { hostId: stage.hostId }, 0)).map(({ kind, detectionMs }) => [kind, detectionMs]).sort()).toEqual([['crash-loop', null], ['hang', 40_000]]);
      expect(await counted('detection_seconds_bucket')).toEqual({ 60: 1, 120: 1, 300: 1 });
      expect(Object.keys(await counted('incidents')).length).toBe(2);
    });

    it('keep runs with what became of them, also once they are forgotten', async () => {
      const opened = await stage.write((tx) => openIncident(tx, { resourceId: stage.shop, launchId: null, kind: 'hang', severity: 'critical', emergency: false, title: 't' }, NOW));
      const planId = await stage.write((tx) => draftPlan(tx, { incidentId: opened.id, targetId: stage.shop, repair: 'pm2.kill', args: {}, risk: 'safe', askedBy: null, requestId: null }, NOW));
      const run = await stage.write((tx) => beginRemediation(tx, { planId, resourceId: stage.shop, fingerprint: 'f', fence: stage.fence }, NOW));
      await stage.write((tx) => tally(tx, stage.hostId));
      expect(await counted('runs')).toEqual({});
      await stage.write((tx) => endRemediation(tx, run as never, 'verified', 'it helped', NOW + 4_000));
      await stage.write((tx) => tally(tx, stage.hostId));
      expect((await recentRuns(stage.store.db, stage.hostId, 5)).map(({ repair, state, undone }) => [repair, state, undone])).toEqual([['pm2.kill', 'verified', false]]);
      await stage.write((tx) => resolveIncident(tx, opened.id, 'done', NOW));
      for (const forget of HISTORY) await stage.write((tx) => forget(tx, stage.hostId, NOW + MINUTE));
      await stage.write((tx) => tally(tx, stage.hostId));
      expect(await counted('runs')).toEqual({ 'hypercare verified pm2.kill shop': 1 });
      expect(await counted('run_seconds_sum')).toEqual({ '': 4 });
    });
  });

  describe('scores', () => {
    const score = (name: string) => healthScore({ apps: [], resources: [{ resource: { id: 'r' as never, hostId: stage.hostId, kind: 'host', name, config: {} }, incidents: [], question: null, verdict: 'good', why: '' }], past: [], tickMs: 1, monitorRuns: name !== 'down', pm2Answers: true, now: NOW });

    it('are new where they change, and each hour; old ones are forgotten, but for the newest', async () => {
      const of = { hostId: stage.hostId, subject: HOST };
      for (const [minutes, name] of [[0, 'host'], [1, 'host'], [2, 'down'], [3, 'host'], [8, 'host'], [64, 'host']] as const) if (await isNewScore(stage.store.db, of, score(name), NOW + minutes * MINUTE)) await stage.write((tx) => keepScore(tx, of, score(name), NOW + minutes * MINUTE));
      const kept = async (): Promise<readonly unknown[]> => (await scoresSince(stage.store.db, of, 0)).map((one) => [(one.at - NOW) / MINUTE, one.score]);
      expect(await kept()).toEqual([[0, 100], [2, null], [3, 100], [64, 100]]);
      for (const forget of HISTORY) await stage.write((tx) => forget(tx, stage.hostId, NOW + 120 * MINUTE));
      expect(await kept()).toEqual([[64, 100]]);
    });
  });

  describe('names of deployments', () => {
    it('stand for the app they were registered for last', async () => {
      const of = (appId: typeof stage.shop, at: number) => stage.store.write((tx) => registerDeployment(tx, stage.hostId, { id: 'deploy-123', appId, body: { deploymentId: 'deploy-123' }, at }));
      await of(stage.shop, NOW);
      await of(stage.blog, NOW + 1);
      expect(await deploymentOf(stage.store.db, stage.hostId, 'deploy-123')).toEqual({ id: 'deploy-123', appId: stage.blog, body: { deploymentId: 'deploy-123' }, at: NOW + 1 });
      expect(await deploymentOf(stage.store.db, stage.hostId, 'deploy-124')).toBeNull();
    });
  });
}
