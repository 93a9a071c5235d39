import { expect, it } from 'vitest';
import { actsOn } from '../../src/store/acts.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { until } from '../doubles/pm2-home.js';
import { releasedWatches } from './brakes/released.js';

const STORY = { timeout: 180_000 } as const;
const OLDER_MS = 15 * 60_000;

const begin = releasedWatches();

/**
 * One page fails first, and a repair is tried for that; then everything does, which has a shorter ladder. The place on the
 * ladder was kept while the ladder changed, so that the rollback was never reached and people were told that nothing was left.
 */
it('a release of which one page fails, and then all of it, is rolled back after one repair in vain', STORY, async () => {
  const shop = await begin('whole', { runbook: 'pm2.reload, pm2.restart, release.rollback' });
  await shop.deploy('v2');
  shop.pass(OLDER_MS);
  await shop.begun.steady();
  shop.breaks('v2');
  const { store, app } = shop.begun;
  const ours = async () => (await actsOn(store.db, app.id, 0)).filter(({ by }) => by === 'us').map(({ kind }) => kind);
  await until('the first repair to begin', async () => (await ours()).length > 0, 60_000);
  shop.breaks('all-v2');
  await shop.begun.incident('resolved');
  expect(await ours()).toEqual(['restart', 'rollback']);
  expect((await recentIncidents(store.db, app.hostId, 5)).map(({ kind, emergency }) => ({ kind, emergency }))).toEqual([{ kind: 'all-endpoints-failing', emergency: true }]);
  expect(await shop.runs()).toBe('v1');
});
