import type { HostId } from '../domain/ids.js';
import { newId } from './new-id.js';
import type { Db, HostsTable } from './schema.js';

/** Registers the host if it is new and raises its fence: whoever held the old one can write no more. */
export async function takeFence(tx: Db, name: string, now: number): Promise<{ readonly id: HostId; readonly fence: number }> {
  await tx.insertInto('hosts')
    .values({ id: newId(now), name, fence: 0, rev: 0, monitor_seen_at: null, bot_seen_at: null, pm2_lost_at: null })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return tx.updateTable('hosts')
    .set((eb) => ({ fence: eb('fence', '+', 1), rev: eb('rev', '+', 1), monitor_seen_at: now }))
    .where('name', '=', name)
    .returning(['id', 'fence'])
    .executeTakeFirstOrThrow();
}

export async function hostByName(db: Db, name: string): Promise<HostsTable | null> {
  return (await db.selectFrom('hosts').selectAll().where('name', '=', name).executeTakeFirst()) ?? null;
}

export async function monitorSeen(tx: Db, id: HostId, now: number): Promise<void> {
  await tx.updateTable('hosts').set({ monitor_seen_at: now }).where('id', '=', id).execute();
}

/** It stops, and says so: whoever asks knows at once that nobody watches. */
export async function monitorStopped(tx: Db, id: HostId): Promise<void> {
  await tx.updateTable('hosts').set({ monitor_seen_at: null }).where('id', '=', id).execute();
}

export async function botSeen(tx: Db, id: HostId, now: number): Promise<void> {
  await tx.updateTable('hosts').set({ bot_seen_at: now }).where('id', '=', id).execute();
}

/** The bot's last sign of life; null where none was ever seen. */
export async function botSeenAt(db: Db, id: HostId): Promise<number | null> {
  return (await db.selectFrom('hosts').select('bot_seen_at').where('id', '=', id).executeTakeFirst())?.bot_seen_at ?? null;
}

/** Since when PM2's daemon does not answer; null: it does. */
export async function pm2Lost(tx: Db, id: HostId, at: number | null): Promise<void> {
  await tx.updateTable('hosts').set({ pm2_lost_at: at }).where('id', '=', id).execute();
}
