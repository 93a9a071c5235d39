import { tellsHealth } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import { rollbackTarget } from '../../src/domain/release.js';
import type { Resource } from '../../src/domain/resource.js';
import { REHEARSE } from '../../src/domain/rehearsal.js';
import { checksOf } from '../../src/store/checks.js';
import { newestLaunchOf } from '../../src/store/launches.js';
import { lastPlannedAt } from '../../src/store/plans.js';
import { ledgerOf } from '../../src/store/releases.js';
import { listResources } from '../../src/store/resources.js';
import { newestVerdicts } from '../../src/store/samples.js';
import { beginByItself } from './by-itself.js';
import { type Stage, type StageContext } from './stage.js';

const LOOK_EVERY_MS = 60_000;

/**
 * The way back is tried on a schedule, where the config says so, while the app is well and long before somebody needs it.
 * When it was last planned is read from the plans, whatever became of it: what policy does not allow, or what cannot be
 * done, comes up again when the next one is due and not every minute.
 */
export function rehearsing(): Stage {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    name: 'rehearsing',
    async run(ctx) {
      const mono = ctx.clock.monotonic();
      if (mono - lookedAt < LOOK_EVERY_MS) return false;
      lookedAt = mono;
      let begun = false;
      for (const app of await listResources(ctx.store.db, ctx.hostId)) begun = (await rehearse(ctx, app)) || begun;
      return begun;
    },
  };
}

async function rehearse(ctx: StageContext, app: Resource): Promise<boolean> {
  const everyMs = app.kind === 'app' ? ctx.settings.rehearseEveryMsOf(app.name) : null;
  if (everyMs === null) return false;
  const last = await lastPlannedAt(ctx.store.db, app.id, REHEARSE);
  const now = ctx.clock.now();
  if ((last !== null && now - last < everyMs && last <= now) || !(await isWell(ctx, app))) return false;
  const title = last === null ? 'the way back was never rehearsed' : `the way back was rehearsed ${sayDuration(Math.max(0, now - last))} ago`;
  const args = { to: null, reason: 'on schedule' };
  return (await ctx.store.write((tx) => beginByItself(tx, ctx, { targetId: app.id, repair: REHEARSE, args, title }))) !== null;
}

/** A release that has warmed up, nothing bad of it, and somewhere to go back to. */
async function isWell(ctx: StageContext, app: Resource): Promise<boolean> {
  const { db } = ctx.store;
  const launch = await newestLaunchOf(db, app.id);
  if (!launch || ctx.clock.now() - launch.startedAt < ctx.settings.warmUpMs) return false;
  if (!rollbackTarget(await ledgerOf(db, app.id), launch.releaseId)) return false;
  const verdicts = await newestVerdicts(db, app.id);
  return (await checksOf(db, app.id)).filter((check) => check.trusted && tellsHealth(check)).every(({ id }) => verdicts.get(id) === 'good');
}
