import type { HostId } from '../domain/ids.js';
import type { Db } from './schema.js';

/** How many remediations of a host ended after `since`, and how many of them failed. */
export async function countEnded(db: Db, hostId: HostId, since: number): Promise<{ readonly ended: number; readonly failed: number }> {
  const rows = await db.selectFrom('remediations').innerJoin('resources', 'resources.id', 'remediations.resource_id')
    .select((eb) => ['remediations.state', eb.fn.countAll().as('n')]).where('resources.host_id', '=', hostId).where('remediations.ended_at', '>', since)
    .groupBy('remediations.state').execute();
  const ended = rows.reduce((sum, { n }) => sum + Number(n), 0);
  return { ended, failed: Number(rows.find(({ state }) => state === 'failed')?.n ?? 0) };
}
