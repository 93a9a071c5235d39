import { describe, expect, it } from 'vitest';
import type { HostId } from '../../../src/domain/ids.js';
import { answer, unjudgedAnswers } from '../../../src/store/answers.js';
import { takeFence } from '../../../src/store/hosts.js';
import { approverAccounts, getPerson, personNamed, personOf, syncPeople, type KnownPerson } from '../../../src/store/people.js';
import { putRequest, waitingRequests } from '../../../src/store/requests.js';
import { whoMay } from '../../../src/store/who-may.js';
import { askAbout, NOW, type Stage } from './stage.js';

const ANN: KnownPerson = { name: 'Ann', role: 'approver', accounts: [{ platform: 'slack', userId: 'U1' }, { platform: 'terminal', userId: 'ann' }] };

export function peopleContract(stage: Stage): void {
  const sync = (...people: readonly KnownPerson[]) => stage.write((tx) => syncPeople(tx, stage.hostId, people, NOW));
  const of = (platform: 'slack' | 'telegram' | 'terminal', userId: string, hostId: HostId = stage.hostId) => personOf(stage.store.db, hostId, { platform, userId });
  const named = (name: string, hostId: HostId = stage.hostId) => personNamed(stage.store.db, hostId, name);
  /** Another machine that keeps its memory in the same store, and who is known there. */
  const elsewhere = (...people: readonly KnownPerson[]): Promise<HostId> => stage.store.write(async (tx) => {
    const { id } = await takeFence(tx, `${stage.hostName}-other`, NOW);
    await syncPeople(tx, id, people, NOW);
    return id;
  });

  describe('people', () => {
    it('with two accounts are one person', async () => {
      await sync(ANN);
      const ann = await of('slack', 'U1');
      expect(ann).toMatchObject({ name: 'Ann', role: 'approver' });
      expect(await of('terminal', 'ann')).toEqual(ann);
      expect([await of('telegram', 'U1'), await of('slack', 'U2')]).toEqual([null, null]);
      expect(await getPerson(stage.store.db, stage.hostId, ann?.id as never)).toEqual(ann);
    });

    it('who are gone from the config may nothing, and are the same when they come back', async () => {
      await sync(ANN);
      const before = await of('slack', 'U1');
      await sync({ name: 'Bob', role: 'operator', accounts: [{ platform: 'slack', userId: 'U1' }] });
      expect(await of('slack', 'U1')).toMatchObject({ name: 'Bob' });
      expect([await getPerson(stage.store.db, stage.hostId, before?.id as never), await named('Ann')]).toEqual([null, null]);
      await sync({ ...ANN, role: 'viewer' });
      expect(await of('slack', 'U1')).toEqual({ ...before, role: 'viewer' });
    });

    it('are listed by what they may', async () => {
      await sync(...(['approver', 'operator', 'viewer'] as const).map((role) => ({ name: role, role, accounts: [] })));
      expect((await whoMay(stage.store.db, stage.hostId, 'approver')).map(({ role }) => role)).toEqual(['approver']);
      expect((await whoMay(stage.store.db, stage.hostId, 'operator')).map(({ role }) => role)).toEqual(['approver', 'operator']);
    });

    it('who approve are called by their accounts', async () => {
      await sync({ ...ANN, accounts: [{ platform: 'slack', userId: 'U1' }, { platform: 'telegram', userId: '7' }] }, { name: 'Otto', role: 'operator', accounts: [{ platform: 'slack', userId: 'U2' }] });
      expect(await approverAccounts(stage.store.db, stage.hostId)).toEqual([{ name: 'Ann', platform: 'telegram', userId: '7' }, { name: 'Ann', platform: 'slack', userId: 'U1' }]);
    });
  });

  describe('people of two hosts in one store', () => {
    it('are each host’s own: what one host starts with changes nobody’s rights on the other', async () => {
      await sync(ANN);
      const other = await elsewhere({ name: 'Zoe', role: 'approver', accounts: [{ platform: 'slack', userId: 'U9' }] });
      expect([await of('slack', 'U1'), await of('slack', 'U1', other)]).toMatchObject([{ name: 'Ann' }, null]);
      expect([await of('slack', 'U9'), await of('slack', 'U9', other)]).toMatchObject([null, { name: 'Zoe' }]);
      expect((await whoMay(stage.store.db, stage.hostId, 'viewer')).map(({ name }) => name)).toEqual(['Ann']);
      expect((await approverAccounts(stage.store.db, other)).map(({ name }) => name)).toEqual(['Zoe']);
    });

    it('who are known on both may on each what its own config says', async () => {
      await sync(ANN);
      const other = await elsewhere({ ...ANN, role: 'viewer' });
      const [here, there] = [await of('slack', 'U1'), await of('slack', 'U1', other)];
      expect([here?.role, there?.role]).toEqual(['approver', 'viewer']);
      expect(await getPerson(stage.store.db, other, here?.id as never)).toBeNull();
      expect(await named('Ann', other)).toEqual(there);
    });

    it('do not take each other’s words, even where a platform numbers them alike', async () => {
      await sync(ANN);
      const other = await elsewhere(ANN);
      const [here, there] = [await named('Ann'), await named('Ann', other)];
      const wish = (hostId: HostId, personId: unknown) => stage.store.write((tx) => putRequest(tx, hostId, { resourceId: null, verb: 'freeze', args: {}, personId: personId as never, via: 'telegram', key: stage.unique('telegram:7:tg:1') }, NOW));
      expect(await wish(stage.hostId, here?.id)).not.toBe(await wish(other, there?.id));
      expect([await waitingRequests(stage.store.db, stage.hostId), await waitingRequests(stage.store.db, other)]).toMatchObject([[{ personId: here?.id }], [{ personId: there?.id }]]);
      const { questionId } = await stage.write((tx) => askAbout(tx, stage.shop));
      await stage.store.write((tx) => answer(tx, { questionId, personId: here?.id as never, yes: true, via: 'telegram', nonce: stage.unique('press') }, NOW));
      expect([await unjudgedAnswers(stage.store.db, stage.hostId), await unjudgedAnswers(stage.store.db, other)]).toMatchObject([[{ name: 'Ann' }], []]);
    });

    it('are made equal to the config by two monitors at once', async () => {
      const other = await elsewhere();
      await Promise.all([[stage.store, stage.hostId] as const, [stage.another(), other] as const].map(([store, hostId]) => store.write((tx) => syncPeople(tx, hostId, [ANN], NOW))));
      expect([await of('slack', 'U1'), await of('slack', 'U1', other)]).toMatchObject([{ name: 'Ann' }, { name: 'Ann' }]);
    });
  });
}
