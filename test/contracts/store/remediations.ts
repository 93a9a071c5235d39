import { describe, expect, it } from 'vitest';
import type { PlanId, RemediationId, ResourceId } from '../../../src/domain/ids.js';
import { endStep, intendStep, journalOf, keepReceipt } from '../../../src/store/journal.js';
import { beginRemediation, beginUndo, endRemediation, getRemediation, remediationsIn, remediationsOf, remediationsSince, runsFor, settle, underWayOn } from '../../../src/store/remediations.js';
import type { Store } from '../../../src/store/store.js';
import { takeFence } from '../../../src/store/hosts.js';
import { syncResources } from '../../../src/store/resources.js';
import { MINUTE, NOW, openOn, planFor, type Stage } from './stage.js';

export function remediationsContract(stage: Stage): void {
  const begin = (planId: PlanId, resourceId: ResourceId = stage.shop, now = NOW, store: Store = stage.own) =>
    store.write((tx) => beginRemediation(tx, { planId, resourceId, fingerprint: 'hang', fence: stage.fence }, now));
  const end = (id: RemediationId | null, now = NOW + MINUTE) => stage.write((tx) => endRemediation(tx, id as RemediationId, 'failed', 'still bad', now));
  const plans = () => stage.write(async (tx) => {
    const incident = await openOn(tx, stage.shop);
    return { incident, one: await planFor(tx, incident, stage.shop), two: await planFor(tx, incident, stage.shop) };
  });

  describe('remediations', () => {
    it('have one lane a target and run a plan once', async () => {
      const { one, two } = await plans();
      const first = await begin(one);
      expect(first).not.toBeNull();
      expect(await begin(two)).toBeNull();
      expect((await underWayOn(stage.store.db, stage.shop))?.id).toBe(first);
      await end(first);
      expect(await underWayOn(stage.store.db, stage.shop)).toBeNull();
      expect(await begin(one)).toBeNull();
      expect(await begin(two)).not.toBeNull();
    });

    it('have one lane a server, however many hosts name it, until the one at work has ended or was silent for hours', async () => {
      const HOUR = 60 * MINUTE;
      const { one, two } = await plans();
      const server = stage.unique('db.example:5432');
      const other = await stage.store.write((tx) => takeFence(tx, `${stage.hostName}-other`, NOW));
      const elsewhere = await stage.store.write(async (tx) => {
        const [db] = await syncResources(tx, other.id, [{ kind: 'postgres', name: 'db', config: {} }], NOW);
        return { planId: await planFor(tx, await openOn(tx, db?.id as ResourceId), db?.id as ResourceId), resourceId: db?.id as ResourceId, fingerprint: 'f', fence: other.fence, server };
      });
      const theirs = (now: number) => stage.store.write((tx) => beginRemediation(tx, elsewhere, now));
      const ours = async (planId: PlanId, now: number) => stage.write((tx) => beginRemediation(tx, { planId, resourceId: stage.shop, fingerprint: 'hang', fence: stage.fence, server }, now));
      const first = await theirs(NOW);
      expect([first === null, await ours(one, NOW + 1)]).toEqual([false, null]);
      await stage.store.write((tx) => endRemediation(tx, first as RemediationId, 'verified', 'well', NOW + 2));
      const second = await ours(one, NOW + 3);
      expect([second === null, await theirs(NOW + 4)]).toEqual([false, null]);
      await end(second);
      await stage.store.write((tx) => tx.updateTable('plans').set({ state: 'done' }).where('id', '=', elsewhere.planId).execute());
      const again = await stage.store.write(async (tx) => beginRemediation(tx, { ...elsewhere, planId: await planFor(tx, (await tx.selectFrom('incidents').select('id').where('open_resource', '=', elsewhere.resourceId).executeTakeFirstOrThrow()).id, elsewhere.resourceId) }, NOW + 5));
      expect([again === null, await ours(two, NOW + HOUR), (await ours(two, NOW + 3 * HOUR)) === null]).toEqual([false, null, false]);
    });

    it('are begun by one of two connections at once', async () => {
      const { one, two } = await plans();
      const begun = await Promise.all([begin(one, stage.shop, NOW, stage.store), begin(two, stage.shop, NOW, stage.another())]);
      expect(begun.filter((id) => id !== null)).toHaveLength(1);
    });

    it('go from running over settling or undoing to their end', async () => {
      const { one, incident } = await plans();
      const id = (await begin(one)) as RemediationId;
      const listed = async (...states: Parameters<typeof remediationsIn>[2]) => (await remediationsIn(stage.store.db, stage.hostId, states)).map((run) => run.id);
      expect([await listed('running'), await listed('settling', 'undoing')]).toEqual([[id], []]);
      await stage.write((tx) => settle(tx, id, NOW + 1, NOW + 2));
      expect(await getRemediation(stage.store.db, id)).toMatchObject({ state: 'settling', settleUntil: NOW + 1, deadlineAt: NOW + 2 });
      await stage.write((tx) => beginUndo(tx, id, 'a step failed'));
      expect(await getRemediation(stage.store.db, id)).toMatchObject({ state: 'undoing', outcome: 'a step failed', endedAt: null });
      await end(id);
      expect(await remediationsOf(stage.store.db, incident)).toMatchObject([{ id, state: 'failed', outcome: 'still bad', endedAt: NOW + MINUTE, repair: 'pm2.reload' }]);
    });

    it('are counted by repair, problem and time, once they have ended', async () => {
      const { one, two } = await plans();
      const runs = async (fingerprint = 'hang', since = NOW - 1) => Object.fromEntries(await runsFor(stage.store.db, stage.shop, fingerprint, since));
      await end(await begin(one));
      const second = await begin(two, stage.shop, NOW + 5);
      expect(await runs()).toEqual({ 'pm2.reload': 1 });
      await end(second);
      expect([await runs(), await runs('other'), await runs('hang', NOW)]).toEqual([{ 'pm2.reload': 2 }, {}, { 'pm2.reload': 1 }]);
      expect((await remediationsSince(stage.store.db, stage.shop, NOW)).map(({ startedAt }) => startedAt)).toEqual([NOW + 5]);
    });
  });

  describe('the journal', () => {
    it('keeps an intent that stands, and a receipt before the step is done', async () => {
      const { one } = await plans();
      const id = (await begin(one)) as RemediationId;
      const step = { remediationId: id, dir: 'do', n: 0 } as const;
      const intend = (name: string, now: number) => stage.write((tx) => intendStep(tx, { ...step, name, deadlineAt: now + MINUTE, fence: stage.fence }, now));
      await intend('reload', NOW);
      await stage.write((tx) => keepReceipt(tx, step, { pid: 12 }));
      await intend('another', NOW + 5);
      expect(await journalOf(stage.store.db, id)).toEqual([{ ...step, name: 'reload', state: 'intended', intendedAt: NOW, deadlineAt: NOW + MINUTE, endedAt: null, receipt: { pid: 12 }, error: null }]);
      await stage.write((tx) => endStep(tx, step, { state: 'unknown', error: 'timed out' }, NOW + 9));
      expect(await journalOf(stage.store.db, id)).toMatchObject([{ state: 'unknown', error: 'timed out', endedAt: NOW + 9, receipt: { pid: 12 } }]);
    });

    it('lists what was done before what was undone, each in its order', async () => {
      const { one } = await plans();
      const id = (await begin(one)) as RemediationId;
      for (const [dir, n] of [['undo', 0], ['do', 1], ['do', 0]] as const) await stage.write((tx) => intendStep(tx, { remediationId: id, dir, n, name: `${dir}${n}`, deadlineAt: NOW, fence: 1 }, NOW));
      expect((await journalOf(stage.store.db, id)).map(({ name }) => name)).toEqual(['do0', 'do1', 'undo0']);
    });
  });
}
