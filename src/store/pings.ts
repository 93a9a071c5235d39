import { DEAF_MS, type JobPings } from '../domain/job.js';
import type { HostId } from '../domain/ids.js';
import type { Db, PingsTable } from './schema.js';

/** start: a run began · end: one ended, with its exit status. */
export type Ping = { readonly kind: 'start' } | { readonly kind: 'end'; readonly exit: number };

/** The bot alone writes here. A job has one row, however often it pings. */
export async function notePing(tx: Db, hostId: HostId, { id, ping, at }: { readonly id: string; readonly ping: Ping; readonly at: number }): Promise<void> {
  await listenFor(tx, hostId, [id], at);
  if (ping.kind === 'start') {
    await tx.updateTable('pings').set({ started_at: at }).where('id', '=', id).execute();
    return;
  }
  const before = await pingsOf(tx, id);
  const began = before?.startedAt ?? null;
  const ranMs = began !== null && began > (before?.endedAt ?? Number.NEGATIVE_INFINITY) ? Math.max(0, at - began) : null;
  await tx.updateTable('pings').set({ ended_at: at, exit: ping.exit, ran_ms: ranMs }).where('id', '=', id).execute();
}

/** Says that pings of these can be taken now; where for a while they could not, that too. Others are forgotten. */
export async function hearPings(tx: Db, hostId: HostId, ids: readonly string[], now: number): Promise<void> {
  await listenFor(tx, hostId, ids, now);
  for (const { id, heard_at: heardAt } of await tx.selectFrom('pings').select(['id', 'heard_at']).where('host_id', '=', hostId).execute()) {
    const deaf = now - heardAt > DEAF_MS ? { deaf_from: heardAt, deaf_until: now } : {};
    if (ids.includes(id)) await tx.updateTable('pings').set({ heard_at: now, ...deaf }).where('id', '=', id).execute();
    else await tx.deleteFrom('pings').where('id', '=', id).execute();
  }
}

/** Null: nobody has listened for it yet. */
export async function pingsOf(db: Db, id: string): Promise<JobPings | null> {
  const row = await db.selectFrom('pings').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toPings(row) : null;
}

async function listenFor(tx: Db, hostId: HostId, ids: readonly string[], now: number): Promise<void> {
  if (ids.length === 0) return;
  const empty = { started_at: null, ended_at: null, exit: null, ran_ms: null, deaf_from: null, deaf_until: null };
  await tx.insertInto('pings').values(ids.map((id) => ({ id, host_id: hostId, since: now, heard_at: now, ...empty }))).onConflict((conflict) => conflict.column('id').doNothing()).execute();
}

function toPings(row: PingsTable): JobPings {
  return { since: row.since, startedAt: row.started_at, endedAt: row.ended_at, exit: row.exit, ranMs: row.ran_ms, heardAt: row.heard_at, deafFrom: row.deaf_from, deafUntil: row.deaf_until };
}
