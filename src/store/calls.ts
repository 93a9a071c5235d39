import type { EventKind } from '../domain/event.js';
import type { IncidentId } from '../domain/ids.js';
import type { Called } from '../domain/reminder.js';
import type { Db } from './schema.js';

const CALLS: readonly EventKind[] = ['question.asked', 'incident.escalated'];
const REMINDS: EventKind = 'incident.reminded';

/** When people were last called about an incident, and reminded of it since; null: they never were. */
export async function lastCall(db: Db, incidentId: IncidentId): Promise<Pick<Called, 'at' | 'remindedAt'> | null> {
  const rows = await db.selectFrom('events').select(['kind', 'at']).where('incident_id', '=', incidentId).where('kind', 'in', [...CALLS, REMINDS]).orderBy('n').execute();
  const last = rows.findLastIndex(({ kind }) => kind !== REMINDS);
  const call = rows[last];
  return call ? { at: call.at, remindedAt: rows.slice(last + 1).map(({ at }) => at) } : null;
}
