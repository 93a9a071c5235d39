import type { Event, EventKind } from '../domain/event.js';
import type { HostId, IncidentId, LaunchId } from '../domain/ids.js';
import type { Json } from '../domain/json.js';
import { newId } from './new-id.js';
import type { Db, EventsTable } from './schema.js';

export interface NewEvent {
  readonly kind: EventKind;
  readonly incidentId?: IncidentId | null;
  readonly launchId?: LaunchId | null;
  readonly body?: Json;
}

/** Written in the transaction that made it true. */
export async function tell(tx: Db, hostId: HostId, event: NewEvent, now: number): Promise<void> {
  const incidentId = event.incidentId ?? null;
  const launchId = event.launchId ?? null;
  const before = await tx.selectFrom('events').select((eb) => eb.fn.max('n').as('n'))
    .where('host_id', '=', hostId).where('incident_id', incidentId === null ? 'is' : '=', incidentId).where('launch_id', launchId === null ? 'is' : '=', launchId)
    .executeTakeFirst();
  await tx.insertInto('events').values({
    id: newId(now), host_id: hostId, incident_id: incidentId, launch_id: launchId, n: (before?.n ?? 0) + 1, kind: event.kind,
    body: JSON.stringify(event.body ?? {}), at: now,
  }).execute();
}

export async function eventsOf(db: Db, incidentId: IncidentId): Promise<readonly Event[]> {
  const rows = await db.selectFrom('events').selectAll().where('incident_id', '=', incidentId).orderBy('n').execute();
  return rows.map(toEvent);
}

/** Events that a channel has no delivery row for: what is still to be looked at for it. */
export async function undelivered(db: Db, hostId: HostId, channel: string, since: number, limit: number): Promise<readonly Event[]> {
  const rows = await db.selectFrom('events').selectAll().where('host_id', '=', hostId).where('at', '>', since)
    .where((eb) => eb.not(eb.exists(eb.selectFrom('deliveries').select('event_id').whereRef('deliveries.event_id', '=', 'events.id').where('deliveries.channel', '=', channel))))
    .orderBy('at').orderBy('n').limit(limit).execute();
  return rows.map(toEvent);
}

export async function getEvents(db: Db, ids: readonly string[]): Promise<readonly Event[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('events').selectAll().where('id', 'in', ids as readonly never[]).orderBy('at').orderBy('n').execute();
  return rows.map(toEvent);
}

/** Events after a time, for a terminal that follows along. */
export async function eventsSince(db: Db, hostId: HostId, since: number, limit: number): Promise<readonly Event[]> {
  const rows = await db.selectFrom('events').selectAll().where('host_id', '=', hostId).where('at', '>=', since).orderBy('at').orderBy('n').limit(limit).execute();
  return rows.map(toEvent);
}

/** The newest of these kinds; null: none was ever told. */
export async function newestEventOf(db: Db, hostId: HostId, kinds: readonly EventKind[]): Promise<Event | null> {
  const row = await db.selectFrom('events').selectAll().where('host_id', '=', hostId).where('kind', 'in', [...kinds]).orderBy('at', 'desc').orderBy('n', 'desc').limit(1).executeTakeFirst();
  return row ? toEvent(row) : null;
}

export async function countEvents(db: Db, hostId: HostId, kind: EventKind, since: number): Promise<number> {
  const row = await db.selectFrom('events').select((eb) => eb.fn.countAll().as('n')).where('host_id', '=', hostId).where('kind', '=', kind).where('at', '>', since).executeTakeFirst();
  return Number(row?.n ?? 0);
}

function toEvent(row: EventsTable): Event {
  return { id: row.id, hostId: row.host_id, incidentId: row.incident_id, launchId: row.launch_id, kind: row.kind, body: JSON.parse(row.body) as Json, at: row.at };
}
