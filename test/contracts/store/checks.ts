import { describe, expect, it } from 'vitest';
import type { Check } from '../../../src/domain/check.js';
import { checksOf, clampSchedule, confirmFast, coolDown, distrust, earliestChecks, checksNumbered, markDetected, retiredChecks, scheduleCheck, syncChecks, tickChecks, undetected, type WatchedCheck } from '../../../src/store/checks.js';
import { syncResources } from '../../../src/store/resources.js';
import { insertSamples } from '../../../src/store/samples.js';
import { MINUTE, NOW, oneCheck, watched, type Stage } from './stage.js';

export function checksContract(stage: Stage): void {
  const sync = (wanted: readonly WatchedCheck[], now = NOW) => stage.write((tx) => syncChecks(tx, stage.hostId, wanted, now));
  const earliest = async (limit = 9) => (await earliestChecks(stage.store.db, stage.hostId, limit)).map(({ nextAt }) => nextAt - NOW);
  const named = async (name: string): Promise<Check> => (await Promise.all([stage.shop, stage.blog].map((app) => checksOf(stage.store.db, app)))).flat().find((check) => check.name === name) as Check;

  describe('checks', () => {
    it('follow the config, and keep their number and due time', async () => {
      await sync([watched(stage.shop), watched(stage.shop, { name: 'http:/', critical: false, options: { path: '/' } })]);
      const first = await named('liveness');
      await sync([watched(stage.shop, { everyMs: 5_000, critical: false })], NOW + MINUTE);
      expect(await checksOf(stage.store.db, stage.shop)).toEqual([{ ...first, everyMs: 5_000, critical: false }]);
      await sync([watched(stage.shop), watched(stage.shop, { name: 'http:/', options: { path: '/' } })], NOW + 2 * MINUTE);
      expect(await named('http:/')).toMatchObject({ options: { path: '/' }, nextAt: NOW, trusted: true, hotUntil: 0 });
    });

    it('keep their history to themselves when their address changes, and have it back with the address', async () => {
      const at = (address: string | null) => sync([watched(stage.shop, { options: address === null ? { ask: 'shop liveness' } : { ask: 'shop liveness', address } })]);
      const known = async () => (await named('liveness')).id;
      expect(await at(null)).toEqual([]);
      const first = await known();
      expect([await at('aaaa'), await known()]).toEqual([[], first]);
      expect(await at('bbbb')).toEqual([{ resourceId: stage.shop, name: 'liveness' }]);
      const second = await known();
      expect(second).not.toBe(first);
      expect(await checksOf(stage.store.db, stage.shop)).toHaveLength(1);
      expect([(await checksNumbered(stage.store.db, [first]))[0]?.name, await retiredChecks(stage.store.db, stage.shop)]).toEqual([`liveness @${first}`, [`liveness @${first}`]]);
      expect([await at('bbbb'), await known()]).toEqual([[], second]);
      await at('aaaa');
      expect(await known()).toBe(first);
      await at('cccc');
      await at('bbbb');
      expect(await known()).toBe(second);
    });

    it('that went and come back with another address begin anew, and no options but the address outlive them', async () => {
      await sync([watched(stage.shop, { options: { ask: 'shop liveness', address: 'aaaa' } }), watched(stage.blog, { options: { headers: 'of an older version' } })]);
      const [first, other] = [await named('liveness'), (await checksOf(stage.store.db, stage.blog))[0] as Check];
      await sync([]);
      expect((await checksNumbered(stage.store.db, [first.id, other.id])).map(({ options }) => options)).toEqual([first.options, {}]);
      expect(await sync([watched(stage.shop, { options: { ask: 'shop liveness', address: 'bbbb' } })])).toHaveLength(1);
      expect((await named('liveness')).id).not.toBe(first.id);
    });

    it('are found by their due time, the longest due first, at most so many, and never those of something retired or of another host', async () => {
      await sync([watched(stage.shop, { name: 'a' }), watched(stage.shop, { name: 'b' }), watched(stage.blog, { name: 'c' })]);
      for (const [name, at] of [['a', 300], ['b', 100], ['c', 200]] as const) await stage.write(async (tx) => scheduleCheck(tx, (await named(name)).id, NOW + at));
      expect([await earliest(), await earliest(2)]).toEqual([[100, 200, 300], [100, 200]]);
      const ids = (await earliestChecks(stage.store.db, stage.hostId, 9)).map(({ id }) => id);
      expect((await checksNumbered(stage.store.db, ids)).map(({ name }) => name)).toEqual(['b', 'c', 'a']);
      await stage.write((tx) => syncResources(tx, stage.hostId, [{ kind: 'app', name: 'blog', config: {} }], NOW));
      expect(await earliest()).toEqual([200]);
      await sync([]);
      expect(await earliest()).toEqual([]);
    });

    it('are looked at fast after a surprise: sooner, never later', async () => {
      await sync([watched(stage.shop, { name: 'a' }), watched(stage.shop, { name: 'b' }), watched(stage.blog, { name: 'c' })]);
      await stage.write(async (tx) => scheduleCheck(tx, (await named('a')).id, NOW + MINUTE));
      await stage.write((tx) => confirmFast(tx, stage.shop, NOW + 10, NOW + 500));
      await stage.write((tx) => confirmFast(tx, stage.shop, NOW + 20, NOW + 400));
      expect(await named('a')).toMatchObject({ nextAt: NOW + 10, hotUntil: NOW + 500 });
      expect(await named('b')).toMatchObject({ nextAt: NOW, hotUntil: NOW + 500 });
      expect(await named('c')).toMatchObject({ nextAt: NOW, hotUntil: 0 });
      await stage.write((tx) => coolDown(tx, stage.shop));
      expect(await named('a')).toMatchObject({ hotUntil: 0 });
    });

    it('of a tick are due when the tick is, the others are not', async () => {
      await sync([watched(stage.shop, { name: 'a', cadence: 'tick' }), watched(stage.shop, { name: 'b' })], NOW + MINUTE);
      await stage.write((tx) => tickChecks(tx, stage.shop, NOW));
      expect([(await named('a')).nextAt, (await named('b')).nextAt]).toEqual([NOW, NOW + MINUTE]);
    });

    it('are drawn nearer when the clock has stepped back by more than their cadence', async () => {
      await sync([watched(stage.shop, { name: 'a' }), watched(stage.shop, { name: 'b' })]);
      await stage.write(async (tx) => {
        await scheduleCheck(tx, (await named('a')).id, NOW + 30_001);
        await scheduleCheck(tx, (await named('b')).id, NOW + 30_000);
      });
      await stage.write((tx) => clampSchedule(tx, stage.hostId, NOW));
      expect([(await named('a')).nextAt, (await named('b')).nextAt]).toEqual([NOW, NOW + 30_000]);
    });

    it('are distrusted until the config is asked again', async () => {
      const check = await oneCheck(stage);
      await stage.write((tx) => distrust(tx, check));
      expect(await named('liveness')).toMatchObject({ trusted: false });
    });

    it('tell which resources have samples that nobody has looked at', async () => {
      const check = await oneCheck(stage);
      const waiting = () => undetected(stage.store.db, stage.hostId);
      const sample = (at: number) => stage.write((tx) => insertSamples(tx, [{ checkId: check, at, verdict: 'good', ms: 1, values: [], note: null }]));
      expect(await waiting()).toEqual([]);
      await sample(NOW);
      expect(await waiting()).toEqual([stage.shop]);
      await stage.write((tx) => markDetected(tx, check, NOW));
      expect(await waiting()).toEqual([]);
      await sample(NOW + 1);
      expect(await waiting()).toEqual([stage.shop]);
    });
  });
}
