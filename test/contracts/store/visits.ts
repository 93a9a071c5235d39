import { describe, expect, it } from 'vitest';
import type { PersonId } from '../../../src/domain/ids.js';
import { personNamed, syncPeople } from '../../../src/store/people.js';
import { beginVisit, endVisit, LINK_FOR_MS, offeredTo, offerVisit, SESSION_FOR_MS, visitorOf } from '../../../src/store/visits.js';
import { NOW, type Stage } from './stage.js';

export function visitsContract(stage: Stage): void {
  describe('visits', () => {
    const ann = async (): Promise<PersonId> => stage.write(async (tx) => {
      await syncPeople(tx, stage.hostId, [{ name: stage.unique('ann'), role: 'approver', accounts: [] }], NOW);
      return (await personNamed(tx, stage.hostId, stage.unique('ann')))?.id as PersonId;
    });
    const offered = async (at = NOW): Promise<string> => {
      const person = await ann();
      return (await stage.write((tx) => offerVisit(tx, stage.hostId, person, at))).secret;
    };
    const begin = (link: string, now = NOW) => stage.write((tx) => beginVisit(tx, stage.hostId, link, now));
    const looks = async (link: string, now = NOW): Promise<boolean> => (await offeredTo(stage.store.db, stage.hostId, link, now)) !== null;

    it('begin by a link, once, whoever tries at the same time', async () => {
      const link = await offered();
      const other = stage.another();
      const tries = await Promise.all([begin(link), other.write((tx) => beginVisit(tx, stage.hostId, link, NOW))]);
      expect(tries.filter((one) => one !== null).length).toBe(1);
      expect([await looks(link), await begin(link)]).toEqual([false, null]);
    });

    it('are those of the person as he is now, until their time is over or he leaves', async () => {
      const begun = await begin(await offered());
      const session = begun?.secret ?? '';
      const who = (now: number) => visitorOf(stage.store.db, stage.hostId, session, now);
      expect([(await who(NOW))?.role, (await who(NOW + SESSION_FOR_MS - 1))?.role, await who(NOW + SESSION_FOR_MS), await who(NOW - 1)]).toEqual(['approver', 'approver', null, null]);
      await stage.write((tx) => syncPeople(tx, stage.hostId, [{ name: stage.unique('ann'), role: 'viewer', accounts: [] }], NOW));
      expect((await who(NOW))?.role).toBe('viewer');
      await stage.write((tx) => endVisit(tx, stage.hostId, session));
      expect(await who(NOW)).toBeNull();
    });

    it('begin by no link that is over, that another replaced, or of another host', async () => {
      const [first, second] = [await offered(), await offered()];
      expect([await looks(first), await looks(second), await looks(second, NOW + LINK_FOR_MS), await looks(second, NOW - 1)]).toEqual([false, true, false, false]);
      expect([await begin(first), await begin(second, NOW + LINK_FOR_MS), await stage.write((tx) => beginVisit(tx, 'elsewhere' as never, second, NOW))]).toEqual([null, null, null]);
    });

    it('leave no rows of sessions that are over once their person comes again', async () => {
      for (let n = 0; n < 3; n += 1) await begin(await offered(NOW + n * SESSION_FOR_MS), NOW + n * SESSION_FOR_MS);
      expect((await stage.store.db.selectFrom('visits').select('link').where('host_id', '=', stage.hostId).execute()).length).toBe(1);
    });
  });
}
