import type { Incident } from '../domain/incident.js';
import type { ResourceId } from '../domain/ids.js';
import { getIncident } from './incidents.js';
import type { Db } from './schema.js';

const MOST = 100;

/** Incidents of a resource that were opened after `since`, oldest first. */
export async function incidentsSince(db: Db, resourceId: ResourceId, since: number): Promise<readonly Incident[]> {
  const rows = await db.selectFrom('incidents').select('id').where('resource_id', '=', resourceId).where('opened_at', '>', since).orderBy('opened_at').limit(MOST).execute();
  return Promise.all(rows.map(({ id }) => getIncident(db, id)));
}
