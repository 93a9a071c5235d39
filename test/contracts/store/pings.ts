import { describe, expect, it } from 'vitest';
import { DEAF_MS } from '../../../src/domain/job.js';
import { hearPings, notePing, pingsOf, type Ping } from '../../../src/store/pings.js';
import { MINUTE, NOW, type Stage } from './stage.js';

export function pingsContract(stage: Stage): void {
  describe('pings', () => {
    const id = (): string => stage.unique('job');
    const ping = (what: Ping, at: number) => stage.write((tx) => notePing(tx, stage.hostId, { id: id(), ping: what, at }));
    const hear = (ids: readonly string[], at: number) => stage.write((tx) => hearPings(tx, stage.hostId, ids, at));
    const known = () => pingsOf(stage.store.db, id());
    const rows = async (): Promise<number> => (await stage.store.db.selectFrom('pings').select('id').where('host_id', '=', stage.hostId).execute()).length;

    it('have one row for each job, however often it pings', async () => {
      for (let n = 0; n < 20; n += 1) await ping({ kind: 'end', exit: n }, NOW + n);
      expect([await rows(), await known()]).toMatchObject([1, { since: NOW, endedAt: NOW + 19, exit: 19, startedAt: null, ranMs: null }]);
    });

    it('tell how long a run took, from its own start alone', async () => {
      await ping({ kind: 'start' }, NOW);
      await ping({ kind: 'end', exit: 0 }, NOW + MINUTE);
      expect(await known()).toMatchObject({ startedAt: NOW, endedAt: NOW + MINUTE, exit: 0, ranMs: MINUTE });
      await ping({ kind: 'end', exit: 1 }, NOW + 2 * MINUTE);
      expect(await known()).toMatchObject({ startedAt: NOW, endedAt: NOW + 2 * MINUTE, exit: 1, ranMs: null });
    });

    it('are awaited from the first time that somebody listens', async () => {
      expect(await known()).toBeNull();
      await hear([id()], NOW);
      expect(await known()).toMatchObject({ since: NOW, heardAt: NOW, endedAt: null, deafUntil: null });
    });

    it('say when nobody could take them', async () => {
      await hear([id()], NOW);
      await hear([id()], NOW + DEAF_MS);
      expect(await known()).toMatchObject({ heardAt: NOW + DEAF_MS, deafFrom: null });
      await hear([id()], NOW + 3 * DEAF_MS);
      expect(await known()).toMatchObject({ since: NOW, heardAt: NOW + 3 * DEAF_MS, deafFrom: NOW + DEAF_MS, deafUntil: NOW + 3 * DEAF_MS });
    });

    it('of a job that is watched no more are forgotten', async () => {
      await hear([id(), `${id()}-other`], NOW);
      await hear([`${id()}-other`], NOW + MINUTE);
      expect([await rows(), await known()]).toEqual([1, null]);
    });
  });
}
