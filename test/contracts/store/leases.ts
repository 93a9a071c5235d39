import { describe, expect, it } from 'vitest';
import { endLease, leaseOf, takeLease, type Lease } from '../../../src/store/leases.js';
import type { Stage } from './stage.js';

let tests = 0;

export function leasesContract(stage: Stage): void {
  describe('leases', () => {
    /** One store serves all tests. */
    const names = () => {
      const name = `bot:${(tests += 1)}`;
      return [{ name, holder: 'one' }, { name, holder: 'two' }] as const;
    };
    const take = (lease: Lease, now: number): Promise<boolean> => stage.write((tx) => takeLease(tx, lease, now, 20_000));

    it('are held by one, who may keep them on', async () => {
      const [ONE, TWO] = names();
      expect([await take(ONE, 1_000), await take(TWO, 2_000), await take(ONE, 15_000), await take(TWO, 34_999)]).toEqual([true, false, true, false]);
      expect(await leaseOf(stage.store.db, ONE.name)).toEqual({ holder: 'one', until: 35_000 });
    });

    it('are another’s once their time is over, or lies further ahead than it can', async () => {
      const [ONE, TWO] = names();
      await take(ONE, 100_000);
      expect([await take(TWO, 120_000), await take(ONE, 130_000)]).toEqual([true, false]);
      expect(await take(ONE, 50_000)).toBe(true);
    });

    it('are given up by their holder alone', async () => {
      const [ONE, TWO] = names();
      await take(ONE, 1_000);
      await stage.write((tx) => endLease(tx, TWO));
      expect(await take(TWO, 2_000)).toBe(false);
      await stage.write((tx) => endLease(tx, ONE));
      expect([await take(TWO, 2_000), await leaseOf(stage.store.db, 'ear:x')]).toEqual([true, null]);
    });
  });
}
