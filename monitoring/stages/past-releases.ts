import { errorText } from '../../src/domain/errors.js';
import type { PastRelease } from '../../src/domain/release.js';
import type { Resource } from '../../src/domain/resource.js';
import { importReleases, notImported } from '../../src/store/imported.js';
import { record } from './record.js';
import type { AppConfig, Stage, StageContext } from './stage.js';

/** Reads what is known of one app's releases from before it was watched. */
export type ReadPast = (place: NonNullable<AppConfig['release']>) => Promise<readonly PastRelease[]>;

/** The past of an app is entered into its ledger once, beside the loop; where it cannot be read it is tried at the next start. */
export function pastReleases(read: ReadPast): Stage {
  const begun = new Set<string>();
  return {
    name: 'past releases',
    waits: () => begun.size === 0,
    async run(ctx) {
      begun.add('');
      for (const app of await notImported(ctx.store.db, ctx.hostId)) {
        if (begun.has(app.id)) continue;
        begun.add(app.id);
        ctx.effects.start(`past:${app.id}`, () => enter(ctx, app, read));
      }
      return false;
    },
  };
}

async function enter(ctx: StageContext, app: Resource, read: ReadPast): Promise<void> {
  const { release } = app.config as unknown as AppConfig;
  try {
    const past = release ? await read(release) : [];
    await ctx.store.write(async (tx) => {
      const entered = await importReleases(tx, app.id, past, ctx.clock.now());
      if (entered > 0) await record(tx, ctx, { who: 'hypercare', what: `${entered} other ${entered === 1 ? 'release' : 'releases'} of ${app.name} entered into its ledger`, why: 'from git tags and the history of pm2 deploy; none of them counts as good', body: { app: app.id } });
    });
  } catch (error) {
    ctx.log.warn({ error: errorText(error), app: app.name }, 'earlier releases could not be read');
  }
}
