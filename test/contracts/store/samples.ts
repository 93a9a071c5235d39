import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../src/domain/check.js';
import { rollUpSlice } from '../../../src/store/pruning.js';
import { insertSamples, newestSample, newestSamples, recentSamples } from '../../../src/store/samples.js';
import { NOW, oneCheck, type Stage } from './stage.js';

export function samplesContract(stage: Stage): void {
  describe('samples', () => {
    it('of one check at one millisecond are one', async () => {
      const checkId = await oneCheck(stage);
      const sample: Sample = { checkId, at: NOW, verdict: 'good', ms: 12.25, values: [200, null], note: null };
      await stage.write((tx) => insertSamples(tx, [sample]));
      await stage.write((tx) => insertSamples(tx, [{ ...sample, verdict: 'bad', note: 'later' }]));
      expect(await recentSamples(stage.store.db, checkId, 0, 9)).toEqual([sample]);
    });

    it('come back the newest, oldest first, after a time', async () => {
      const checkId = await oneCheck(stage);
      await stage.write(async (tx) => {
        for (const n of [3, 1, 4, 2, 0]) await insertSamples(tx, [{ checkId, at: NOW + n, verdict: 'good', ms: n, values: [], note: null }]);
      });
      const times = async (since: number, limit: number) => (await recentSamples(stage.store.db, checkId, since, limit)).map(({ at }) => at - NOW);
      expect([await times(0, 9), await times(0, 2), await times(NOW + 2, 9), await times(NOW + 4, 9)]).toEqual([[0, 1, 2, 3, 4], [3, 4], [3, 4], []]);
      expect(await newestSample(stage.store.db, checkId)).toMatchObject({ at: NOW + 4, ms: 4 });
    });

    it('are told by the newest of each check at one look, also after older ones came late, and none that were rolled up', async () => {
      const checkId = await oneCheck(stage);
      const look = async () => [...(await newestSamples(stage.store.db, stage.shop)).values()].map(({ at }) => at - NOW);
      const made = (at: number): Sample => ({ checkId, at: NOW + at, verdict: 'good', ms: at, values: [], note: null });
      expect(await look()).toEqual([]);
      await stage.write((tx) => insertSamples(tx, [made(3), made(1)]));
      await stage.write((tx) => insertSamples(tx, [made(2)]));
      expect([await look(), (await newestSample(stage.store.db, checkId))?.at]).toEqual([[3], NOW + 3]);
      await stage.write((tx) => rollUpSlice(tx, checkId, NOW + 9));
      expect([await look(), await newestSample(stage.store.db, checkId)]).toEqual([[], null]);
    });

    it('are none of a check that was never measured', async () => {
      expect(await newestSample(stage.store.db, await oneCheck(stage))).toBeNull();
    });
  });
}
