import { describe, expect, it } from 'vitest';
import type { PersonId, RequestId } from '../../../src/domain/ids.js';
import { personNamed, syncPeople } from '../../../src/store/people.js';
import { endRequest, putRequest, requestStatus, takeRequest, waitingRequests } from '../../../src/store/requests.js';
import type { Store } from '../../../src/store/store.js';
import { withdrawRequest } from '../../../src/store/withdraw-request.js';
import { NOW, type Stage } from './stage.js';

export function requestsContract(stage: Stage): void {
  const ann = async (): Promise<PersonId> => {
    await stage.write((tx) => syncPeople(tx, stage.hostId, [{ name: stage.unique('ann'), role: 'operator', accounts: [] }], NOW));
    return ((await personNamed(stage.store.db, stage.hostId, stage.unique('ann'))) as { id: PersonId }).id;
  };
  const put = (personId: PersonId, key: string, store: Store = stage.store) =>
    store.write((tx) => putRequest(tx, stage.hostId, { resourceId: stage.shop, verb: 'repair', args: { kind: 'pm2.reload' }, personId, via: 'slack', key: stage.unique(key) }, NOW));
  const waiting = async () => (await waitingRequests(stage.store.db, stage.hostId)).map(({ id }) => id);

  describe('requests', () => {
    it('are one for every redelivery of one wish, on two connections at once too', async () => {
      const who = await ann();
      const ids = await Promise.all([put(who, 'k'), put(who, 'k', stage.another()), put(who, 'k')]);
      expect(new Set(ids).size).toBe(1);
      expect(await waiting()).toEqual([ids[0]]);
      expect(await put(who, 'other')).not.toBe(ids[0]);
    });

    it('wait until they are ended, also when the monitor died over them', async () => {
      const id = await put(await ann(), 'k');
      expect(await waitingRequests(stage.store.db, stage.hostId)).toMatchObject([{ id, verb: 'repair', args: { kind: 'pm2.reload' }, personName: stage.unique('ann'), via: 'slack', at: NOW }]);
      // The second time: after a crash.
      for (const n of [1, 2]) expect(await stage.write((tx) => takeRequest(tx, id, NOW + n))).toBe(true);
      expect([await waiting(), await requestStatus(stage.store.db, id)]).toEqual([[id], { taken: true, result: null }]);
      await stage.write((tx) => endRequest(tx, id, { ok: true, data: { incident: 'i' } }, NOW + 3));
      expect([await waiting(), await requestStatus(stage.store.db, id)]).toEqual([[], { taken: true, result: { ok: true, data: { incident: 'i' } } }]);
      const row = await stage.store.db.selectFrom('requests').select(['taken_at', 'ended_at']).where('id', '=', id).executeTakeFirst();
      expect(row).toEqual({ taken_at: NOW + 1, ended_at: NOW + 3 });
    });

    it('that end without having been taken count as taken then', async () => {
      const id = await put(await ann(), 'k');
      await stage.write((tx) => endRequest(tx, id, { ok: false, code: 'denied', errorClass: 'denied', message: 'no', mend: null }, NOW + 3));
      expect(await requestStatus(stage.store.db, id)).toMatchObject({ taken: true, result: { ok: false, code: 'denied' } });
    });

    it('are withdrawn or taken, never both', async () => {
      const who = await ann();
      const [free, taken] = [await put(who, 'free'), await put(who, 'taken')];
      const withdraw = (id: RequestId) => stage.another().write((tx) => withdrawRequest(tx, id, NOW + 1));
      await stage.write((tx) => takeRequest(tx, taken, NOW));
      expect([await withdraw(free), await withdraw(free), await withdraw(taken)]).toEqual([true, false, false]);
      expect(await stage.write((tx) => takeRequest(tx, free, NOW + 2))).toBe(false);
      expect(await waiting()).toEqual([taken]);
      expect(await requestStatus(stage.store.db, free)).toMatchObject({ taken: true, result: { ok: false, code: 'request.withdrawn' } });
    });
  });
}
