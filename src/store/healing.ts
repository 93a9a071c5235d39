import type { CountedIncident, CountedRun } from '../domain/healing-figures.js';
import type { HostId, IncidentId, ResourceId } from '../domain/ids.js';
import type { Db } from './schema.js';

const MOST_INCIDENTS = 5_000;
const MOST_RUNS = 20_000;

/** Incidents that were open at some time after `since`, with their runs; of one resource where one is named. The newest ones where there are very many. */
export async function incidentsWithRuns(db: Db, of: { readonly hostId: HostId; readonly resourceId?: ResourceId }, since: number): Promise<readonly CountedIncident[]> {
  const all = db.selectFrom('incidents').innerJoin('resources', 'resources.id', 'incidents.resource_id').where('resources.host_id', '=', of.hostId)
    .where((eb) => eb.or([eb('incidents.closed_at', 'is', null), eb('incidents.closed_at', '>', since)]));
  const those = of.resourceId === undefined ? all : all.where('incidents.resource_id', '=', of.resourceId);
  const rows = await those.select(['incidents.id', 'incidents.kind', 'incidents.severity', 'incidents.state', 'incidents.opened_at', 'incidents.closed_at', 'incidents.reason', 'incidents.detection_ms'])
    .orderBy('incidents.opened_at', 'desc').limit(MOST_INCIDENTS).execute();
  const runs = await runsSince(db, of.hostId, Math.min(since, ...rows.map((row) => row.opened_at)));
  return rows.map((row) => ({
    kind: row.kind, severity: row.severity, state: row.state, openedAt: row.opened_at, closedAt: row.closed_at, reason: row.reason, detectionMs: row.detection_ms, runs: runs.get(row.id) ?? [],
  }));
}

async function runsSince(db: Db, hostId: HostId, since: number): Promise<ReadonlyMap<IncidentId, readonly CountedRun[]>> {
  const rows = await db.selectFrom('remediations').innerJoin('plans', 'plans.id', 'remediations.plan_id').innerJoin('resources', 'resources.id', 'remediations.resource_id')
    .select(['plans.incident_id', 'plans.asked_by', 'remediations.state', 'remediations.started_at', 'remediations.ended_at', 'remediations.settle_until'])
    .where('resources.host_id', '=', hostId).where('remediations.started_at', '>=', since).orderBy('remediations.started_at', 'desc').limit(MOST_RUNS).execute();
  const runs = new Map<IncidentId, CountedRun[]>();
  for (const row of rows.reverse()) {
    const run = { state: row.state, startedAt: row.started_at, endedAt: row.ended_at, settleUntil: row.settle_until, byHand: row.asked_by !== null };
    runs.set(row.incident_id, [...(runs.get(row.incident_id) ?? []), run]);
  }
  return runs;
}
