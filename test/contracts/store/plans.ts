import { describe, expect, it } from 'vitest';
import { argsPlanned, deployerOf, draftPlan, getPlan, keepDecision, keepPrepared, livePlanOf, movePlan, plansIn, plansOf } from '../../../src/store/plans.js';
import { NOW, openOn, planFor, PREPARED, type Stage } from './stage.js';

export function plansContract(stage: Stage): void {
  const drafted = () => stage.write(async (tx) => planFor(tx, await openOn(tx, stage.shop), stage.shop));

  describe('plans', () => {
    it('come back as they were prepared and decided', async () => {
      const incident = await stage.write((tx) => openOn(tx, stage.shop));
      const id = await stage.write((tx) => draftPlan(tx, { incidentId: incident, targetId: stage.shop, repair: 'release.rollback', args: { to: 'x' }, risk: 'disruptive', askedBy: 'Ann', requestId: 'r1' as never }, NOW));
      expect(await getPlan(stage.store.db, id)).toMatchObject({ state: 'drafted', prepared: null, hash: null, args: { to: 'x' }, askedBy: 'Ann', requestId: 'r1', madeAt: NOW });
      await stage.write((tx) => keepPrepared(tx, id, PREPARED, 'hash', 'prepared'));
      await stage.write((tx) => keepDecision(tx, id, { verdict: 'ask', rule: 'rollbacks ask', why: 'because' }, 'asked'));
      expect(await getPlan(stage.store.db, id)).toMatchObject({ state: 'asked', prepared: PREPARED, hash: 'hash', verdict: 'ask', rule: 'rollbacks ask', why: 'because' });
    });

    it('move on only from where they are believed to be, with one of two at once', async () => {
      const id = await drafted();
      const other = stage.another();
      const won = await Promise.all([stage.store, other].map((store) => store.write((tx) => movePlan(tx, id, 'drafted', 'cancelled', 'why not'))));
      expect(won.sort()).toEqual([false, true]);
      expect(await stage.write((tx) => movePlan(tx, id, 'drafted', 'approved'))).toBe(false);
      expect(await getPlan(stage.store.db, id)).toMatchObject({ state: 'cancelled', why: 'why not' });
    });

    it('are listed by state, host and incident, in the order they were made', async () => {
      const incident = await stage.write((tx) => openOn(tx, stage.shop));
      const [late, early] = await stage.write(async (tx) => [await planFor(tx, incident, stage.shop, NOW + 5), await planFor(tx, incident, stage.blog, NOW)]);
      await stage.write((tx) => movePlan(tx, late as never, 'drafted', 'approved'));
      const ids = async (...states: Parameters<typeof plansIn>[2]) => (await plansIn(stage.store.db, stage.hostId, states)).map(({ id }) => id);
      expect([await ids('drafted'), await ids('drafted', 'approved'), await ids('running')]).toEqual([[early], [early, late], []]);
      expect((await plansOf(stage.store.db, incident)).map(({ id }) => id)).toEqual([early, late]);
    });

    it('tell who asked for the deploy that brought a commit live', async () => {
      const commit = 'c'.repeat(40);
      const id = await stage.write(async (tx) => draftPlan(tx, { incidentId: await openOn(tx, stage.shop), targetId: stage.shop, repair: 'release.deploy', args: { ref: 'main' }, risk: 'disruptive', askedBy: 'Ann', requestId: null }, NOW));
      const deployer = (since = NOW) => deployerOf(stage.store.db, stage.shop, { commit, since });
      await stage.write((tx) => keepPrepared(tx, id, { ...PREPARED, brings: commit }, 'hash', 'asked'));
      expect(await deployer(), 'it was only asked for').toBeNull();
      await stage.write((tx) => movePlan(tx, id, 'asked', 'running'));
      expect([await deployer(), await deployer(NOW + 1), await deployerOf(stage.store.db, stage.shop, { commit: 'd'.repeat(40), since: NOW }), await deployerOf(stage.store.db, stage.blog, { commit, since: NOW })]).toEqual(['Ann', null, null, null]);
    });

    it('are found by what they were made with, whatever became of them', async () => {
      const id = await stage.write(async (tx) => draftPlan(tx, { incidentId: await openOn(tx, stage.shop), targetId: stage.shop, repair: 'release.tag', args: { release: 'r1' }, risk: 'safe', askedBy: null, requestId: null }, NOW));
      await stage.write((tx) => movePlan(tx, id, 'drafted', 'refused'));
      expect([await argsPlanned(stage.store.db, stage.shop, 'release.tag'), await argsPlanned(stage.store.db, stage.blog, 'release.tag')]).toEqual([[{ release: 'r1' }], []]);
    });

    it('lead somewhere until they are done', async () => {
      const { incident, plan } = await stage.write(async (tx) => {
        const opened = await openOn(tx, stage.shop);
        return { incident: opened, plan: await planFor(tx, opened, stage.shop) };
      });
      expect((await livePlanOf(stage.store.db, incident))?.id).toBe(plan);
      await stage.write((tx) => movePlan(tx, plan, 'drafted', 'done'));
      expect(await livePlanOf(stage.store.db, incident)).toBeNull();
    });
  });
}
