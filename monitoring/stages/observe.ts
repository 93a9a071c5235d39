import type { Check } from '../../src/domain/check.js';
import type { CheckId } from '../../src/domain/ids.js';
import type { Launch } from '../../src/domain/launch.js';
import { afterTick } from '../../src/domain/tiers.js';
import { checksNumbered, clampSchedule, earliestChecks, tickChecks } from '../../src/store/checks.js';
import { dueLaunches, scheduleLaunch } from '../../src/store/launches.js';
import { measure } from './measure.js';
import type { Stage, StageContext } from './stage.js';
import { takeSignals } from './signals.js';

/** What came in is taken, ticks that are due make their checks due, and what is due is measured beside the loop. */
export const observe: Stage = {
  name: 'observe',
  waits: ({ signalAt, ...due }, now) => signalAt !== null || (soonest(due.tickAt, due.checkAt) ?? Number.POSITIVE_INFINITY) <= now,
  async run(ctx) {
    const taken = await takeSignals(ctx);
    const ticked = await tickLaunches(ctx);
    await startProbes(ctx);
    return taken || ticked;
  },
  async nextAt(ctx, { signalAt, tickAt, checkAt }) {
    const now = ctx.clock.now();
    if (signalAt !== null) return now;
    return soonest(tickAt, checkAt !== null && checkAt <= now ? await nextFreeAt(ctx) : checkAt);
  },
};

function soonest(...times: readonly (number | null)[]): number | null {
  const known = times.filter((at) => at !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** A launch's next due time and its checks' are moved in one transaction, so none is lost or doubled; all that are due share it. */
async function tickLaunches(ctx: StageContext): Promise<boolean> {
  const now = ctx.clock.now();
  const due = await dueLaunches(ctx.store.db, ctx.hostId, now);
  if (due.length === 0) return false;
  await ctx.store.write(async (tx) => {
    await clampSchedule(tx, ctx.hostId, now);
    for (const launch of due) {
      await tickChecks(tx, launch.appId, now);
      await scheduleLaunch(tx, launch.id, nextTick(ctx, launch, now));
    }
  });
  return true;
}

function nextTick({ settings }: StageContext, launch: Launch, now: number): { readonly ticksMade: number; readonly nextTickAt: number | null; readonly nextAt: number | null } {
  const scheduled = launch.nextTickAt !== null && launch.nextTickAt <= now;
  const next = scheduled ? afterTick(settings.tiers, launch.startedAt, launch.ticksMade, now) : { made: launch.ticksMade, nextAt: launch.nextTickAt };
  const hotTickAt = now + (settings.tiers[0]?.everyMs ?? 0);
  const soonestAt = hotTickAt <= launch.hotUntil ? Math.min(hotTickAt, next.nextAt ?? hotTickAt) : next.nextAt;
  return { ticksMade: next.made, nextTickAt: next.nextAt, nextAt: next.nextAt === null ? null : soonestAt };
}

/** A check stays due while it is being measured: only those that find room in the pool are read whole, the rest are due in the next pass. */
async function startProbes(ctx: StageContext): Promise<void> {
  const now = ctx.clock.now();
  const room = ctx.effects.room();
  if (room === 0) return;
  const due = (await earliestFree(ctx)).filter(({ nextAt }) => nextAt <= now).slice(0, room);
  if (due.length === 0) return;
  for (const check of await checksNumbered(ctx.store.db, due.map(({ id }) => id))) {
    ctx.effects.start(effectOf(check.id), (signal) => measure(ctx, check, signal));
  }
}

/** When the first check that is not being measured is due; the end of one that is wakes the loop. Null while the pool is full. */
async function nextFreeAt(ctx: StageContext): Promise<number | null> {
  if (ctx.effects.room() === 0) return null;
  return (await earliestFree(ctx))[0]?.nextAt ?? null;
}

/** Of as many as the pool holds, those that are not in it: where it has room, there are some among them, if there are any. */
async function earliestFree({ store, hostId, effects }: StageContext): Promise<readonly Pick<Check, 'id' | 'nextAt'>[]> {
  return (await earliestChecks(store.db, hostId, effects.most)).filter(({ id }) => !effects.busy(effectOf(id)));
}

function effectOf(id: CheckId): string {
  return `check:${id}`;
}
