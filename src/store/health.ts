import { healthScore, type HealthFacts, type HealthScore } from '../domain/health-score.js';
import { isWatched } from '../domain/app-status.js';
import type { HostId } from '../domain/ids.js';
import { neededBy, type Resource } from '../domain/resource.js';
import type { Tier } from '../domain/tiers.js';
import { appStatuses } from './app-status.js';
import { resourceStatuses } from './resource-status.js';
import { listEdges, listResources } from './resources.js';
import type { Db } from './schema.js';
import { watchOf } from './watch.js';

const DAY_MS = 24 * 3_600_000;
const MOST_PAST = 500;

export interface Health {
  readonly host: HealthScore;
  readonly apps: readonly { readonly app: Resource; readonly score: HealthScore }[];
}

/** How healthy the host is as a whole, and each app with what it needs. */
export async function healthOf(db: Db, hostId: HostId, at: { readonly tiers: readonly Tier[]; readonly settleMs: number; readonly now: number }): Promise<Health> {
  const watch = await watchOf(db, hostId);
  const facts: HealthFacts = {
    apps: await appStatuses(db, hostId, at), resources: await resourceStatuses(db, hostId, at.now), past: await pastIncidents(db, hostId, at.now - DAY_MS),
    tickMs: Math.max(...at.tiers.map(({ everyMs }) => everyMs)), monitorRuns: isWatched(watch, at.now), pm2Answers: watch.pm2LostAt === null, now: at.now,
  };
  const edges = await listEdges(db, hostId);
  return {
    host: healthScore(facts),
    apps: facts.apps.map(({ app }) => ({ app, score: healthScore(only(facts, [app.id, ...neededBy(app.id, edges)])) })),
  };
}

function only(facts: HealthFacts, ids: readonly string[]): HealthFacts {
  return {
    ...facts, apps: facts.apps.filter(({ app }) => ids.includes(app.id)), resources: facts.resources.filter(({ resource }) => ids.includes(resource.id)),
    past: facts.past.filter(({ at }) => ids.includes(at.id)),
  };
}

async function pastIncidents(db: Db, hostId: HostId, since: number) {
  const resources = new Map((await listResources(db, hostId)).map((one) => [one.id, one]));
  const rows = await db.selectFrom('incidents').innerJoin('resources', 'resources.id', 'incidents.resource_id').select(['incidents.kind', 'incidents.severity', 'incidents.title', 'incidents.resource_id'])
    .where('resources.host_id', '=', hostId).where('incidents.closed_at', '>', since).orderBy('incidents.closed_at', 'desc').limit(MOST_PAST).execute();
  return rows.flatMap(({ resource_id: id, ...incident }) => {
    const at = resources.get(id);
    return at ? [{ incident, at }] : [];
  });
}
