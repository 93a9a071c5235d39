import { sql } from 'kysely';
import type { Sample, Verdict } from '../domain/check.js';
import type { CheckId, ResourceId } from '../domain/ids.js';
import type { Db, SamplesTable } from './schema.js';

/** Samples of one moment. Two of one check at one millisecond are one: the second is dropped. */
export async function insertSamples(tx: Db, samples: readonly Sample[]): Promise<void> {
  if (samples.length === 0) return;
  await tx.insertInto('samples')
    .values(samples.map((sample) => ({ check_id: sample.checkId, at: sample.at, verdict: sample.verdict, ms: sample.ms, v: JSON.stringify(sample.values), note: sample.note })))
    .onConflict((conflict) => conflict.columns(['check_id', 'at']).doNothing())
    .execute();
  await tx.updateTable('checks').set({ sampled_at: sql`(select max(at) from samples where samples.check_id = checks.id)` })
    .where('id', 'in', [...new Set(samples.map(({ checkId }) => checkId))]).execute();
}

/** The newest samples after `since`, at most `limit`, oldest first. */
export async function recentSamples(db: Db, check: CheckId, since: number, limit: number): Promise<readonly Sample[]> {
  const rows = await db.selectFrom('samples').selectAll().where('check_id', '=', check).where('at', '>', since)
    .orderBy('at', 'desc').limit(limit).execute();
  return rows.map(toSample).reverse();
}

/** The last sample of each `everyMs` between two times, oldest first. */
export async function thinnedSamples(db: Db, check: CheckId, span: { readonly after: number; readonly before: number; readonly everyMs: number }): Promise<readonly Sample[]> {
  const kept = db.selectFrom('samples').select((eb) => eb.fn.max('at').as('at')).where('check_id', '=', check)
    .where('at', '>', span.after).where('at', '<', span.before).groupBy(sql`at / cast(${span.everyMs} as bigint)`);
  const rows = await db.selectFrom('samples').selectAll().where('check_id', '=', check).where('at', 'in', kept).orderBy('at').execute();
  return rows.map(toSample);
}

/** What the detectors have not looked at of a resource's checks, oldest first within each, at most `limit`. */
export async function undetectedSamples(db: Db, resourceId: ResourceId, limit: number): Promise<readonly Sample[]> {
  const rows = await db.selectFrom('checks').innerJoin('samples', 'samples.check_id', 'checks.id').selectAll('samples')
    .where('checks.resource_id', '=', resourceId).where('checks.retired', '=', 0).whereRef('samples.at', '>', 'checks.detected_at')
    .orderBy('samples.check_id').orderBy('samples.at').limit(limit).execute();
  return rows.map(toSample);
}

export async function newestSample(db: Db, check: CheckId): Promise<Sample | null> {
  return (await recentSamples(db, check, 0, 1))[0] ?? null;
}

/** The newest sample of each of a resource's checks, in one look; those without one are left out. */
export async function newestSamples(db: Db, resourceId: ResourceId): Promise<ReadonlyMap<CheckId, Sample>> {
  const rows = await db.selectFrom('checks').innerJoin('samples', (join) => join.onRef('samples.check_id', '=', 'checks.id').onRef('samples.at', '=', 'checks.sampled_at'))
    .selectAll('samples').where('checks.resource_id', '=', resourceId).where('checks.retired', '=', 0).execute();
  return new Map(rows.map((row) => [row.check_id, toSample(row)]));
}

/** The newest sample that is not good; null where all that are kept are. */
export async function lastNotGood(db: Db, check: CheckId): Promise<Sample | null> {
  const row = await db.selectFrom('samples').selectAll().where('check_id', '=', check).where('verdict', '!=', 'good').orderBy('at', 'desc').limit(1).executeTakeFirst();
  return row ? toSample(row) : null;
}

/** When the last bad reading of a resource was made in a stretch of time, by the checks it has now; null: none is kept. */
export async function lastBadAt(db: Db, resourceId: ResourceId, { after, until }: { readonly after: number; readonly until: number }): Promise<number | null> {
  const row = await db.selectFrom('checks').innerJoin('samples', 'samples.check_id', 'checks.id').select((eb) => eb.fn.max('samples.at').as('at'))
    .where('checks.resource_id', '=', resourceId).where('checks.retired', '=', 0).where('samples.verdict', '=', 'bad')
    .where('samples.at', '>', after).where('samples.at', '<=', until).executeTakeFirst();
  return row?.at ?? null;
}

/** The newest verdict of each of a resource's checks; those without a sample are left out. */
export async function newestVerdicts(db: Db, resourceId: ResourceId): Promise<ReadonlyMap<CheckId, Verdict>> {
  const rows = await db.selectFrom('checks').where('resource_id', '=', resourceId).where('retired', '=', 0)
    .select((eb) => ['checks.id', eb.selectFrom('samples').select('verdict').whereRef('samples.check_id', '=', 'checks.id').orderBy('at', 'desc').limit(1).as('verdict')]).execute();
  return new Map(rows.flatMap(({ id, verdict }) => (verdict === null ? [] : [[id, verdict] as const])));
}

function toSample(row: SamplesTable): Sample {
  return { checkId: row.check_id, at: row.at, verdict: row.verdict, ms: row.ms, values: JSON.parse(row.v) as (number | null)[], note: row.note };
}
