import { describe, expect, it } from 'vitest';
import type { Hold } from '../../../src/domain/hold.js';
import { takeFence } from '../../../src/store/hosts.js';
import { activeHolds, beginHold, endHold, getHold, holdUntil, isSilenced, lastHoldEnd, openHolds, type NewHold } from '../../../src/store/holds.js';
import { MINUTE, NOW, type Stage } from './stage.js';

export function holdsContract(stage: Stage): void {
  describe('holds', () => {
    const hold = (change: Partial<NewHold> = {}, now = NOW): Promise<Hold | null> =>
      stage.write((tx) => beginHold(tx, stage.hostId, { kind: 'freeze', scope: '*', author: 'Ann', reason: 'r', until: null, key: null, ...change }, now));
    const reasons = async (now: number): Promise<readonly string[]> => (await activeHolds(stage.store.db, stage.hostId, now)).map(({ reason }) => reason);

    it('are in force until before their end, the endless ones until they are lifted', async () => {
      await hold({ reason: 'short', until: NOW + 1 });
      const endless = (await hold({ reason: 'endless' }, NOW + 1)) as Hold;
      expect([await reasons(NOW), await reasons(NOW + 1)]).toEqual([['short', 'endless'], ['endless']]);
      expect(await stage.write((tx) => endHold(tx, endless.id, 'Bob', NOW + MINUTE))).toBe(true);
      expect(await stage.write((tx) => endHold(tx, endless.id, 'Ann', NOW + MINUTE))).toBe(false);
      expect(await reasons(NOW + 1)).toEqual([]);
      expect(await getHold(stage.store.db, endless.id)).toEqual({ ...endless, endedAt: NOW + MINUTE, endedBy: 'Bob' });
    });

    it('stay open when their time is up, until somebody has said so', async () => {
      await hold({ until: NOW });
      expect(await reasons(NOW)).toEqual([]);
      expect(await openHolds(stage.store.db, stage.hostId)).toHaveLength(1);
    });

    it('of one key are one at a time, and tell when the last one ended', async () => {
      const of = { kind: 'flap', key: 'flap:shop' } as const;
      const first = (await hold(of)) as Hold;
      expect(await hold(of)).toBeNull();
      expect(await lastHoldEnd(stage.store.db, stage.hostId, of)).toBeNull();
      await stage.write((tx) => endHold(tx, first.id, 'Ann', NOW + 7));
      expect(await lastHoldEnd(stage.store.db, stage.hostId, of)).toBe(NOW + 7);
      expect(await hold(of)).not.toBeNull();
    });

    it('can be made longer', async () => {
      const { id } = (await hold({ until: NOW + 1 })) as Hold;
      await stage.write((tx) => holdUntil(tx, id, null));
      expect(await reasons(NOW + MINUTE)).toEqual(['r']);
    });

    it('hold nothing on another host of the same store', async () => {
      await hold({ key: 'k' });
      const other = await stage.store.write((tx) => takeFence(tx, stage.unique('other'), NOW));
      expect(await activeHolds(stage.store.db, other.id, NOW)).toEqual([]);
      expect(await stage.store.write((tx) => beginHold(tx, other.id, { kind: 'freeze', scope: '*', author: 'Ann', reason: 'r', until: null, key: 'k' }, NOW))).not.toBeNull();
    });

    it('silence the apps in their scope and no others', async () => {
      await hold({ kind: 'silence', scope: 'shop-*,blog' });
      const silent = (name: string): Promise<boolean> => isSilenced(stage.store.db, stage.hostId, { name, now: NOW });
      expect([await silent('shop-web'), await silent('blog'), await silent('shop')]).toEqual([true, true, false]);
      expect(await hold({ kind: 'freeze', scope: 'shop' }).then(() => silent('shop'))).toBe(false);
    });
  });
}
