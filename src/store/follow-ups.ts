import type { HostId, PlanId, ResourceId } from '../domain/ids.js';
import type { FollowUp, Prepared } from '../domain/plan.js';
import type { Db } from './schema.js';

/** What was done for a while and proved, and has not been taken back. */
export interface OpenFollowUp extends FollowUp {
  /** The plan that it follows. */
  readonly planId: PlanId;
  readonly targetId: ResourceId;
  readonly done: string;
  readonly dueAt: number;
}

/** Of what was verified after `since`; a later plan for the same follow-up on the same target, whatever became of it, was the follow-up. */
export async function openFollowUps(db: Db, hostId: HostId, since: number): Promise<readonly OpenFollowUp[]> {
  const rows = await db.selectFrom('remediations').innerJoin('plans', 'plans.id', 'remediations.plan_id').innerJoin('resources', 'resources.id', 'plans.target_id')
    .select(['plans.id', 'plans.target_id', 'plans.repair', 'plans.body', 'remediations.ended_at'])
    .where('resources.host_id', '=', hostId).where('remediations.state', '=', 'verified').where('remediations.ended_at', '>', since)
    .where('plans.body', 'like', '%"followUp":%').orderBy('remediations.ended_at').limit(200).execute();
  const open: OpenFollowUp[] = [];
  for (const row of rows) {
    const { followUp } = JSON.parse(row.body ?? '{}') as Partial<Prepared>;
    if (followUp === undefined || row.ended_at === null || (await wasFollowed(db, row.target_id, followUp.repair, row.ended_at))) continue;
    open.push({ ...followUp, planId: row.id, targetId: row.target_id, done: row.repair, dueAt: row.ended_at + followUp.afterMs });
  }
  return open;
}

async function wasFollowed(db: Db, targetId: ResourceId, repair: string, since: number): Promise<boolean> {
  const row = await db.selectFrom('plans').select('id').where('target_id', '=', targetId).where('repair', '=', repair).where('made_at', '>=', since).limit(1).executeTakeFirst();
  return row !== undefined;
}
