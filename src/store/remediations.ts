import type { Selectable } from 'kysely';
import type { HostId, IncidentId, PlanId, RemediationId, ResourceId } from '../domain/ids.js';
import { wasStopped, type Remediation, type RemediationState } from '../domain/remediation.js';
import { newId } from './new-id.js';
import type { Db, RemediationsTable } from './schema.js';

/** A host that gave no sign for so long goes on with nothing it had begun, and holds up no other. */
const SILENT_MS = 2 * 3_600_000;

export interface NewRemediation {
  readonly planId: PlanId;
  readonly resourceId: ResourceId;
  readonly fingerprint: string;
  readonly fence: number;
  /** Names a server that other hosts of this store may be at work on; null, the default: it is this host's own. */
  readonly server?: string | null;
}

/** Begins one run of a plan; null when the target's lane is taken, here or by another host. */
export async function beginRemediation(tx: Db, run: NewRemediation, now: number): Promise<RemediationId | null> {
  const server = run.server ?? null;
  if (server !== null) await freeOfSilent(tx, server, now);
  const id = newId<'remediation'>(now);
  const begun = await tx.insertInto('remediations').values({
    id, plan_id: run.planId, resource_id: run.resourceId, fingerprint: run.fingerprint, state: 'running', fence: run.fence, started_at: now,
    settle_until: null, deadline_at: null, ended_at: null, outcome: null, open_lane: run.resourceId, open_server: server,
  }).onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
  return (begun.numInsertedOrUpdatedRows ?? 0n) > 0n ? id : null;
}

async function freeOfSilent(tx: Db, server: string, now: number): Promise<void> {
  const silent = tx.selectFrom('resources').innerJoin('hosts', 'hosts.id', 'resources.host_id').select('resources.id').where((eb) => eb.or([eb('hosts.monitor_seen_at', 'is', null), eb('hosts.monitor_seen_at', '<', now - SILENT_MS)]));
  await tx.updateTable('remediations').set({ open_server: null }).where('open_server', '=', server).where('started_at', '<', now - SILENT_MS).where('resource_id', 'in', silent).execute();
}

export async function settle(tx: Db, id: RemediationId, settleUntil: number, deadlineAt: number): Promise<void> {
  await tx.updateTable('remediations').set({ state: 'settling', settle_until: settleUntil, deadline_at: deadlineAt }).where('id', '=', id).execute();
}

/** It is at work again, so it neither settles nor is judged. */
export async function beginUndo(tx: Db, id: RemediationId, outcome: string): Promise<void> {
  await tx.updateTable('remediations').set({ state: 'undoing', outcome, settle_until: null, deadline_at: null }).where('id', '=', id).execute();
}

export async function endRemediation(tx: Db, id: RemediationId, state: Extract<RemediationState, 'verified' | 'failed' | 'unclear'>, outcome: string, now: number): Promise<void> {
  await tx.updateTable('remediations').set({ state, outcome, ended_at: now, open_lane: null, open_server: null }).where('id', '=', id).execute();
}

export async function remediationsIn(db: Db, hostId: HostId, states: readonly RemediationState[]): Promise<readonly Remediation[]> {
  const rows = await db.selectFrom('remediations').innerJoin('resources', 'resources.id', 'remediations.resource_id').selectAll('remediations')
    .where('resources.host_id', '=', hostId).where('remediations.state', 'in', [...states]).orderBy('remediations.started_at').execute();
  return rows.map(toRemediation);
}

export async function underWayOn(db: Db, resourceId: ResourceId): Promise<Remediation | null> {
  const row = await db.selectFrom('remediations').selectAll().where('open_lane', '=', resourceId).executeTakeFirst();
  return row ? toRemediation(row) : null;
}

/** What is at work on a resource, or at another one for the trouble of this. */
export async function underWayFor(db: Db, resourceId: ResourceId): Promise<Remediation | null> {
  const row = await db.selectFrom('remediations').innerJoin('plans', 'plans.id', 'remediations.plan_id').innerJoin('incidents', 'incidents.id', 'plans.incident_id').selectAll('remediations')
    .where('incidents.open_resource', '=', resourceId).where('remediations.ended_at', 'is', null).limit(1).executeTakeFirst();
  return row ? toRemediation(row) : underWayOn(db, resourceId);
}

/** The one run of a plan; null where it never began. */
export async function runOfPlan(db: Db, planId: PlanId): Promise<Remediation | null> {
  const row = await db.selectFrom('remediations').selectAll().where('plan_id', '=', planId).executeTakeFirst();
  return row ? toRemediation(row) : null;
}

export async function remediationsOf(db: Db, incidentId: IncidentId): Promise<readonly (Remediation & { readonly repair: string })[]> {
  const rows = await db.selectFrom('remediations').innerJoin('plans', 'plans.id', 'remediations.plan_id').selectAll('remediations').select('plans.repair')
    .where('plans.incident_id', '=', incidentId).orderBy('remediations.started_at').execute();
  return rows.map((row) => ({ ...toRemediation(row), repair: row.repair }));
}

/** Every run on a resource that was begun after `since`, oldest first. */
export async function remediationsSince(db: Db, resourceId: ResourceId, since: number): Promise<readonly Remediation[]> {
  const rows = await db.selectFrom('remediations').selectAll().where('resource_id', '=', resourceId).where('started_at', '>', since).orderBy('started_at').limit(200).execute();
  return rows.map(toRemediation);
}

/** How often each repair was run for one problem of a resource after `since`; runs that people stopped do not count. */
export async function runsFor(db: Db, resourceId: ResourceId, fingerprint: string, since: number): Promise<ReadonlyMap<string, number>> {
  const rows = await db.selectFrom('remediations').innerJoin('plans', 'plans.id', 'remediations.plan_id').select(['plans.repair', 'remediations.state', 'remediations.settle_until'])
    .where('remediations.resource_id', '=', resourceId).where('remediations.fingerprint', '=', fingerprint).where('remediations.started_at', '>', since)
    .where('remediations.ended_at', 'is not', null).execute();
  const runs = new Map<string, number>();
  for (const row of rows) if (!wasStopped({ state: row.state, settleUntil: row.settle_until })) runs.set(row.repair, (runs.get(row.repair) ?? 0) + 1);
  return runs;
}

export async function getRemediation(db: Db, id: RemediationId): Promise<Remediation> {
  return toRemediation(await db.selectFrom('remediations').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
}

function toRemediation(row: Selectable<RemediationsTable>): Remediation {
  return {
    id: row.id, planId: row.plan_id, resourceId: row.resource_id, fingerprint: row.fingerprint, state: row.state, startedAt: row.started_at,
    settleUntil: row.settle_until, deadlineAt: row.deadline_at, endedAt: row.ended_at, outcome: row.outcome,
  };
}
