import type { Hold } from '../../src/domain/hold.js';
import { openHolds } from '../../src/store/holds.js';
import { openIncidents } from '../../src/store/incidents.js';
import { keepFailureRate } from './guard-failures.js';
import { keepFlaps } from './guard-flap.js';
import { keepFreezeFile, planned } from './guard-planned.js';
import { keepStorms } from './guard-storm.js';
import { end } from './holding.js';
import type { Stage } from './stage.js';

/**
 * Keeps the holds: ends those whose time is up, writes down what the freeze file and the maintenance windows say, and
 * looks for storms, flapping and too many failures before anything is planned. On a healthy host that is one look.
 */
export function guard(): Stage {
  const windows = planned();
  return {
    name: 'guard',
    async run(ctx) {
      const now = ctx.clock.now();
      const all = await openHolds(ctx.store.db, ctx.hostId);
      const isOver = ({ until }: Hold): boolean => until !== null && until <= now;
      for (const hold of all.filter(isOver)) await ctx.store.write((tx) => end(tx, ctx, hold, { cause: 'its time was up' }));
      let changed = all.some(isOver);
      const open = all.filter((hold) => !isOver(hold));
      changed = (await keepFreezeFile(ctx, open)) || changed;
      changed = (await windows.keep(ctx, open)) || changed;
      if (open.length === 0 && (await openIncidents(ctx.store.db, ctx.hostId)).length === 0) return changed;
      changed = (await keepStorms(ctx, open)) || changed;
      changed = (await keepFlaps(ctx, open)) || changed;
      return (await keepFailureRate(ctx, open)) || changed;
    },
    async nextAt(ctx) {
      const ends = (await openHolds(ctx.store.db, ctx.hostId)).flatMap(({ until }) => (until === null ? [] : [until]));
      const times = [...ends, windows.nextAt(ctx)].filter((at) => at !== null);
      return times.length === 0 ? null : Math.min(...times);
    },
  };
}
