import { describe, expect, it } from 'vitest';
import { actsOn, noteAct } from '../../../src/store/acts.js';
import { insertSignal, takeSignal, waitingSignals } from '../../../src/store/signals.js';
import type { Store } from '../../../src/store/store.js';
import { MINUTE, NOW, type Stage } from './stage.js';

export function actsContract(stage: Stage): void {
  describe('acts', () => {
    const note = (dedupe: string, at = NOW, store: Store = stage.store) =>
      store.write((tx) => noteAct(tx, { resourceId: stage.shop, at, by: 'pm2', kind: 'restart', fingerprint: null, dedupe: stage.unique(dedupe), note: 'signal SIGKILL' }));

    it('are counted once, however often and from wherever they are seen', async () => {
      expect(await note('a')).toBe(true);
      expect(await note('a', NOW + 1)).toBe(false);
      expect((await Promise.all([note('b'), note('b', NOW, stage.another())])).sort()).toEqual([false, true]);
      expect(await actsOn(stage.store.db, stage.shop, 0)).toHaveLength(2);
    });

    it('count in a window that moves on, oldest first', async () => {
      for (const n of [3, 1, 2]) await note(`n${n}`, NOW + n);
      expect((await actsOn(stage.store.db, stage.shop, NOW + 1)).map(({ at }) => at - NOW)).toEqual([2, 3]);
      expect(await actsOn(stage.store.db, stage.blog, 0)).toEqual([]);
    });
  });

  it('of ours are counted, however many PM2 makes in a crash loop', async () => {
    await stage.write(async (tx) => {
      await noteAct(tx, { resourceId: stage.shop, at: NOW, by: 'us', kind: 'rollback', fingerprint: null, dedupe: stage.unique('ours'), note: null });
      for (let n = 0; n < 2_100; n += 1) await noteAct(tx, { resourceId: stage.shop, at: NOW + 1 + n, by: 'pm2', kind: 'restart', fingerprint: null, dedupe: stage.unique(`loop ${n}`), note: null });
    });
    const acts = await actsOn(stage.store.db, stage.shop, 0);
    expect([acts.filter(({ by }) => by === 'us').length, acts.at(0)?.kind, acts.length <= 2_001]).toEqual([1, 'rollback', true]);
  });

  describe('signals', () => {
    const come = (key: string | null, at = NOW) => stage.store.write((tx) => insertSignal(tx, stage.hostId, { resourceId: stage.shop, kind: 'pm2', key: key && stage.unique(key), body: { at }, at }));
    const waiting = () => waitingSignals(stage.store.db, stage.hostId, 9);

    it('of one key are one, and of no key are many', async () => {
      for (const key of ['a', 'a', null, null]) await come(key);
      expect(await waiting()).toHaveLength(3);
    });

    it('wait in the order they came until they are taken', async () => {
      await come('late', NOW + MINUTE);
      await come('early', NOW);
      const [first, second] = await waiting();
      expect([first, second]).toMatchObject([{ at: NOW, body: { at: NOW }, kind: 'pm2', resourceId: stage.shop }, { at: NOW + MINUTE }]);
      await stage.write((tx) => takeSignal(tx, (first as { id: string }).id, NOW));
      expect(await waiting()).toEqual([second]);
      await come('early');
      expect(await waiting()).toEqual([second]);
      expect(await waitingSignals(stage.store.db, stage.hostId, 0)).toEqual([]);
    });
  });
}
