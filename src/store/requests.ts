import type { ErrorClass } from '../domain/errors.js';
import type { HostId, PersonId, RequestId, ResourceId } from '../domain/ids.js';
import type { Json } from '../domain/json.js';
import type { Platform } from '../domain/person.js';
import { newId } from './new-id.js';
import type { Db } from './schema.js';

/** Something a person wants done, which only the monitor can do. */
export interface Request {
  readonly id: RequestId;
  readonly resourceId: ResourceId | null;
  readonly verb: string;
  readonly args: Json;
  readonly personId: PersonId;
  readonly personName: string;
  readonly via: Platform;
  readonly at: number;
  /** Null: nobody has taken it yet. */
  readonly takenAt: number | null;
}

export type RequestResult =
  | { readonly ok: true; readonly data: Json }
  | { readonly ok: false; readonly code: string; readonly errorClass: ErrorClass; readonly message: string; readonly mend: string | null };

export interface NewRequest {
  readonly resourceId: ResourceId | null;
  readonly verb: string;
  readonly args: Json;
  readonly personId: PersonId;
  readonly via: Platform;
  /** Equal for every redelivery of one wish to one host: two bots are given the same numbers by their platform. */
  readonly key: string;
}

/** Writes the request; a key that is known gives the request it already is. */
export async function putRequest(tx: Db, hostId: HostId, request: NewRequest, now: number): Promise<RequestId> {
  const key = `${hostId}:${request.key}`;
  await tx.insertInto('requests').values({
    id: newId(now), host_id: hostId, resource_id: request.resourceId, verb: request.verb, args: JSON.stringify(request.args),
    person_id: request.personId, via: request.via, key, at: now, taken_at: null, ended_at: null, result: null,
  }).onConflict((conflict) => conflict.column('key').doNothing()).execute();
  const row = await tx.selectFrom('requests').select('id').where('key', '=', key).executeTakeFirstOrThrow();
  return row.id;
}

/** Requests not yet ended: new ones, and ones that were under way when the monitor died. */
export async function waitingRequests(db: Db, hostId: HostId): Promise<readonly Request[]> {
  const rows = await db.selectFrom('requests').innerJoin('people', 'people.id', 'requests.person_id').selectAll('requests').select('people.name as person_name')
    .where('requests.host_id', '=', hostId).where('requests.ended_at', 'is', null).orderBy('requests.at').limit(100).execute();
  return rows.map((row) => ({
    id: row.id, resourceId: row.resource_id, verb: row.verb, args: JSON.parse(row.args) as Json, personId: row.person_id,
    personName: row.person_name, via: row.via, at: row.at, takenAt: row.taken_at,
  }));
}

/** False when it has ended meanwhile: whoever asked has withdrawn it. Taken again after a crash, it stays taken. */
export async function takeRequest(tx: Db, id: RequestId, now: number): Promise<boolean> {
  const taken = await tx.updateTable('requests').set((eb) => ({ taken_at: eb.fn.coalesce('taken_at', eb.val(now)) }))
    .where('id', '=', id).where('ended_at', 'is', null).executeTakeFirst();
  return taken.numUpdatedRows === 1n;
}

export async function endRequest(tx: Db, id: RequestId, result: RequestResult, now: number): Promise<void> {
  await tx.updateTable('requests').set((eb) => ({ taken_at: eb.fn.coalesce('taken_at', eb.val(now)), ended_at: now, result: JSON.stringify(result) })).where('id', '=', id).execute();
}

export async function requestStatus(db: Db, id: RequestId): Promise<{ readonly taken: boolean; readonly result: RequestResult | null }> {
  const row = await db.selectFrom('requests').select(['taken_at', 'result']).where('id', '=', id).executeTakeFirstOrThrow();
  return { taken: row.taken_at !== null, result: row.result === null ? null : (JSON.parse(row.result) as RequestResult) };
}
