import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/domain/check.js';
import { checksOf } from '../../../src/store/checks.js';
import { rollUpSlice } from '../../../src/store/pruning.js';
import { insertSamples } from '../../../src/store/samples.js';
import { seriesOf } from '../../../src/store/series.js';
import { MINUTE, NOW, oneCheck, type Stage } from './stage.js';

export function seriesContract(stage: Stage): void {
  describe('series', () => {
    const START = NOW - (NOW % (10 * MINUTE));
    const measured = async (readings: readonly (readonly [number, Verdict, number | null])[]) => {
      const id = await oneCheck(stage);
      await stage.write((tx) => insertSamples(tx, readings.map(([at, verdict, ms]) => ({ checkId: id, at: START + at, verdict, ms, values: [], note: null }))));
      return id;
    };

    it('count what was measured in each stretch, however it ended, and leave out what lies outside', async () => {
      const id = await measured([[-1, 'good', 1], [0, 'good', 10], [30_000, 'bad', 20], [59_999, 'good', null], [5 * MINUTE, 'unknown', null], [6 * MINUTE, 'error', 7], [20 * MINUTE, 'good', 9]]);
      expect(await seriesOf(stage.store.db, id, { from: START, until: START + 10 * MINUTE, stepMs: MINUTE })).toEqual([
        { at: START, good: 2, bad: 1, unknown: 0, error: 0, timed: 2, msSum: 30, msMax: 20 },
        { at: START + 5 * MINUTE, good: 0, bad: 0, unknown: 1, error: 0, timed: 0, msSum: 0, msMax: null },
        { at: START + 6 * MINUTE, good: 0, bad: 0, unknown: 0, error: 1, timed: 1, msSum: 7, msMax: 7 },
      ]);
    });

    it('are the same where the older half was rolled up', async () => {
      const id = await measured([[0, 'good', 10], [MINUTE, 'bad', 30], [20 * MINUTE, 'good', 20]]);
      const read = () => seriesOf(stage.store.db, id, { from: START, until: NOW + 60 * MINUTE, stepMs: 10 * MINUTE });
      const before = await read();
      expect(before.map(({ good, bad }) => [good, bad])).toEqual([[1, 1], [1, 0]]);
      await stage.write((tx) => rollUpSlice(tx, id, START + 10 * MINUTE));
      expect(await read()).toEqual(before);
    });

    it('are empty where nothing was measured', async () => {
      const id = await measured([]);
      expect([await seriesOf(stage.store.db, id, { from: 0, until: NOW, stepMs: MINUTE }), (await checksOf(stage.store.db, stage.shop)).length > 0]).toEqual([[], true]);
    });
  });
}
