import type { EventId, HostId } from '../domain/ids.js';
import type { Db, DeliveriesTable } from './schema.js';

/** Written by the bot alone. */
export async function planDelivery(tx: Db, eventId: EventId, channel: string, state: 'due' | 'dropped', now: number): Promise<void> {
  await tx.insertInto('deliveries').values({ event_id: eventId, channel, state, attempts: 0, next_at: now, error: null })
    .onConflict((conflict) => conflict.columns(['event_id', 'channel']).doNothing()).execute();
}

/** Of the host's events alone: on a shared PostgreSQL each host's bot speaks for its own. */
export async function dueDeliveries(db: Db, to: { readonly hostId: HostId; readonly channel: string }, now: number, limit: number): Promise<readonly DeliveriesTable[]> {
  return db.selectFrom('deliveries').innerJoin('events', 'events.id', 'deliveries.event_id').selectAll('deliveries').where('events.host_id', '=', to.hostId)
    .where('channel', '=', to.channel).where('state', '=', 'due').where('next_at', '<=', now).orderBy('next_at').orderBy('event_id').limit(limit).execute();
}

/** When the next delivery to one of these channels is due; what waits for a channel that is no longer configured wakes nobody. */
export async function nextDeliveryAt(db: Db, to: { readonly hostId: HostId; readonly channels: readonly string[] }): Promise<number | null> {
  if (to.channels.length === 0) return null;
  const row = await db.selectFrom('deliveries').innerJoin('events', 'events.id', 'deliveries.event_id').select((eb) => eb.fn.min('next_at').as('at'))
    .where('events.host_id', '=', to.hostId).where('channel', 'in', [...to.channels]).where('state', '=', 'due').executeTakeFirst();
  return row?.at ?? null;
}

/** Ends deliveries that one message served. Marked only after the platform took it, so a crash delivers twice, never not at all. */
export async function endDeliveries(tx: Db, ids: readonly EventId[], channel: string, state: 'done' | 'dead' | 'dropped', error: string | null): Promise<void> {
  if (ids.length === 0) return;
  await tx.updateTable('deliveries').set({ state, error }).where('channel', '=', channel).where('event_id', 'in', [...ids]).execute();
}

export async function retryDeliveries(tx: Db, ids: readonly EventId[], channel: string, nextAt: number, error: string): Promise<void> {
  await tx.updateTable('deliveries').set((eb) => ({ next_at: nextAt, error, attempts: eb('attempts', '+', 1) }))
    .where('channel', '=', channel).where('event_id', 'in', [...ids]).execute();
}

/** True once the channel has ever been planned for on this host: a new one is not told the past. */
export async function hasDeliveries(db: Db, to: { readonly hostId: HostId; readonly channel: string }): Promise<boolean> {
  const planned = await db.selectFrom('events').select('id').where('host_id', '=', to.hostId)
    .where((eb) => eb.exists(eb.selectFrom('deliveries').select('event_id').whereRef('deliveries.event_id', '=', 'events.id').where('deliveries.channel', '=', to.channel)))
    .limit(1).executeTakeFirst();
  return planned !== undefined;
}
