import type { HostId } from '../domain/ids.js';
import { PM2_DEAD } from '../domain/incident.js';
import type { Resource } from '../domain/resource.js';
import { openIncidentOf } from './incidents.js';
import { listResources } from './resources.js';
import type { Db } from './schema.js';

/** The host while its PM2 is gone, or not proved to be back: meanwhile it is what every app lacks, and nothing can be done to them. Null: PM2 is there. */
export async function hostWithoutPm2(db: Db, hostId: HostId): Promise<Resource | null> {
  const machine = (await listResources(db, hostId)).find(({ kind }) => kind === 'host') ?? null;
  if (machine === null) return null;
  const { pm2_lost_at } = await db.selectFrom('hosts').select('pm2_lost_at').where('id', '=', hostId).executeTakeFirstOrThrow();
  return pm2_lost_at !== null || (await openIncidentOf(db, machine.id))?.kind === PM2_DEAD ? machine : null;
}

/** When PM2 was proved to be back the last time that it had died; null: it never did. */
export async function pm2BackAt(db: Db, hostId: HostId): Promise<number | null> {
  const row = await db.selectFrom('incidents').innerJoin('resources', 'resources.id', 'incidents.resource_id').select((eb) => eb.fn.max('incidents.closed_at').as('at'))
    .where('resources.host_id', '=', hostId).where('incidents.kind', '=', PM2_DEAD).executeTakeFirst();
  return row?.at ?? null;
}
