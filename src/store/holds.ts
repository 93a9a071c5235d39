import { covers, holdsCalls, type Hold, type HoldKind } from '../domain/hold.js';
import type { HoldId, HostId } from '../domain/ids.js';
import { newId } from './new-id.js';
import type { Db, HoldsTable } from './schema.js';

export interface NewHold extends Pick<Hold, 'kind' | 'scope' | 'author' | 'reason' | 'until'> {
  /** Of two with one key there is one at a time: a second is not written. Null: as many as there are wishes. */
  readonly key: string | null;
}

/** Null where one with this key is not over yet. */
export async function beginHold(tx: Db, hostId: HostId, hold: NewHold, now: number): Promise<Hold | null> {
  const id = newId<'hold'>(now);
  const begun = await tx.insertInto('holds').values({
    id, host_id: hostId, kind: hold.kind, scope: hold.scope, author: hold.author, reason: hold.reason, from_at: now, until_at: hold.until,
    ended_at: null, ended_by: null, key: hold.key, open_key: hold.key === null ? null : `${hostId}|${hold.key}`,
  }).onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
  return (begun.numInsertedOrUpdatedRows ?? 0n) > 0n ? getHold(tx, id) : null;
}

/** False when it was over already. */
export async function endHold(tx: Db, id: HoldId, by: string, now: number): Promise<boolean> {
  const ended = await tx.updateTable('holds').set({ ended_at: now, ended_by: by, open_key: null }).where('id', '=', id).where('ended_at', 'is', null).executeTakeFirst();
  return ended.numUpdatedRows === 1n;
}

export async function holdUntil(tx: Db, id: HoldId, until: number | null): Promise<void> {
  await tx.updateTable('holds').set({ until_at: until }).where('id', '=', id).execute();
}

/** What it is about has changed since it began. */
export async function renewHold(tx: Db, id: HoldId, { scope, reason, until }: Pick<Hold, 'scope' | 'reason' | 'until'>): Promise<void> {
  await tx.updateTable('holds').set({ scope, reason, until_at: until }).where('id', '=', id).execute();
}

export async function getHold(db: Db, id: HoldId): Promise<Hold> {
  return toHold(await db.selectFrom('holds').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
}

/** Holds whose end was not written yet, the oldest first; of some the time may be up. */
export async function openHolds(db: Db, hostId: HostId): Promise<readonly Hold[]> {
  const rows = await db.selectFrom('holds').selectAll().where('host_id', '=', hostId).where('ended_at', 'is', null).orderBy('from_at').orderBy('id').execute();
  return rows.map(toHold);
}

/** Holds in force on a host at `now`, the oldest first. */
export async function activeHolds(db: Db, hostId: HostId, now: number): Promise<readonly Hold[]> {
  return (await openHolds(db, hostId)).filter(({ until }) => until === null || until > now);
}

/** The hold with this key that ended last; null where none ever did. */
export async function lastEnded(db: Db, hostId: HostId, key: string): Promise<Hold | null> {
  const row = await db.selectFrom('holds').selectAll().where('host_id', '=', hostId).where('key', '=', key).where('ended_at', 'is not', null).orderBy('ended_at', 'desc').limit(1).executeTakeFirst();
  return row ? toHold(row) : null;
}

/** When the newest hold of a kind and a key ended; null where none ever did. */
export async function lastHoldEnd(db: Db, hostId: HostId, of: { readonly kind: HoldKind; readonly key: string }): Promise<number | null> {
  const row = await db.selectFrom('holds').select((eb) => eb.fn.max('ended_at').as('at')).where('host_id', '=', hostId).where('kind', '=', of.kind).where('key', '=', of.key).executeTakeFirst();
  return row?.at ?? null;
}

/** Is nobody to be called about this resource? */
export async function isSilenced(db: Db, hostId: HostId, at: { readonly name: string; readonly now: number }): Promise<boolean> {
  return (await activeHolds(db, hostId, at.now)).some((hold) => holdsCalls(hold) && covers(hold, at.name));
}

function toHold(row: HoldsTable): Hold {
  return {
    id: row.id, hostId: row.host_id, kind: row.kind, scope: row.scope, author: row.author, reason: row.reason, from: row.from_at,
    until: row.until_at, endedAt: row.ended_at, endedBy: row.ended_by, key: row.key,
  };
}
