import { describe, expect, it } from 'vitest';
import { hostByName } from '../../../src/store/hosts.js';
import { fenced } from '../../../src/store/fenced.js';
import { openIncidentOf } from '../../../src/store/incidents.js';
import { poking } from '../../../src/store/poking.js';
import { noteAct } from '../../../src/store/acts.js';
import { NOW, openOn, type Stage } from './stage.js';

const WRITES = 40;

export function writesContract(stage: Stage): void {
  describe('writing', () => {
    it('loses nothing of two connections that write at once', async () => {
      const other = fenced(stage.another(), stage.hostId, stage.fence);
      const note = (store: typeof other, from: string) => Array.from({ length: WRITES }, (_, n) =>
        store.write((tx) => noteAct(tx, { resourceId: stage.shop, at: NOW, by: 'pm2', kind: 'restart', fingerprint: null, dedupe: stage.unique(`${from}-${n}`), note: null })));
      const before = await hostByName(stage.store.db, stage.hostName);
      expect(await Promise.all([...note(stage.own, 'a'), ...note(other, 'b')])).toEqual(Array.from({ length: 2 * WRITES }, () => true));
      const after = await hostByName(stage.store.db, stage.hostName);
      expect(after?.rev).toBe((before?.rev ?? 0) + 2 * WRITES);
      const rows = await stage.store.db.selectFrom('acts').select((eb) => eb.fn.countAll<number>().as('n')).where('resource_id', '=', stage.shop).executeTakeFirstOrThrow();
      expect(rows.n).toBe(2 * WRITES);
    });

    it('keeps nothing of a transaction that throws, and tells that error', async () => {
      await expect(stage.write(async (tx) => {
        await openOn(tx, stage.shop);
        throw new Error('half way');
      })).rejects.toThrow('half way');
      expect(await openIncidentOf(stage.store.db, stage.shop)).toBeNull();
      await stage.write((tx) => openOn(tx, stage.shop));
    });

    it('shows others nothing before it is committed', async () => {
      const other = stage.another();
      await stage.write(async (tx) => {
        await openOn(tx, stage.shop);
        expect(await openIncidentOf(other.db, stage.shop)).toBeNull();
        expect(await openIncidentOf(tx, stage.shop)).not.toBeNull();
      });
      expect(await openIncidentOf(other.db, stage.shop)).not.toBeNull();
    });

    it('pokes after a commit alone', async () => {
      let pokes = 0;
      const store = poking(stage.own, async () => void (pokes += 1));
      await store.write((tx) => openOn(tx, stage.shop));
      expect(pokes).toBe(1);
      await expect(store.write((tx) => openOn(tx, stage.shop))).rejects.toThrow();
      expect(pokes).toBe(1);
    });
  });
}
