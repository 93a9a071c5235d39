import { tellsHealth } from '../../src/domain/check.js';
import type { ResourceId } from '../../src/domain/ids.js';
import type { ConfiguredLimiter } from '../../src/domain/limiters/limiter.js';
import { neededBy, type Resource } from '../../src/domain/resource.js';
import { answeredAfterRestarts, releaseLives } from '../../src/store/app-past.js';
import { checksOf } from '../../src/store/checks.js';
import { newestLaunchOf } from '../../src/store/launches.js';
import { getRelease, ledgerOf } from '../../src/store/releases.js';
import { getResource, listEdges } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import type { RepairTarget } from '../repairs/repair.js';
import type { AppConfig, StageContext } from './stage.js';

/** How long a server may take to answer, where its config does not say. */
const ASK_MS = 2_000;

/** What a repair is told of its target, from config and ledger. Checks that lost their trust judge nothing. */
export async function targetOf(db: Db, ctx: StageContext, id: ResourceId): Promise<RepairTarget> {
  const resource = await getResource(db, id);
  const config = resource.config as unknown as AppConfig;
  const newest = await newestLaunchOf(db, id);
  const checks = (await checksOf(db, id)).filter((check) => tellsHealth(check) && check.trusted);
  return {
    id,
    kind: resource.kind,
    name: resource.name,
    url: ctx.settings.urlOf(resource.name),
    options: config.options ?? {},
    users: await usersOf(db, resource),
    uses: await usesOf(db, ctx, resource),
    processes: config.processes ?? [],
    release: config.release ? { ...config.release, ...smokeOf(ctx, resource.name) } : null,
    running: newest ? await getRelease(db, newest.releaseId) : null,
    ledger: await ledgerOf(db, id),
    ...(resource.kind === 'app' ? { databases: await databasesOf(db, ctx, resource), past: { lives: await releaseLives(db, id, ctx.clock.now()), answeredAfter: await answeredAfterRestarts(db, id) } } : {}),
    checks: checks.map((check) => check.name),
    settleMs: ctx.settings.settleMs,
  };
}

function smokeOf({ settings }: StageContext, name: string): Pick<NonNullable<RepairTarget['release']>, 'smoke'> {
  const smoke = settings.smokeOf(name);
  return smoke === null ? {} : { smoke };
}

/** Directly or through others: a migration of any of them may be the app's. */
export async function databasesOf(db: Db, ctx: StageContext, { id, hostId }: Resource): Promise<NonNullable<RepairTarget['databases']>> {
  const needed = neededBy(id, await listEdges(db, hostId));
  const servers = (await Promise.all(needed.map((one) => getResource(db, one)))).filter(({ kind }) => kind === 'postgres');
  return servers.flatMap(({ name, config }) => {
    const url = ctx.settings.urlOf(name);
    const { timeoutMs } = ((config as unknown as AppConfig).options ?? {}) as { readonly timeoutMs?: number };
    return url === null ? [] : [{ name, url, timeoutMs: timeoutMs ?? ASK_MS }];
  });
}

async function usesOf(db: Db, ctx: StageContext, { id, hostId }: Resource): Promise<RepairTarget['uses']> {
  const edges = (await listEdges(db, hostId)).filter(({ resourceId }) => resourceId === id);
  const used = await Promise.all(edges.map(({ usesId }) => getResource(db, usesId)));
  return Promise.all(used.map(async (one) => ({ id: one.id, kind: one.kind, name: one.name, url: ctx.settings.urlOf(one.name), sharedBy: await usersOf(db, one, id) })));
}

async function usersOf(db: Db, { id, hostId }: Resource, but?: ResourceId): Promise<RepairTarget['users']> {
  const edges = (await listEdges(db, hostId)).filter(({ usesId, resourceId }) => usesId === id && resourceId !== but);
  const users = await Promise.all(edges.map(({ resourceId }) => getResource(db, resourceId)));
  return users.map(({ name, config }) => {
    const { processes, options } = config as unknown as AppConfig;
    const { limiters = [] } = (options ?? {}) as { readonly limiters?: readonly ConfiguredLimiter[] };
    return { name, processes, limiters: limiters.map(({ prefix }) => prefix) };
  });
}
