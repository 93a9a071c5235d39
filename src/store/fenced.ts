import { HypercareError } from '../domain/errors.js';
import type { HostId } from '../domain/ids.js';
import type { Store } from './store.js';

/**
 * The monitor's store: every transaction opens by raising the host's revision under our fence, which is lock, fence
 * check and version in one statement. Once another monitor has the seat, each write fails with `seat.lost`: by the fence where
 * it has this store, and by the seat itself, which is looked at before, where it has one of its own.
 */
export function fenced(store: Store, hostId: HostId, fence: number, keepsSeat: () => boolean = () => true): Store {
  return {
    ...store,
    async write(fn) {
      if (!keepsSeat()) throw lost();
      return store.write(async (tx) => {
        const held = await tx.updateTable('hosts').set((eb) => ({ rev: eb('rev', '+', 1) })).where('id', '=', hostId).where('fence', '=', fence).executeTakeFirst();
        if (held.numUpdatedRows !== 1n) throw lost();
        return fn(tx);
      });
    },
  };
}

function lost(): HypercareError {
  return new HypercareError('seat.lost', 'permanent', 'another monitor has taken over this host', 'This one ends itself; nothing is to be done.');
}
