import type { HostId } from '../domain/ids.js';
import type { Incident } from '../domain/incident.js';
import { endingWith } from './id-ending.js';
import { getIncident } from './incidents.js';
import type { Db } from './schema.js';

/** Incidents of the host whose id ends with `suffix`, newest first, at most five; for people who type a short id. */
export async function incidentsEndingWith(db: Db, hostId: HostId, suffix: string): Promise<readonly Incident[]> {
  const pattern = endingWith<'incident'>(suffix);
  if (pattern === null) return [];
  const rows = await db.selectFrom('incidents').innerJoin('resources', 'resources.id', 'incidents.resource_id').select('incidents.id')
    .where('resources.host_id', '=', hostId).where('incidents.id', 'like', pattern).orderBy('incidents.opened_at', 'desc').limit(5).execute();
  return Promise.all(rows.map((row) => getIncident(db, row.id)));
}
