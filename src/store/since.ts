import type { Incident, IncidentSince } from '../domain/incident.js';
import { beganAt } from './born-bad.js';
import type { Db } from './schema.js';

/** Since when it really is one, and since when people are needed for it: one beginning, wherever it is told. */
export async function since<T extends Incident>(db: Db, incident: T): Promise<T & IncidentSince> {
  return { ...incident, began: await beganAt(db, incident), needsSince: incident.state === 'escalated' ? await escalatedAt(db, incident) : null };
}

async function escalatedAt(db: Db, { id }: Incident): Promise<number | null> {
  const row = await db.selectFrom('events').select((eb) => eb.fn.max('at').as('at')).where('incident_id', '=', id).where('kind', '=', 'incident.escalated').executeTakeFirst();
  return row?.at === null || row?.at === undefined ? null : Number(row.at);
}
