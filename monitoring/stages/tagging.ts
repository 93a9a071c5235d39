import { releaseName } from '../../src/domain/release.js';
import type { Resource } from '../../src/domain/resource.js';
import { TAG } from '../../src/domain/routine.js';
import { argsPlanned } from '../../src/store/plans.js';
import { ledgerOf } from '../../src/store/releases.js';
import { listResources } from '../../src/store/resources.js';
import { beginByItself } from './by-itself.js';
import type { Stage, StageContext } from './stage.js';

const LOOK_EVERY_MS = 60_000;

/**
 * A release that became stable is written down as a git tag, where the config says so. Each is planned once, whatever
 * became of it: what policy does not allow, or what cannot be done, is left to whoever asks for it by hand.
 */
export function tagging(): Stage {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    name: 'tagging',
    async run(ctx) {
      const mono = ctx.clock.monotonic();
      if (mono - lookedAt < LOOK_EVERY_MS) return false;
      lookedAt = mono;
      let begun = false;
      for (const app of await listResources(ctx.store.db, ctx.hostId)) begun = (await tag(ctx, app)) || begun;
      return begun;
    },
  };
}

/** One of an app at a time, the oldest first. */
async function tag(ctx: StageContext, app: Resource): Promise<boolean> {
  if (app.kind !== 'app' || !ctx.settings.tagsReleasesOf(app.name)) return false;
  // Plans are forgotten with the history: what became stable before it was planned then, or tags were not wanted yet.
  const since = ctx.clock.now() - ctx.settings.keep.historyMs;
  const stable = (await ledgerOf(ctx.store.db, app.id)).filter(({ verdict, verdictAt, quarantinedAt, commit }) => verdict === 'stable' && verdictAt > since && quarantinedAt === null && commit !== null);
  if (stable.length === 0) return false;
  const planned = new Set((await argsPlanned(ctx.store.db, app.id, TAG)).map((args) => (args as { readonly release?: unknown } | null)?.release));
  const next = stable.filter(({ id }) => !planned.has(id)).toSorted((a, b) => a.verdictAt - b.verdictAt)[0];
  if (!next) return false;
  const due = { targetId: app.id, repair: TAG, args: { release: next.id, reason: 'it became stable' }, title: `${releaseName(next)} became stable, and git does not say so yet` };
  return (await ctx.store.write((tx) => beginByItself(tx, ctx, due))) !== null;
}
