import type { HostId } from '../domain/ids.js';
import { LIVE_PLAN_STATES } from './plans.js';
import type { Db } from './schema.js';

/** Is there an incident that is not over, or a plan that still leads somewhere? One cheap look saves a healthy host twenty. */
export async function hasOpenWork(db: Db, hostId: HostId): Promise<boolean> {
  const incident = await db.selectFrom('incidents').innerJoin('resources', 'resources.id', 'incidents.open_resource').select('incidents.id')
    .where('resources.host_id', '=', hostId).limit(1).executeTakeFirst();
  if (incident) return true;
  const plan = await db.selectFrom('plans').innerJoin('resources', 'resources.id', 'plans.target_id').select('plans.id')
    .where('resources.host_id', '=', hostId).where('plans.state', 'in', [...LIVE_PLAN_STATES]).limit(1).executeTakeFirst();
  return plan !== undefined;
}
