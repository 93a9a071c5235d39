import { sql } from 'kysely';
import type { HostId, IncidentId, ResourceId } from '../domain/ids.js';
import { addTo, type Labels } from './counters.js';
import type { Db } from './schema.js';

/** Upper ends of a histogram's buckets in seconds. A reload takes seconds, a rollback that installs packages minutes. */
export const RUN_SECONDS = [1, 5, 10, 30, 60, 120, 300, 900, 1_800] as const;
export const DETECT_SECONDS = [0.5, 1, 2, 5, 10, 30, 60, 120, 300] as const;
/** How far back the first bad reading of an incident is looked for. */
const LOOK_BACK_MS = 24 * 3_600_000;
const MOST = 500;

/** Adds to the counters what came since the last time: readings, incidents, runs that ended. Each is counted once. */
export async function tally(tx: Db, hostId: HostId): Promise<void> {
  await countReadings(tx, hostId);
  await countIncidents(tx, hostId);
  await countRuns(tx, hostId);
}

async function countReadings(tx: Db, hostId: HostId): Promise<void> {
  const rows = await tx.selectFrom('checks').innerJoin('resources', 'resources.id', 'checks.resource_id').innerJoin('samples', 'samples.check_id', 'checks.id')
    .where('resources.host_id', '=', hostId).whereRef('checks.sampled_at', '>', 'checks.counted_at').whereRef('samples.at', '>', 'checks.counted_at').whereRef('samples.at', '<=', 'checks.sampled_at')
    .groupBy(['resources.name', 'samples.verdict']).select(['resources.name', 'samples.verdict']).select((eb) => eb.fn.countAll<number>().as('n')).execute();
  for (const { name, verdict, n } of rows) await addTo(tx, hostId, { name: 'readings', labels: { resource: name, verdict }, n: Number(n) });
  const ours = tx.selectFrom('resources').select('id').where('host_id', '=', hostId);
  await tx.updateTable('checks').set({ counted_at: sql`sampled_at` }).where('resource_id', 'in', ours).whereRef('sampled_at', '>', 'counted_at').execute();
}

async function countIncidents(tx: Db, hostId: HostId): Promise<void> {
  const rows = await tx.selectFrom('incidents').innerJoin('resources', 'resources.id', 'incidents.resource_id').select(['incidents.id', 'incidents.kind', 'incidents.severity', 'incidents.opened_at', 'incidents.resource_id', 'resources.name'])
    .where('resources.host_id', '=', hostId).where('incidents.counted', '=', 0).limit(MOST).execute();
  for (const { id, kind, severity, opened_at: openedAt, resource_id: resourceId, name } of rows) {
    const began = kind === 'manual' ? null : await firstBadAt(tx, resourceId, openedAt);
    const detectionMs = began === null ? null : openedAt - began;
    await addTo(tx, hostId, { name: 'incidents', labels: { resource: name, kind, severity }, n: 1 });
    if (detectionMs !== null) await addTime(tx, hostId, { name: 'detection', seconds: detectionMs / 1_000, buckets: DETECT_SECONDS });
    await markCounted(tx, id, detectionMs);
  }
}

async function markCounted(tx: Db, id: IncidentId, detectionMs: number | null): Promise<void> {
  await tx.updateTable('incidents').set({ counted: 1, detection_ms: detectionMs }).where('id', '=', id).execute();
}

async function countRuns(tx: Db, hostId: HostId): Promise<void> {
  const rows = await tx.selectFrom('remediations').innerJoin('plans', 'plans.id', 'remediations.plan_id').innerJoin('resources', 'resources.id', 'remediations.resource_id')
    .select(['remediations.id', 'remediations.state', 'remediations.started_at', 'remediations.ended_at', 'plans.repair', 'plans.asked_by', 'resources.name'])
    .where('resources.host_id', '=', hostId).where('remediations.counted', '=', 0).where('remediations.ended_at', 'is not', null).limit(MOST).execute();
  for (const row of rows) {
    const labels: Labels = { resource: row.name, repair: row.repair, outcome: row.state, by: row.asked_by === null ? 'hypercare' : 'hand' };
    await addTo(tx, hostId, { name: 'runs', labels, n: 1 });
    await addTime(tx, hostId, { name: 'run', seconds: ((row.ended_at ?? row.started_at) - row.started_at) / 1_000, buckets: RUN_SECONDS });
    await tx.updateTable('remediations').set({ counted: 1 }).where('id', '=', row.id).execute();
  }
}

/** One observation of a histogram, as Prometheus adds it up: in each bucket that it fits into. */
async function addTime(tx: Db, hostId: HostId, { name, seconds, buckets }: { readonly name: string; readonly seconds: number; readonly buckets: readonly number[] }): Promise<void> {
  for (const le of buckets) if (seconds <= le) await addTo(tx, hostId, { name: `${name}_seconds_bucket`, labels: { le: String(le) }, n: 1 });
  await addTo(tx, hostId, { name: `${name}_seconds_sum`, labels: {}, n: seconds });
  await addTo(tx, hostId, { name: `${name}_seconds_count`, labels: {}, n: 1 });
}

/** Of those checks whose newest reading was bad when the incident began, the earliest bad one since each was good; null: no reading told of it. */
async function firstBadAt(tx: Db, resourceId: ResourceId, openedAt: number): Promise<number | null> {
  const checks = await tx.selectFrom('checks').select('id').where('resource_id', '=', resourceId).where('retired', '=', 0).execute();
  const times: number[] = [];
  for (const { id } of checks) {
    const before = tx.selectFrom('samples').where('check_id', '=', id).where('at', '<=', openedAt).where('at', '>', openedAt - LOOK_BACK_MS);
    const newest = await before.select('verdict').where('verdict', 'in', ['good', 'bad']).orderBy('at', 'desc').limit(1).executeTakeFirst();
    if (newest?.verdict !== 'bad') continue;
    const good = await before.select('at').where('verdict', '=', 'good').orderBy('at', 'desc').limit(1).executeTakeFirst();
    const first = await before.select('at').where('verdict', '=', 'bad').where('at', '>', good?.at ?? 0).orderBy('at').limit(1).executeTakeFirst();
    if (first) times.push(first.at);
  }
  return times.length === 0 ? null : Math.min(...times);
}
