import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/domain/check.js';
import type { CheckId, EventId } from '../../../src/domain/ids.js';
import { noteAct } from '../../../src/store/acts.js';
import { endDeliveries, planDelivery, retryDeliveries } from '../../../src/store/deliveries.js';
import { eventsSince, tell } from '../../../src/store/events.js';
import { pruneOld, ROLLUP_SPAN_MS, rollUpSlice } from '../../../src/store/pruning.js';
import { insertSample, recentSamples } from '../../../src/store/samples.js';
import { insertSignal, takeSignal, waitingSignals } from '../../../src/store/signals.js';
import { MINUTE, NOW, oneCheck, type Stage } from './stage.js';

const SPAN = NOW - (NOW % ROLLUP_SPAN_MS);
const DAY = 24 * 60 * MINUTE;

export function pruningContract(stage: Stage): void {
  const fill = (check: CheckId, samples: readonly (readonly [offset: number, verdict: Verdict, ms: number | null])[]) => stage.write(async (tx) => {
    for (const [offset, verdict, ms] of samples) await insertSample(tx, { checkId: check, at: SPAN + offset, verdict, ms, values: [], note: null });
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

  describe('pruning', () => {
    const prune = (before: number) => stage.write((tx) => pruneOld(tx, { rollupsBefore: before, eventsBefore: before, actsBefore: before }));

    it('removes rollups, acts, taken signals and told events past keeping, and nothing else', async () => {
      const check = await oneCheck(stage);
      const old = SPAN - 100 * DAY;
      await fill(check, [[old - SPAN, 'good', 1], [0, 'good', 1]]);
      await roll(check, SPAN + 1);
      await stage.write(async (tx) => {
        for (const at of [old, SPAN]) {
          await noteAct(tx, { resourceId: stage.shop, at, by: 'us', kind: 'restart', fingerprint: null, dedupe: stage.unique(`act${at}`), note: null });
          await insertSignal(tx, stage.hostId, { resourceId: null, kind: 'pm2', key: null, body: {}, at });
          await tell(tx, stage.hostId, { kind: 'monitor.started' }, at);
        }
      });
      const [untaken] = await waitingSignals(stage.store.db, stage.hostId, 1);
      const left = async () => ({
        rollups: (await rollups(check)).length,
        acts: (await stage.store.db.selectFrom('acts').select('id').where('resource_id', '=', stage.shop).execute()).length,
        signals: (await stage.store.db.selectFrom('signals').select('id').where('host_id', '=', stage.hostId).execute()).length,
        events: (await eventsSince(stage.store.db, stage.hostId, 0, 9)).length,
      });
      await prune(old);
      expect(await left()).toEqual({ rollups: 2, acts: 2, signals: 2, events: 2 });
      await prune(old + ROLLUP_SPAN_MS);
      expect(await left()).toEqual({ rollups: 1, acts: 1, signals: 2, events: 1 });
      await stage.write((tx) => takeSignal(tx, (untaken as { id: string }).id, NOW));
      expect(await prune(old + ROLLUP_SPAN_MS)).toBeGreaterThan(0);
      expect(await left()).toMatchObject({ signals: 1 });
    });

    it('keeps an event while it is still being delivered, and not for a channel that is gone', async () => {
      const old = NOW - 100 * DAY;
      await stage.write((tx) => tell(tx, stage.hostId, { kind: 'monitor.started' }, old));
      const [event] = await eventsSince(stage.store.db, stage.hostId, 0, 1);
      const id = (event as { id: EventId }).id;
      await stage.store.write(async (tx) => {
        for (const channel of ['slack', 'gone', 'told']) await planDelivery(tx, id, channel, 'due', old);
        await retryDeliveries(tx, [id], 'slack', NOW, 'down');
        await endDeliveries(tx, [id], 'told', 'done', null);
      });
      const channels = async () => (await stage.store.db.selectFrom('deliveries').select('channel').where('event_id', '=', id).execute()).map(({ channel }) => channel);
      await prune(old + DAY);
      expect([await channels(), await eventsSince(stage.store.db, stage.hostId, 0, 9)]).toMatchObject([['slack'], [{ id }]]);
      await stage.store.write((tx) => endDeliveries(tx, [id], 'slack', 'done', null));
      await prune(old + DAY);
      expect([await channels(), await eventsSince(stage.store.db, stage.hostId, 0, 9)]).toEqual([[], []]);
    });
  });
}
