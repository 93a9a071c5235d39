import type { ResourceId } from '../domain/ids.js';
import type { PastTrouble } from '../domain/stayed-broken.js';
import type { Db } from './schema.js';

const MOST = 20;

/** What kept the users of a resource from working, and what was done to it, and was over after `since`: its critical incidents, and repairs of it whoever asked for them. */
export async function pastTrouble(db: Db, resourceId: ResourceId, since: number): Promise<readonly PastTrouble[]> {
  const incidents = await db.selectFrom('incidents').select(['opened_at', 'closed_at']).where('resource_id', '=', resourceId)
    .where('severity', '=', 'critical').where('closed_at', '>', since).orderBy('closed_at', 'desc').limit(MOST).execute();
  const repairs = await db.selectFrom('remediations').select(['started_at', 'ended_at']).where('resource_id', '=', resourceId)
    .where('ended_at', '>', since).orderBy('ended_at', 'desc').limit(MOST).execute();
  const spans = [...incidents.map((one) => [one.opened_at, one.closed_at] as const), ...repairs.map((one) => [one.started_at, one.ended_at] as const)];
  return Promise.all(spans.map(async ([began, ended]) => ({ from: (await goodBefore(db, resourceId, began)) ?? began, until: ended ?? began })));
}

/** When a resource was last seen good before `at`: what shows as trouble began some time after that. */
export async function goodBefore(db: Db, resourceId: ResourceId, at: number): Promise<number | null> {
  const row = await db.selectFrom('samples').innerJoin('checks', 'checks.id', 'samples.check_id').select('samples.at')
    .where('checks.resource_id', '=', resourceId).where('checks.retired', '=', 0).where('samples.at', '<', at).where('samples.verdict', '=', 'good')
    .orderBy('samples.at', 'desc').limit(1).executeTakeFirst();
  return row?.at ?? null;
}
