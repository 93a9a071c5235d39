import { describe, expect, it } from 'vitest';
import type { ReleaseSighting } from '../../../src/domain/release.js';
import { dueLaunches, endLaunch, getLaunch, heatLaunch, launchesOf, launchesToConclude, markSixHoursTold, newestLaunchOf, openLaunch, openLaunches, openLaunchOf, scheduleLaunch } from '../../../src/store/launches.js';
import { importReleases, notImported } from '../../../src/store/imported.js';
import { enterRelease, judgeRelease, ledgerOf, noteMigrations } from '../../../src/store/releases.js';
import { MINUTE, NOW, type Stage } from './stage.js';

const SEEN: ReleaseSighting = { commit: 'a'.repeat(40), dir: '/srv/a', lockHash: 'l', configHash: 'c', nodeVersion: 'v22.1.0' };

export function ledgerContract(stage: Stage): void {
  const enter = (seen: ReleaseSighting, now = NOW) => stage.write((tx) => enterRelease(tx, stage.shop, seen, now));
  const launch = async (now = NOW, seen = SEEN) => {
    const release = await enter(seen, now);
    return stage.write((tx) => openLaunch(tx, { appId: stage.shop, releaseId: release.id, endsAt: now + 72 * 60 * MINUTE, autoRollback: true, why: 'seen', who: 'Ann' }, now));
  };

  describe('releases', () => {
    it('are told apart by code, lockfile and config, not by directory', async () => {
      const first = await enter(SEEN);
      expect(first).toMatchObject({ ...SEEN, appId: stage.shop, verdict: 'unwatched', firstSeenAt: NOW, quarantinedAt: null });
      expect(await enter({ ...SEEN, dir: '/srv/b' }, NOW + 1)).toEqual({ ...first, dir: '/srv/b' });
      const others = await Promise.all([{ commit: 'b'.repeat(40) }, { lockHash: 'm' }, { configHash: null }].map((change, n) => enter({ ...SEEN, ...change }, NOW + 2 + n)));
      const ledger = await ledgerOf(stage.store.db, stage.shop);
      expect(ledger.map(({ id }) => id)).toEqual([...others.map(({ id }) => id).reverse(), first.id]);
      expect(await ledgerOf(stage.store.db, stage.blog)).toEqual([]);
    });

    it('keep what was applied to the databases of the app while they ran, as it was last read', async () => {
      const { id } = await enter(SEEN);
      expect(await ledgerOf(stage.store.db, stage.shop)).toMatchObject([{ migrations: null }]);
      const applied = { at: NOW + 1, tables: [{ database: 'db', tool: 'Knex', table: 'public.knex_migrations', names: ['001.js'] }], unread: ['other: no answer'] };
      await stage.write((tx) => noteMigrations(tx, id, { ...applied, tables: [] }));
      await stage.write((tx) => noteMigrations(tx, id, applied));
      await enter(SEEN, NOW + 2);
      expect(await ledgerOf(stage.store.db, stage.shop)).toMatchObject([{ migrations: applied }]);
    });

    it('without a commit are told apart by directory', async () => {
      const bare = { ...SEEN, commit: null };
      const first = await enter(bare);
      expect((await enter(bare)).id).toBe(first.id);
      expect((await enter({ ...bare, dir: '/srv/b' })).id).not.toBe(first.id);
    });

    it('that were bad are quarantined until they are stable', async () => {
      const { id } = await enter(SEEN);
      await stage.write((tx) => judgeRelease(tx, id, 'bad', 'rolled back', NOW + 1));
      await stage.write((tx) => judgeRelease(tx, id, 'watching', 'again', NOW + 2));
      expect(await ledgerOf(stage.store.db, stage.shop)).toMatchObject([{ verdict: 'watching', verdictAt: NOW + 2, verdictReason: 'again', quarantinedAt: NOW + 1 }]);
      await stage.write((tx) => judgeRelease(tx, id, 'stable', 'passed', NOW + 3));
      expect(await ledgerOf(stage.store.db, stage.shop)).toMatchObject([{ quarantinedAt: null }]);
    });
  });

  describe('releases from before an app was watched', () => {
    const past = { commit: 'd'.repeat(40), dir: '/srv/d', lockHash: 'l', origin: 'tag', at: NOW - MINUTE, says: 'tag v1' } as const;

    it('are entered once, as never found good, whatever a tag is called', async () => {
      expect((await notImported(stage.store.db, stage.hostId)).map(({ id }) => id)).toContain(stage.shop);
      const entered = await stage.write((tx) => importReleases(tx, stage.shop, [past, { ...past, commit: 'e'.repeat(40), says: 'tag stable/shop/1' }], NOW));
      expect(entered).toBe(2);
      expect((await notImported(stage.store.db, stage.hostId)).map(({ id }) => id)).not.toContain(stage.shop);
      expect(await stage.write((tx) => importReleases(tx, stage.shop, [past], NOW))).toBe(0);
      const ledger = await ledgerOf(stage.store.db, stage.shop);
      expect(ledger.map(({ verdict, origin, verdictReason, quarantinedAt }) => [verdict, origin, verdictReason, quarantinedAt]).sort()).toEqual([['unwatched', 'tag', 'tag stable/shop/1', null], ['unwatched', 'tag', 'tag v1', null]]);
    });

    it('are the same release once they are seen running, whatever else is seen then', async () => {
      await stage.write((tx) => importReleases(tx, stage.shop, [{ ...past, at: null }], NOW));
      const [imported] = await ledgerOf(stage.store.db, stage.shop);
      const seen = await enter({ ...SEEN, commit: past.commit, lockHash: 'other' });
      expect(seen).toMatchObject({ id: imported?.id, origin: null, lockHash: 'other', configHash: 'c', firstSeenAt: NOW });
      expect((await enter({ ...SEEN, commit: past.commit, lockHash: 'third' }, NOW + 1)).id).not.toBe(seen.id);
    });
  });

  describe('launches', () => {
    it('are one an app while they are open', async () => {
      const first = await launch();
      expect(first).toMatchObject({ state: 'watching', nextTickAt: NOW, nextAt: NOW, ticksMade: 0, endedAt: null });
      await expect(launch(NOW + 1)).rejects.toThrow(/unique/i);
      await stage.write((tx) => endLaunch(tx, first.id, 'superseded', NOW + 2));
      const second = await launch(NOW + 3);
      expect(await openLaunchOf(stage.store.db, stage.shop)).toEqual(second);
      expect(await openLaunches(stage.store.db, stage.hostId)).toEqual([second]);
      expect(await getLaunch(stage.store.db, first.id)).toMatchObject({ state: 'superseded', endedAt: NOW + 2, nextTickAt: null, nextAt: null });
      expect(await newestLaunchOf(stage.store.db, stage.shop)).toEqual(second);
      expect(await launchesOf(stage.store.db, stage.shop, 10)).toMatchObject([{ id: second.id }, { id: first.id, who: 'Ann' }]);
      expect(await launchesOf(stage.store.db, stage.shop, 1)).toEqual([second]);
      expect([await openLaunchOf(stage.store.db, stage.blog), await newestLaunchOf(stage.store.db, stage.blog)]).toEqual([null, null]);
    });

    it('become hot: sooner and longer, never later or shorter', async () => {
      const { id } = await launch();
      await stage.write((tx) => scheduleLaunch(tx, id, { ticksMade: 2, nextTickAt: NOW + 50, nextAt: NOW + 50 }));
      await stage.write((tx) => heatLaunch(tx, stage.shop, NOW + 100, NOW + 10));
      await stage.write((tx) => heatLaunch(tx, stage.shop, NOW + 90, NOW + 20));
      expect(await getLaunch(stage.store.db, id)).toMatchObject({ ticksMade: 2, nextTickAt: NOW + 50, nextAt: NOW + 10, hotUntil: NOW + 100 });
    });

    it('are told of after six hours once', async () => {
      const { id } = await launch();
      const untold = (sixHoursAgo: number) => launchesToConclude(stage.store.db, stage.hostId, sixHoursAgo);
      expect(await untold(NOW - 1)).toEqual([]);
      expect(await untold(NOW)).toMatchObject([{ id, sixHoursTold: false }]);
      await stage.write((tx) => markSixHoursTold(tx, id));
      expect(await untold(NOW)).toEqual([]);
    });

    it('are due at their next tick, the soonest first of all apps', async () => {
      const { id } = await launch();
      const due = async (now: number) => (await dueLaunches(stage.store.db, stage.hostId, now)).map((one) => one.id);
      await stage.write((tx) => scheduleLaunch(tx, id, { ticksMade: 1, nextTickAt: NOW + 50, nextAt: NOW + 20 }));
      expect([await due(NOW + 19), await due(NOW + 20)]).toEqual([[], [id]]);
    });

    it('are concluded at their end once their last tick is made', async () => {
      const { id, endsAt } = await launch();
      await stage.write((tx) => scheduleLaunch(tx, id, { ticksMade: 73, nextTickAt: null, nextAt: null }));
      expect(await dueLaunches(stage.store.db, stage.hostId, endsAt)).toEqual([]);
      expect(await launchesToConclude(stage.store.db, stage.hostId, 0)).toMatchObject([{ id }]);
    });
  });
}
