import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/domain/check.js';
import type { CheckId } from '../../../src/domain/ids.js';
import { ROLLUP_SPAN_MS, rollUpSlice } from '../../../src/store/pruning.js';
import { insertSamples, recentSamples } from '../../../src/store/samples.js';
import { NOW, oneCheck, type Stage } from './stage.js';

const SPAN = NOW - (NOW % ROLLUP_SPAN_MS);

export function pruningContract(stage: Stage): void {
  const fill = (check: CheckId, samples: readonly (readonly [offset: number, verdict: Verdict, ms: number | null])[]) => stage.write(async (tx) => {
    for (const [offset, verdict, ms] of samples) await insertSamples(tx, [{ checkId: check, at: SPAN + offset, verdict, ms, values: [], note: null }]);
  });
  const roll = (check: CheckId, before: number) => stage.write((tx) => rollUpSlice(tx, check, before));
  const rollups = (check: CheckId) => stage.store.db.selectFrom('rollups').selectAll().where('check_id', '=', check).orderBy('at').execute();

  describe('rolling up', () => {
    it('moves old samples into ten-minute sums, and leaves the young ones', async () => {
      const check = await oneCheck(stage);
      await fill(check, [[0, 'good', 10], [1, 'bad', 30.5], [2, 'unknown', null], [3, 'error', null], [ROLLUP_SPAN_MS, 'good', 7], [ROLLUP_SPAN_MS + 5, 'good', 9]]);
      expect(await roll(check, SPAN + ROLLUP_SPAN_MS + 5)).toBe(5);
      expect(await rollups(check)).toEqual([
        { check_id: check, span_ms: ROLLUP_SPAN_MS, at: SPAN, n: 4, good: 1, bad: 1, unknown: 1, error: 1, ms_min: 10, ms_max: 30.5, ms_sum: 40.5 },
        { check_id: check, span_ms: ROLLUP_SPAN_MS, at: SPAN + ROLLUP_SPAN_MS, n: 1, good: 1, bad: 0, unknown: 0, error: 0, ms_min: 7, ms_max: 7, ms_sum: 7 },
      ]);
      expect((await recentSamples(stage.store.db, check, 0, 9)).map(({ at }) => at)).toEqual([SPAN + ROLLUP_SPAN_MS + 5]);
      expect(await roll(check, SPAN + ROLLUP_SPAN_MS + 5)).toBe(0);
    });

    it('adds to a sum that stands, in slices', async () => {
      const check = await oneCheck(stage);
      await fill(check, Array.from({ length: 501 }, (_, n) => [n, 'good', n + 1] as const));
      expect([await roll(check, SPAN + 600), await roll(check, SPAN + 600)]).toEqual([500, 1]);
      await fill(check, [[600, 'bad', null]]);
      await roll(check, SPAN + 601);
      expect(await rollups(check)).toMatchObject([{ n: 502, good: 501, bad: 1, ms_min: 1, ms_max: 501, ms_sum: 501 * 251 }]);
    });

    it('counts nothing twice when it is killed before its commit', async () => {
      const check = await oneCheck(stage);
      await fill(check, [[0, 'good', 1], [1, 'good', 2]]);
      await expect(stage.write(async (tx) => {
        await rollUpSlice(tx, check, SPAN + 9);
        throw new Error('killed');
      })).rejects.toThrow('killed');
      expect([await rollups(check), await recentSamples(stage.store.db, check, 0, 9)]).toMatchObject([[], [{ ms: 1 }, { ms: 2 }]]);
      await roll(check, SPAN + 9);
      await roll(check, SPAN + 9);
      expect(await rollups(check)).toMatchObject([{ n: 2, ms_sum: 3 }]);
    });
  });
}
