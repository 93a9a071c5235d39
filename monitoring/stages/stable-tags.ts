import { errorText } from '../../src/domain/errors.js';
import { releaseName, type Release } from '../../src/domain/release.js';
import type { Resource } from '../../src/domain/resource.js';
import { ledgerOf } from '../../src/store/releases.js';
import { listResources } from '../../src/store/resources.js';
import { frozenNow } from './holding.js';
import { record } from './record.js';
import type { AppConfig, Stage, StageContext } from './stage.js';

/** Makes the tag unless it is there; its name, or null where it was. */
export type TagStable = (job: { readonly app: string; readonly repo: string; readonly commit: string; readonly at: number; readonly why: string }) => Promise<string | null>;

/** The newest ones are enough: what was stable before it was allowed has no tag. */
const MOST_TAGGED = 3;

/**
 * Stable releases get a git tag where the operator allows it for the app: it is an act on somebody's repository, so it
 * is off until it is written, waits for a freeze to end, is not done in a dry run, and stands in the audit.
 */
export function stableTags(tag: TagStable): Stage {
  const looked = new Set<string>();
  // What the config says is the same until the next start, and most name no app here: then a pass costs nothing.
  let allowed: readonly { readonly app: Resource; readonly repo: string }[] | null = null;
  return {
    name: 'stable tags',
    waits: () => allowed === null || allowed.length > 0,
    async run(ctx) {
      allowed ??= ctx.settings.policy.dryRun ? [] : await allowedApps(ctx);
      for (const { app, repo } of allowed) {
        if ((await frozenNow(ctx, app.name)) !== null) continue;
        for (const release of await stableOnes(ctx, app)) {
          if (looked.has(release.id)) continue;
          looked.add(release.id);
          ctx.effects.start(`tag:${release.id}`, () => tagOne(ctx, app, { release, repo }, tag));
        }
      }
      return false;
    },
  };
}

async function allowedApps(ctx: StageContext): Promise<readonly { readonly app: Resource; readonly repo: string }[]> {
  return (await listResources(ctx.store.db, ctx.hostId)).flatMap((app) => {
    const repo = repoOf(app);
    return repo === null ? [] : [{ app, repo }];
  });
}

/** Null where no tag is wanted, or there is no repository to put it in. */
function repoOf({ kind, config }: Resource): string | null {
  const { release } = config as unknown as Partial<AppConfig>;
  if (kind !== 'app' || !release?.tag) return null;
  return release.mode === 'in-place' ? release.dir : release.repo;
}

async function stableOnes(ctx: StageContext, app: Resource): Promise<readonly Release[]> {
  const stable = (await ledgerOf(ctx.store.db, app.id)).filter(({ verdict, commit, quarantinedAt, origin }) => verdict === 'stable' && commit !== null && quarantinedAt === null && !origin);
  return stable.toSorted((a, b) => b.verdictAt - a.verdictAt).slice(0, MOST_TAGGED);
}

async function tagOne(ctx: StageContext, app: Resource, { release, repo }: { readonly release: Release; readonly repo: string }, tag: TagStable): Promise<void> {
  try {
    const name = await tag({ app: app.name, repo, commit: release.commit ?? '', at: release.verdictAt, why: release.verdictReason ?? 'found stable' });
    if (name === null) return;
    await ctx.store.write((tx) => record(tx, ctx, { who: 'hypercare', what: `${app.name} ${releaseName(release)} was tagged ${name} in ${repo}`, why: release.verdictReason ?? 'it was found stable', body: { release: release.id, commit: release.commit } }));
  } catch (error) {
    ctx.log.warn({ error: errorText(error), app: app.name }, 'a stable release could not be tagged');
  }
}
