import type { AppliedMigrations } from '../../src/domain/applied-migrations.js';
import type { Launch } from '../../src/domain/launch.js';
import type { Resource } from '../../src/domain/resource.js';
import { newestLaunchOf } from '../../src/store/launches.js';
import { getRelease, noteMigrations } from '../../src/store/releases.js';
import { listResources } from '../../src/store/resources.js';
import type { Stage, StageContext } from './stage.js';
import { databasesOf } from './targets.js';

/** What is applied to the databases of one app by now. */
export type ReadMigrations = (databases: Awaited<ReturnType<typeof databasesOf>>) => Promise<AppliedMigrations>;

const LOOK_EVERY_MS = 60_000;
/** What could not be read is tried again after this. */
const AGAIN_MS = 10 * 60_000;

/**
 * The ledger keeps which migrations were applied while a release ran: read once it has settled, because many apps
 * migrate at their start, and again when its watch is over while it still runs.
 */
export function notingMigrations(read: ReadMigrations): Stage {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    name: 'noting migrations',
    async run(ctx) {
      const mono = ctx.clock.monotonic();
      if (mono - lookedAt < LOOK_EVERY_MS) return false;
      lookedAt = mono;
      for (const app of (await listResources(ctx.store.db, ctx.hostId)).filter(({ kind }) => kind === 'app')) {
        if (await isDue(ctx, app)) ctx.effects.start(`migrations:${app.id}`, () => note(ctx, app, read));
      }
      return false;
    },
  };
}

async function isDue(ctx: StageContext, app: Resource): Promise<boolean> {
  const launch = await newestLaunchOf(ctx.store.db, app.id);
  if (!launch || ctx.clock.now() < launch.startedAt + ctx.settings.settleMs) return false;
  const { migrations } = await getRelease(ctx.store.db, launch.releaseId);
  if (migrations && isFresh(migrations, launch, ctx.clock.now())) return false;
  return (await databasesOf(ctx.store.db, ctx, app)).length > 0;
}

function isFresh({ at, unread }: AppliedMigrations, { startedAt, endedAt }: Launch, now: number): boolean {
  const wanted = endedAt !== null && endedAt <= now ? endedAt : startedAt;
  return at >= wanted && at <= now && (unread.length === 0 || now - at < AGAIN_MS);
}

/** Only while the same release runs: what was read may belong to the next one otherwise. */
async function note(ctx: StageContext, app: Resource, read: ReadMigrations): Promise<void> {
  const before = await newestLaunchOf(ctx.store.db, app.id);
  const found = await read(await databasesOf(ctx.store.db, ctx, app));
  await ctx.store.write(async (tx) => {
    const launch = await newestLaunchOf(tx, app.id);
    if (launch && launch.id === before?.id) await noteMigrations(tx, launch.releaseId, found);
  });
}
