import { afterTick } from '../../src/domain/tiers.js';
import { clampSchedule, dueChecks, nextCheckAt, tickChecks } from '../../src/store/checks.js';
import { dueLaunches, nextLaunchAt, scheduleLaunch } from '../../src/store/launches.js';
import { waitingSignals } from '../../src/store/signals.js';
import { measure } from './measure.js';
import type { Stage, StageContext } from './stage.js';
import { takeSignals } from './signals.js';

/** Most probes one pass starts; the rest are still due in the next. */
const MOST_PROBES = 500;

/** What came in is taken, ticks that are due make their checks due, and what is due is measured beside the loop. */
export const observe: Stage = {
  name: 'observe',
  async run(ctx) {
    const taken = await takeSignals(ctx);
    const ticked = await tickLaunches(ctx);
    await startProbes(ctx);
    return taken || ticked;
  },
  async nextAt(ctx) {
    const waiting = await waitingSignals(ctx.store.db, ctx.hostId, 1);
    if (waiting.length > 0) return ctx.clock.now();
    const [tick, check] = [await nextLaunchAt(ctx.store.db, ctx.hostId), await nextCheckAt(ctx.store.db, ctx.hostId)];
    return Math.min(tick ?? Number.POSITIVE_INFINITY, check ?? Number.POSITIVE_INFINITY);
  },
};

/** One transaction a tick: the launch's next due time and its checks' are moved together, so none is lost or doubled. */
async function tickLaunches(ctx: StageContext): Promise<boolean> {
  const now = ctx.clock.now();
  let ticked = false;
  for (const launch of await dueLaunches(ctx.store.db, ctx.hostId, now)) {
    const scheduled = launch.nextTickAt !== null && launch.nextTickAt <= now;
    const next = scheduled
      ? afterTick(ctx.settings.tiers, launch.startedAt, launch.ticksMade, now)
      : { made: launch.ticksMade, nextAt: launch.nextTickAt };
    const hotTickAt = now + (ctx.settings.tiers[0]?.everyMs ?? 0);
    const soonest = hotTickAt <= launch.hotUntil ? Math.min(hotTickAt, next.nextAt ?? hotTickAt) : next.nextAt;
    await ctx.store.write(async (tx) => {
      await clampSchedule(tx, ctx.hostId, now);
      await tickChecks(tx, launch.appId, now);
      await scheduleLaunch(tx, launch.id, { ticksMade: next.made, nextTickAt: next.nextAt, nextAt: next.nextAt === null ? null : soonest });
    });
    ticked = true;
  }
  return ticked;
}

async function startProbes(ctx: StageContext): Promise<void> {
  for (const check of await dueChecks(ctx.store.db, ctx.hostId, ctx.clock.now(), MOST_PROBES)) {
    ctx.effects.start(`check:${check.id}`, (signal) => measure(ctx, check, signal));
  }
}
