import type { Baseline, ValueBaseline } from '../domain/baseline.js';
import type { CheckId, ReleaseId } from '../domain/ids.js';
import type { Db } from './schema.js';

/** One release's baselines of several checks; those without one are left out. */
export async function baselinesOf(db: Db, checks: readonly CheckId[], releaseId: ReleaseId): Promise<ReadonlyMap<CheckId, Baseline>> {
  if (checks.length === 0) return new Map();
  const rows = await db.selectFrom('baselines').selectAll().where('check_id', 'in', [...checks]).where('release_id', '=', releaseId).execute();
  return new Map(rows.map((row) => [row.check_id, { checkId: row.check_id, releaseId, n: row.n, values: JSON.parse(row.body) as (ValueBaseline | null)[] }]));
}

export async function saveBaseline(tx: Db, baseline: Baseline): Promise<void> {
  const kept = { n: baseline.n, body: JSON.stringify(baseline.values) };
  await tx.insertInto('baselines').values({ check_id: baseline.checkId, release_id: baseline.releaseId, ...kept })
    .onConflict((conflict) => conflict.columns(['check_id', 'release_id']).doUpdateSet(kept)).execute();
}
