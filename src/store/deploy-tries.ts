import type { ResourceId } from '../domain/ids.js';
import type { Prepared } from '../domain/plan.js';
import type { FailedTry } from '../domain/way-back.js';
import type { Db } from './schema.js';

/** Older ones say little of today. */
const LOOKED_AT = 100;

/** How the newest deploy of a commit went wrong; null: there was none, or it brought it live. `wanted`: seven digits of it or more. */
export async function failedTryOf(db: Db, appId: ResourceId, wanted: string): Promise<FailedTry | null> {
  const rows = await db.selectFrom('remediations').innerJoin('plans', 'plans.id', 'remediations.plan_id').select(['remediations.state', 'remediations.ended_at', 'remediations.outcome', 'plans.body'])
    .where('remediations.resource_id', '=', appId).where('plans.repair', '=', 'release.deploy').where('remediations.ended_at', 'is not', null)
    .orderBy('remediations.started_at', 'desc').limit(LOOKED_AT).execute();
  const newest = rows.find(({ body }) => (JSON.parse(body ?? '{}') as Partial<Prepared>).brings?.startsWith(wanted.toLowerCase()));
  return newest?.state === 'failed' ? { at: newest.ended_at ?? 0, outcome: newest.outcome ?? 'it failed' } : null;
}
