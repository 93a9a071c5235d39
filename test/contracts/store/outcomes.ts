import { describe, expect, it } from 'vitest';
import { LASTS_MS } from '../../../src/domain/learning.js';
import { noteAct } from '../../../src/store/acts.js';
import { debtBy } from '../../../src/store/debts.js';
import { noteFinding } from '../../../src/store/findings.js';
import { openIncident, resolveIncident } from '../../../src/store/incidents.js';
import { openLaunch } from '../../../src/store/launches.js';
import { outcomesOf } from '../../../src/store/outcomes.js';
import { draftPlan, keepDecision } from '../../../src/store/plans.js';
import { enterRelease } from '../../../src/store/releases.js';
import { beginRemediation, endRemediation } from '../../../src/store/remediations.js';
import { MINUTE, NOW, type Stage } from './stage.js';

const DAY = LASTS_MS;

export function outcomesContract(stage: Stage): void {
  /** An incident that is seen at `at`, and a repair of it that ends a minute later. */
  const mended = (at: number, how: { readonly kind?: string; readonly askedBy?: string; readonly fails?: boolean } = {}) => stage.write(async (tx) => {
    const kind = how.kind ?? 'memory';
    const { id: incidentId } = await openIncident(tx, { resourceId: stage.shop, launchId: null, kind, severity: 'warning', emergency: false, title: 'it grows' }, at);
    if (kind !== 'manual') await noteFinding(tx, { incidentId, resourceId: stage.shop, detector: kind, now: at }, { state: 'present', fingerprint: `${kind}:web`, kind, severity: 'warning', emergency: false, title: 'it grows', evidence: [] });
    const planId = await draftPlan(tx, { incidentId, targetId: stage.shop, repair: 'pm2.reload', args: {}, risk: 'safe', askedBy: how.askedBy ?? null, requestId: null }, at);
    await keepDecision(tx, planId, { verdict: 'ask', rule: 'r', why: 'w' }, 'done');
    const run = await beginRemediation(tx, { planId, resourceId: stage.shop, fingerprint: `${kind}:web`, fence: stage.fence }, at);
    await endRemediation(tx, run as never, how.fails ? 'failed' : 'verified', 'said', at + MINUTE);
    await resolveIncident(tx, incidentId, 'over', at + MINUTE);
    await tx.updateTable('findings').set({ closed_at: at + MINUTE, open_key: null }).where('incident_id', '=', incidentId).execute();
  });
  const judged = async (at: number) => (await outcomesOf(stage.store.db, stage.shop, at)).map(({ outcome }) => outcome);

  describe('outcomes of repairs', () => {
    it('know what came back within a day, what lasted, what failed, and what is open', async () => {
      await mended(NOW);
      await mended(NOW + DAY / 2, { fails: true });
      await mended(NOW + 3 * DAY);
      expect(await judged(NOW + 3 * DAY + 2 * MINUTE)).toEqual(['did_not_help', 'did_not_help', 'open']);
      expect(await judged(NOW + 5 * DAY)).toEqual(['did_not_help', 'did_not_help', 'helped']);
      expect((await outcomesOf(stage.store.db, stage.shop, NOW + 5 * DAY))[2]).toMatchObject({ repair: 'pm2.reload', risk: 'safe', kind: 'memory', verdict: 'ask', byHand: false, fingerprint: 'memory:web' });
    });

    it('are judged on what was known at the time that is asked about', async () => {
      await mended(NOW);
      await mended(NOW + DAY / 2);
      expect(await judged(NOW + DAY / 4)).toEqual(['open']);
      expect(await judged(NOW + DAY / 2)).toEqual(['did_not_help']);
      expect(await judged(NOW)).toEqual([]);
    });

    it('do not blame a repair for what came back with another release', async () => {
      await mended(NOW);
      await stage.write(async (tx) => {
        const release = await enterRelease(tx, stage.shop, { commit: 'a'.repeat(40), dir: '/srv/shop', lockHash: null, configHash: null, nodeVersion: null }, NOW);
        await openLaunch(tx, { appId: stage.shop, releaseId: release.id, endsAt: NOW + 3 * DAY, autoRollback: true, why: 'first seen' }, NOW + DAY / 4);
      });
      await mended(NOW + DAY / 2);
      expect(await judged(NOW + 5 * DAY)).toEqual(['helped', 'helped']);
    });

    it('leave out other apps, what people asked for while all was well, and what is three months old', async () => {
      await mended(NOW, { kind: 'manual', askedBy: 'Ann' });
      await mended(NOW + DAY, { askedBy: 'Ann' });
      expect(await outcomesOf(stage.store.db, stage.shop, NOW + 5 * DAY)).toMatchObject([{ byHand: true }]);
      expect(await outcomesOf(stage.store.db, stage.blog, NOW + 5 * DAY)).toEqual([]);
      expect(await outcomesOf(stage.store.db, stage.shop, NOW + 100 * DAY)).toEqual([]);
    });
  });

  describe('healing debt', () => {
    it('is what was done to the app within a week, or within a time that is named', async () => {
      const restarted = (at: number) => stage.write((tx) => noteAct(tx, { resourceId: stage.shop, at, by: 'us', kind: 'restart', fingerprint: null, dedupe: stage.unique(`restart-${at}`), note: 'pm2.restart' }));
      for (const at of [NOW, NOW + 5 * DAY, NOW + 8 * DAY]) await restarted(at);
      expect((await debtBy(stage.store.db, stage.shop, { until: NOW + 8 * DAY })).points).toBe(2);
      expect((await debtBy(stage.store.db, stage.shop, { from: NOW - 1, until: NOW + 6 * DAY })).points).toBe(2);
      expect((await debtBy(stage.store.db, stage.blog, { until: NOW + 8 * DAY })).points).toBe(0);
    });
  });
}
