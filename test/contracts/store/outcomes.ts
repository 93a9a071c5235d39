import { describe, expect, it } from 'vitest';
import { LASTS_MS } from '../../../src/domain/learning.js';
import { noteAct } from '../../../src/store/acts.js';
import { debtBy } from '../../../src/store/debts.js';
import { openLaunch } from '../../../src/store/launches.js';
import { outcomesOf } from '../../../src/store/outcomes.js';
import { enterRelease } from '../../../src/store/releases.js';
import { pastRun, type PastRun } from '../../doubles/past-run.js';
import { MINUTE, NOW, type Stage } from './stage.js';

const DAY = LASTS_MS;

export function outcomesContract(stage: Stage): void {
  const mended = (at: number, how: Partial<PastRun> = {}) => stage.write((tx) => pastRun(tx, { appId: stage.shop, at, verdict: 'ask', ...how }));
  const judged = async (at: number) => (await outcomesOf(stage.store.db, stage.shop, at)).map(({ outcome }) => outcome);

  describe('outcomes of repairs', () => {
    it('know what came back within a day, what lasted, what failed, and what is open', async () => {
      await mended(NOW);
      await mended(NOW + DAY / 2, { state: 'failed' });
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
