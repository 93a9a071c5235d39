import { sql } from 'kysely';
import type { HostId } from '../domain/ids.js';
import type { Db } from './schema.js';

/** Marks the host's events of a time as not to be told in a channel; those that are planned already stay so. */
export async function passOver(tx: Db, to: { readonly hostId: HostId; readonly channel: string }, of: { readonly after: number; readonly until: number }, now: number): Promise<void> {
  await sql`insert into deliveries (event_id, channel, state, attempts, next_at, error)
    select id, cast(${to.channel} as text), 'dropped', 0, cast(${now} as bigint), null from events
    where host_id = ${to.hostId} and at > ${of.after} and at <= ${of.until} on conflict do nothing`.execute(tx);
}
