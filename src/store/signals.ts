import type { HostId, ResourceId } from '../domain/ids.js';
import type { Json } from '../domain/json.js';
import { newId } from './new-id.js';
import type { Db } from './schema.js';

/** Something that came in and waits for the loop: from PM2's bus, a sighting, a ping, a webhook. */
export interface Signal {
  readonly id: string;
  readonly resourceId: ResourceId | null;
  readonly kind: string;
  readonly body: Json;
  readonly at: number;
}

/** A signal with a key that is already known is dropped. */
export async function insertSignal(tx: Db, hostId: HostId, signal: Omit<Signal, 'id'> & { readonly key: string | null }): Promise<void> {
  await tx.insertInto('signals')
    .values({ id: newId(signal.at), host_id: hostId, resource_id: signal.resourceId, kind: signal.kind, key: signal.key, body: JSON.stringify(signal.body), at: signal.at, taken_at: null })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
}

export async function waitingSignals(db: Db, hostId: HostId, limit: number): Promise<readonly Signal[]> {
  const rows = await db.selectFrom('signals').selectAll().where('host_id', '=', hostId).where('taken_at', 'is', null).orderBy('at').orderBy('id').limit(limit).execute();
  return rows.map((row) => ({ id: row.id, resourceId: row.resource_id, kind: row.kind, body: JSON.parse(row.body) as Json, at: row.at }));
}

export async function takeSignal(tx: Db, id: string, now: number): Promise<void> {
  await tx.updateTable('signals').set({ taken_at: now }).where('id', '=', id).execute();
}
