import type { Selectable } from 'kysely';
import type { HostId, IncidentId, LaunchId, ResourceId } from '../domain/ids.js';
import type { Incident } from '../domain/incident.js';
import type { Severity } from '../domain/finding.js';
import { newId } from './new-id.js';
import type { Db, IncidentsTable } from './schema.js';

export interface NewIncident {
  readonly resourceId: ResourceId;
  readonly launchId: LaunchId | null;
  readonly kind: string;
  readonly severity: Severity;
  readonly emergency: boolean;
  readonly title: string;
}

export async function openIncident(tx: Db, incident: NewIncident, now: number): Promise<Incident> {
  const id = newId<'incident'>(now);
  await tx.insertInto('incidents').values({
    id, resource_id: incident.resourceId, launch_id: incident.launchId, kind: incident.kind, severity: incident.severity,
    emergency: incident.emergency ? 1 : 0, state: 'open', title: incident.title, opened_at: now, closed_at: null, reason: null,
    rung: 0, failed: 0, next_at: now, acked_at: null, acked_by: null, open_resource: incident.resourceId,
  }).execute();
  return getIncident(tx, id);
}

/** What may change in an open incident. */
export type IncidentChange = Partial<Pick<Incident, 'kind' | 'severity' | 'emergency' | 'state' | 'title' | 'reason' | 'rung' | 'failed' | 'nextAt' | 'launchId' | 'ackedAt' | 'ackedBy'>>;

export async function changeIncident(tx: Db, id: IncidentId, change: IncidentChange): Promise<void> {
  const { emergency, nextAt, launchId, ackedAt, ackedBy, ...same } = change;
  await tx.updateTable('incidents').set({
    ...same,
    ...(emergency === undefined ? {} : { emergency: emergency ? 1 : 0 }),
    ...(nextAt === undefined ? {} : { next_at: nextAt }),
    ...(launchId === undefined ? {} : { launch_id: launchId }),
    ...(ackedAt === undefined ? {} : { acked_at: ackedAt }),
    ...(ackedBy === undefined ? {} : { acked_by: ackedBy }),
  }).where('id', '=', id).execute();
}

export async function resolveIncident(tx: Db, id: IncidentId, reason: string, now: number): Promise<void> {
  await tx.updateTable('incidents').set({ state: 'resolved', closed_at: now, reason, open_resource: null }).where('id', '=', id).execute();
}

export async function getIncident(db: Db, id: IncidentId): Promise<Incident> {
  return toIncident(await db.selectFrom('incidents').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
}

export async function openIncidentOf(db: Db, resourceId: ResourceId): Promise<Incident | null> {
  const row = await db.selectFrom('incidents').selectAll().where('open_resource', '=', resourceId).executeTakeFirst();
  return row ? toIncident(row) : null;
}

/** When the last incident of any of these resources ended; null where none ever did. */
export async function lastEndOf(db: Db, resourceIds: readonly ResourceId[]): Promise<number | null> {
  if (resourceIds.length === 0) return null;
  const row = await db.selectFrom('incidents').select((eb) => eb.fn.max('closed_at').as('at')).where('resource_id', 'in', [...resourceIds]).executeTakeFirst();
  return row?.at ?? null;
}

/** The newest incident of one resource; one opened for a wish that came to nothing only where it had no other; null where it had none. */
export async function newestIncidentOf(db: Db, resourceId: ResourceId): Promise<Incident | null> {
  const row = await db.selectFrom('incidents').selectAll().where('resource_id', '=', resourceId)
    .orderBy((eb) => eb.case().when(eb.or([
      eb('kind', '!=', 'manual'),
      eb.exists(eb.selectFrom('plans').innerJoin('remediations', 'remediations.plan_id', 'plans.id').select('remediations.id').whereRef('plans.incident_id', '=', 'incidents.id')),
    ])).then(0).else(1).end())
    .orderBy('opened_at', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row ? toIncident(row) : null;
}

/** When something was wrong with a resource after `since`, by its incidents; what people asked for is none. */
export async function troubledSpans(db: Db, resourceId: ResourceId, since: number): Promise<readonly { readonly from: number; readonly until: number }[]> {
  const rows = await db.selectFrom('incidents').select(['opened_at', 'closed_at']).where('resource_id', '=', resourceId).where('kind', '!=', 'manual')
    .where((eb) => eb.or([eb('closed_at', 'is', null), eb('closed_at', '>', since)])).orderBy('opened_at').execute();
  return rows.map((row) => ({ from: row.opened_at, until: row.closed_at ?? Number.MAX_SAFE_INTEGER }));
}

/** Joined by the column that is null once an incident is over, so that past ones cost nothing. */
export async function openIncidents(db: Db, hostId: HostId): Promise<readonly Incident[]> {
  const rows = await db.selectFrom('incidents').innerJoin('resources', 'resources.id', 'incidents.open_resource').selectAll('incidents')
    .where('resources.host_id', '=', hostId).orderBy('incidents.opened_at').execute();
  return rows.map(toIncident);
}

/** The newest incidents, open ones and past ones. */
export async function recentIncidents(db: Db, hostId: HostId, limit: number): Promise<readonly Incident[]> {
  const rows = await db.selectFrom('incidents').innerJoin('resources', 'resources.id', 'incidents.resource_id').selectAll('incidents')
    .where('resources.host_id', '=', hostId).orderBy('incidents.opened_at', 'desc').limit(limit).execute();
  return rows.map(toIncident);
}

function toIncident(row: Selectable<IncidentsTable>): Incident {
  return {
    id: row.id, resourceId: row.resource_id, launchId: row.launch_id, kind: row.kind, severity: row.severity,
    emergency: row.emergency === 1, state: row.state, title: row.title, openedAt: row.opened_at, closedAt: row.closed_at,
    reason: row.reason, rung: row.rung, failed: row.failed, nextAt: row.next_at, ackedAt: row.acked_at, ackedBy: row.acked_by,
  };
}
