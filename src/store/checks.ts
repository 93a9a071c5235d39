import type { Selectable } from 'kysely';
import type { Check } from '../domain/check.js';
import type { CheckId, HostId, ResourceId } from '../domain/ids.js';
import type { Json } from '../domain/json.js';
import { parkMoved, retireChecks, type MovedCheck } from './check-address.js';
import type { ChecksTable, Db } from './schema.js';

/** A check as the config asks for it. */
export type WatchedCheck = Pick<Check, 'resourceId' | 'name' | 'probe' | 'options' | 'cadence' | 'everyMs' | 'critical'>;

/** Makes the stored checks of the host equal to the configured ones. Kept checks keep their due time and samples; returned are those that have another address now. */
export async function syncChecks(tx: Db, hostId: HostId, wanted: readonly WatchedCheck[], now: number): Promise<readonly MovedCheck[]> {
  const moved = await parkMoved(tx, hostId, wanted);
  await retireChecks(tx, hostId);
  for (const check of wanted) {
    const asked = {
      probe: check.probe, options: JSON.stringify(check.options), cadence: check.cadence, every_ms: check.everyMs,
      critical: check.critical ? 1 : 0, retired: 0,
    } as const;
    await tx.insertInto('checks')
      .values({ ...asked, resource_id: check.resourceId, name: check.name, next_at: now, hot_until: 0, trusted: 1, detected_at: 0 } as never)
      .onConflict((conflict) => conflict.columns(['resource_id', 'name']).doUpdateSet(asked))
      .execute();
  }
  return moved;
}

/** Checks and when they are due, the longest due first: found by the index on due times. */
export async function earliestChecks(db: Db, hostId: HostId, limit: number): Promise<readonly Pick<Check, 'id' | 'nextAt'>[]> {
  return watched(db, hostId).select(['checks.id', 'checks.next_at as nextAt']).orderBy('checks.next_at').limit(limit).execute();
}

/** The checks with these numbers, the longest due first. */
export async function checksNumbered(db: Db, ids: readonly CheckId[]): Promise<readonly Check[]> {
  return (await db.selectFrom('checks').selectAll().where('id', 'in', [...ids]).orderBy('next_at').execute()).map(toCheck);
}

/** Of all checks of the host, those too that the config no longer has. */
export async function checkIds(db: Db, hostId: HostId): Promise<readonly CheckId[]> {
  const rows = await db.selectFrom('checks').innerJoin('resources', 'resources.id', 'checks.resource_id').select('checks.id').where('resources.host_id', '=', hostId).orderBy('checks.id').execute();
  return rows.map(({ id }) => id);
}

export async function checksOf(db: Db, resourceId: ResourceId): Promise<readonly Check[]> {
  const rows = await db.selectFrom('checks').selectAll().where('resource_id', '=', resourceId).where('retired', '=', 0).orderBy('id').execute();
  return rows.map(toCheck);
}

/** Names of checks that the config once had. */
export async function retiredChecks(db: Db, resourceId: ResourceId): Promise<readonly string[]> {
  return (await db.selectFrom('checks').select('name').where('resource_id', '=', resourceId).where('retired', '=', 1).execute()).map((row) => row.name);
}

/** Resources that have samples the detectors have not looked at. */
export async function undetected(db: Db, hostId: HostId): Promise<readonly ResourceId[]> {
  const rows = await watched(db, hostId).whereRef('checks.sampled_at', '>', 'checks.detected_at').select('checks.resource_id').distinct().execute();
  return rows.map((row) => row.resource_id);
}

export async function markDetected(tx: Db, check: CheckId, at: number): Promise<void> {
  await tx.updateTable('checks').set({ detected_at: at }).where('id', '=', check).execute();
}

/** Samples of a resource from `at` on are looked at by the detectors once more. */
export async function detectAnew(tx: Db, resourceId: ResourceId, at: number): Promise<void> {
  await tx.updateTable('checks').set({ detected_at: at }).where('resource_id', '=', resourceId).where('detected_at', '>', at).execute();
}

export async function scheduleCheck(tx: Db, check: CheckId, nextAt: number): Promise<void> {
  await scheduleChecks(tx, [check], nextAt);
}

export async function scheduleChecks(tx: Db, checks: readonly CheckId[], nextAt: number): Promise<void> {
  await tx.updateTable('checks').set({ next_at: nextAt }).where('id', 'in', [...checks]).execute();
}

/**
 * Makes checks of a resource due now and keeps them at the confirmation cadence until `until`. Which release runs is
 * looked at once: it says nothing of health, and asking git every second costs more than all the rest.
 */
export async function confirmFast(tx: Db, resourceId: ResourceId, now: number, until: number): Promise<void> {
  await tx.updateTable('checks').set({ hot_until: until }).where('resource_id', '=', resourceId).where('retired', '=', 0).where('probe', '!=', 'release').where('hot_until', '<', until).execute();
  await tx.updateTable('checks').set({ next_at: now }).where('resource_id', '=', resourceId).where('retired', '=', 0).where('next_at', '>', now).execute();
}

/** Ends the confirmation cadence. */
export async function coolDown(tx: Db, resourceId: ResourceId): Promise<void> {
  await tx.updateTable('checks').set({ hot_until: 0 }).where('resource_id', '=', resourceId).execute();
}

/** Makes the tick checks of a resource due now. */
export async function tickChecks(tx: Db, resourceId: ResourceId, now: number): Promise<void> {
  await tx.updateTable('checks').set({ next_at: now }).where('resource_id', '=', resourceId).where('cadence', '=', 'tick')
    .where('retired', '=', 0).where('next_at', '>', now).execute();
}

/** A check that the rolled-back release fails too is suspect itself, until a person trusts it again. */
export async function distrust(tx: Db, check: CheckId): Promise<void> {
  await tx.updateTable('checks').set({ trusted: 0 }).where('id', '=', check).execute();
}

/** A person looked, and began a launch. */
export async function trustAll(tx: Db, resourceId: ResourceId): Promise<void> {
  await tx.updateTable('checks').set({ trusted: 1 }).where('resource_id', '=', resourceId).execute();
}

/** Due times further away than one cadence come from a clock that has stepped back: they are drawn nearer. */
export async function clampSchedule(tx: Db, hostId: HostId, now: number): Promise<void> {
  const ours = tx.selectFrom('resources').select('id').where('host_id', '=', hostId);
  await tx.updateTable('checks').set({ next_at: now }).where('resource_id', 'in', ours).where('cadence', '=', 'every')
    .where((eb) => eb('next_at', '>', eb('every_ms', '+', now))).execute();
}

function watched(db: Db, hostId: HostId) {
  return db.selectFrom('checks').innerJoin('resources', 'resources.id', 'checks.resource_id')
    .where('resources.host_id', '=', hostId).where('checks.retired', '=', 0).where('resources.retired', '=', 0);
}

function toCheck(row: Selectable<ChecksTable>): Check {
  return {
    id: row.id, resourceId: row.resource_id, name: row.name, probe: row.probe, options: JSON.parse(row.options) as Json,
    cadence: row.cadence, everyMs: row.every_ms, critical: row.critical === 1, nextAt: row.next_at, hotUntil: row.hot_until,
    trusted: row.trusted === 1,
  };
}
