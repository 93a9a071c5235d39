import { HypercareError } from '../domain/errors.js';
import type { HostId } from '../domain/ids.js';
import type { Store } from './store.js';

/**
 * The monitor's store: every transaction opens by raising the host's revision under our fence, which is lock, fence
 * check and version in one statement. Once another monitor has the seat, each write fails with `seat.lost`.
 */
export function fenced(store: Store, hostId: HostId, fence: number): Store {
  return {
    ...store,
    write: (fn) =>
      store.write(async (tx) => {
        const held = await tx.updateTable('hosts').set((eb) => ({ rev: eb('rev', '+', 1) })).where('id', '=', hostId).where('fence', '=', fence).executeTakeFirst();
        if (held.numUpdatedRows !== 1n) {
          throw new HypercareError('seat.lost', 'permanent', 'another monitor has taken over this host', 'This one ends itself; nothing is to be done.');
        }
        return fn(tx);
      }),
  };
}
