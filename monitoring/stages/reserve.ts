import { tell } from '../../src/store/events.js';
import type { Ballast } from '../../src/store/ballast.js';
import { watchOf } from '../../src/store/watch.js';
import { record } from './record.js';
import type { Stage } from './stage.js';

const LOOK_EVERY_MS = 60_000;

/** Keeps the ballast beside the store, and tells when the disk is full and when it has room again. */
export function reserve(ballast: Ballast): Stage {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let isFull: boolean | null = null;
  return {
    name: 'reserve',
    async run(ctx) {
      const mono = ctx.clock.monotonic();
      const untold = ballast.spent() && isFull !== true; // What took the room before takes that of the ballast too: there is no time to lose.
      if (mono - lookedAt < LOOK_EVERY_MS && !untold) return false;
      lookedAt = mono;
      isFull ??= (await watchOf(ctx.store.db, ctx.hostId)).storeFullAt !== null; // A monitor before this one may have told it.
      if (ballast.lay() !== isFull) return false;
      const fills = !isFull;
      const [kind, what, why] = fills
        ? (['store.full', 'the disk of the store is full', 'its reserve is used up, or there is no room to keep one'] as const)
        : (['store.room', 'the disk of the store has room again', 'its reserve is laid again'] as const);
      await ctx.store.write(async (tx) => {
        await record(tx, ctx, { who: 'hypercare', what, why, body: {} });
        await tell(tx, ctx.hostId, { kind }, ctx.clock.now());
      });
      isFull = fills;
      return false;
    },
  };
}
