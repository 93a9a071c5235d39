import { describe, expect, it } from 'vitest';
import { approverAccounts, getPerson, personNamed, personOf, syncPeople, type KnownPerson } from '../../../src/store/people.js';
import { whoMay } from '../../../src/store/who-may.js';
import { NOW, type Stage } from './stage.js';

export function peopleContract(stage: Stage): void {
  const sync = (...people: readonly KnownPerson[]) => stage.write((tx) => syncPeople(tx, people.map((person) => ({ ...person, name: stage.unique(person.name) })), NOW));
  const account = (platform: 'slack' | 'telegram' | 'terminal', userId: string) => ({ platform, userId: stage.unique(userId) });
  const of = (platform: 'slack' | 'telegram' | 'terminal', userId: string) => personOf(stage.store.db, platform, stage.unique(userId));

  describe('people', () => {
    it('with two accounts are one person', async () => {
      await sync({ name: 'Ann', role: 'approver', accounts: [account('slack', 'U1'), account('terminal', 'ann')] });
      const ann = await of('slack', 'U1');
      expect(ann).toMatchObject({ name: stage.unique('Ann'), role: 'approver' });
      expect(await of('terminal', 'ann')).toEqual(ann);
      expect([await of('telegram', 'U1'), await of('slack', 'U2')]).toEqual([null, null]);
      expect(await getPerson(stage.store.db, ann?.id as never)).toEqual(ann);
    });

    it('who are gone from the config may nothing, and are the same when they come back', async () => {
      const ann: KnownPerson = { name: 'Ann', role: 'approver', accounts: [account('slack', 'U1')] };
      await sync(ann);
      const before = await of('slack', 'U1');
      await sync({ name: 'Bob', role: 'operator', accounts: [account('slack', 'U1')] });
      expect(await of('slack', 'U1')).toMatchObject({ name: stage.unique('Bob') });
      expect([await getPerson(stage.store.db, before?.id as never), await personNamed(stage.store.db, stage.unique('Ann'))]).toEqual([null, null]);
      await sync({ ...ann, role: 'viewer' });
      expect(await of('slack', 'U1')).toEqual({ ...before, role: 'viewer' });
    });

    it('are listed by what they may', async () => {
      await sync(...(['approver', 'operator', 'viewer'] as const).map((role) => ({ name: role, role, accounts: [] })));
      expect((await whoMay(stage.store.db, 'approver')).map(({ role }) => role)).toEqual(['approver']);
      expect((await whoMay(stage.store.db, 'operator')).map(({ role }) => role)).toEqual(['approver', 'operator']);
    });

    it('who approve are called by their accounts', async () => {
      await sync({ name: 'Ann', role: 'approver', accounts: [account('slack', 'U1'), account('telegram', '7')] }, { name: 'Otto', role: 'operator', accounts: [account('slack', 'U2')] });
      expect(await approverAccounts(stage.store.db)).toEqual([
        { name: stage.unique('Ann'), platform: 'telegram', userId: stage.unique('7') }, { name: stage.unique('Ann'), platform: 'slack', userId: stage.unique('U1') },
      ]);
    });

    it('are made equal to the config by two monitors at once', async () => {
      const ann: KnownPerson = { name: stage.unique('Ann'), role: 'approver', accounts: [account('slack', 'U1')] };
      await Promise.all([stage.store, stage.another()].map((store) => store.write((tx) => syncPeople(tx, [ann], NOW))));
      expect(await of('slack', 'U1')).toMatchObject({ name: ann.name });
    });
  });
}
