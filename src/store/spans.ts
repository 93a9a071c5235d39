import type { IncidentId } from '../domain/ids.js';
import type { Span, Wait } from '../domain/span.js';
import { newId } from './new-id.js';
import type { Db, SpansTable } from './schema.js';

/** Different reasons one incident keeps; past them only what is decided and done is written. */
const MOST_WAITS = 200;
const MOST_READ = 1_000;

/** Something decided or done about an incident, in the transaction that does it. */
export async function noteRecord(tx: Db, about: { readonly incidentId: IncidentId; readonly text: string; readonly why: string; readonly auditSeq: number }, now: number): Promise<void> {
  await tx.insertInto('spans').values({
    id: newId(now), incident_id: about.incidentId, kind: 'record', text: about.text, why: about.why, from_at: now, to_at: now, times: 1, audit_seq: about.auditSeq,
  }).execute();
}

/** What an incident waits for as it was written last; null where nothing holds. */
export async function currentWait(db: Db, incidentId: IncidentId): Promise<Wait | null> {
  const row = await db.selectFrom('spans').select(['kind', 'text']).where('incident_id', '=', incidentId).where('to_at', 'is', null).limit(1).executeTakeFirst();
  return row && row.kind !== 'record' ? { kind: row.kind, text: row.text } : null;
}

/** The reason changed: the old one ends, and the new one begins, or comes once more. */
export async function changeWait(tx: Db, incidentId: IncidentId, wait: Wait | null, now: number): Promise<void> {
  await tx.updateTable('spans').set({ to_at: now }).where('incident_id', '=', incidentId).where('to_at', 'is', null).execute();
  if (wait === null) return;
  const again = await tx.updateTable('spans').set((eb) => ({ to_at: null, times: eb('times', '+', 1) }))
    .where('incident_id', '=', incidentId).where('kind', '=', wait.kind).where('text', '=', wait.text).executeTakeFirst();
  if (again.numUpdatedRows > 0n) return;
  const kept = await tx.selectFrom('spans').select((eb) => eb.fn.countAll<number>().as('n')).where('incident_id', '=', incidentId).where('kind', '!=', 'record').executeTakeFirstOrThrow();
  if (Number(kept.n) >= MOST_WAITS) return;
  await tx.insertInto('spans').values({ id: newId(now), incident_id: incidentId, ...wait, why: null, from_at: now, to_at: null, times: 1, audit_seq: null }).execute();
}

/** The incident's story, in the order in which its parts began; of one moment what was decided stands before what it led to. What still held when it ended, ended with it. */
export async function spansOf(db: Db, incident: { readonly id: IncidentId; readonly closedAt: number | null }): Promise<readonly Span[]> {
  const rows = await db.selectFrom('spans').selectAll().where('incident_id', '=', incident.id).orderBy('from_at', 'desc').orderBy('id', 'desc').limit(MOST_READ).execute();
  return rows.map((row) => ({ ...toSpan(row), toAt: row.to_at ?? incident.closedAt })).sort(byTime);
}

function byTime(a: Span, b: Span): number {
  return a.fromAt - b.fromAt || (a.auditSeq ?? Number.MAX_SAFE_INTEGER) - (b.auditSeq ?? Number.MAX_SAFE_INTEGER);
}

function toSpan(row: SpansTable): Span {
  return { kind: row.kind, text: row.text, why: row.why, fromAt: row.from_at, toAt: row.to_at, times: row.times, auditSeq: row.audit_seq };
}
