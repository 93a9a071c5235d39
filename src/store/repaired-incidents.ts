import type { RepairedIncident } from '../domain/failure-rate.js';
import type { HostId } from '../domain/ids.js';
import type { Db } from './schema.js';

/**
 * The incidents of a host's present apps whose last repair ended after `since`, and with it the ladder: it helped, or
 * people were called, or it went away. While the next rung is still to come nothing is said. What people asked for where
 * nothing was wrong is theirs: it tells nothing of how well the machine understands.
 */
export async function repairedIncidents(db: Db, hostId: HostId, since: number): Promise<readonly RepairedIncident[]> {
  const rows = await db.selectFrom('remediations').innerJoin('plans', 'plans.id', 'remediations.plan_id').innerJoin('incidents', 'incidents.id', 'plans.incident_id')
    .innerJoin('resources', 'resources.id', 'remediations.resource_id')
    .select(['incidents.id', 'incidents.state as incident', 'resources.name as app', 'remediations.state', 'remediations.ended_at'])
    .where('resources.host_id', '=', hostId).where('resources.retired', '=', 0).where('incidents.kind', '!=', 'manual').where('remediations.ended_at', '>', since).orderBy('remediations.started_at').execute();
  const last = new Map(rows.map((row) => [row.id, row]));
  return [...last.values()]
    .filter(({ state, incident }) => state === 'verified' || incident === 'escalated' || incident === 'resolved')
    .map(({ app, state, ended_at }) => ({ app, failed: state === 'failed', endedAt: ended_at ?? since }));
}
