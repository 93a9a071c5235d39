import { createHash } from 'node:crypto';
import type { HostId } from '../domain/ids.js';
import { canonicalJson, type Json } from '../domain/json.js';
import type { AuditsTable, Db } from './schema.js';
import { storable } from './storable-text.js';

export interface AuditEntry {
  readonly who: string;
  readonly what: string;
  /** The rule, plan hash and answers it rests on, for people. */
  readonly why: string;
  readonly body: Json;
}

/** What the first entry of a chain stands on. */
export const GENESIS = '0'.repeat(64);
/** Entries read at once: a chain is never held whole. */
const PAGE = 500;

/** Number and hash of one entry; of the newest one they stand for the whole chain. */
export interface AuditMark {
  readonly seq: number;
  readonly hash: string;
}

/**
 * Appends to the host's chain: each entry is hashed over the one before. The monitor alone appends, inside a
 * transaction that holds the host's row. Returns the entry's number.
 */
export async function audit(tx: Db, hostId: HostId, entry: AuditEntry, at: number): Promise<number> {
  const last = await auditHead(tx, hostId);
  const row = { host_id: hostId, seq: (last?.seq ?? 0) + 1, at, ...storableWords(entry), body: canonicalJson(entry.body), prev: last?.hash ?? GENESIS };
  await tx.insertInto('audits').values({ ...row, hash: hashOfEntry(row) }).execute();
  return row.seq;
}

/** The newest entry's mark; null where there is none. */
export async function auditHead(db: Db, hostId: HostId): Promise<AuditMark | null> {
  const row = await db.selectFrom('audits').select(['seq', 'hash']).where('host_id', '=', hostId).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return row ?? null;
}

/** How the monitor writes down that the chain does not end where it left it. */
export const MISMATCH = 'found another audit trail than the one it left';
const MOST_MISMATCHES = 20;

/** The newest of those entries, oldest first. */
export async function mismatchesOf(db: Db, hostId: HostId): Promise<readonly { readonly seq: number; readonly at: number; readonly why: string }[]> {
  const rows = await db.selectFrom('audits').select(['seq', 'at', 'why']).where('host_id', '=', hostId).where('who', '=', 'hypercare').where('what', '=', MISMATCH).orderBy('seq', 'desc').limit(MOST_MISMATCHES).execute();
  return rows.reverse();
}

export async function auditMarkAt(db: Db, hostId: HostId, seq: number): Promise<AuditMark | null> {
  const row = await db.selectFrom('audits').select(['seq', 'hash']).where('host_id', '=', hostId).where('seq', '=', seq).executeTakeFirst();
  return row ?? null;
}

export async function readAudit(db: Db, hostId: HostId, limit: number): Promise<readonly AuditsTable[]> {
  return (await db.selectFrom('audits').selectAll().where('host_id', '=', hostId).orderBy('seq', 'desc').limit(limit).execute()).reverse();
}

/** Every entry in the order of its number, a page at a time. */
export async function* eachAudit(db: Db, hostId: HostId): AsyncGenerator<AuditsTable> {
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const rows = await db.selectFrom('audits').selectAll().where('host_id', '=', hostId).where('seq', '>', after).orderBy('seq').limit(PAGE).execute();
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.seq;
  }
}

/** sha256 over the canonical JSON of the array of all other columns; the README says the same to whoever checks an export. */
export function hashOfEntry(row: Omit<AuditsTable, 'hash'>): string {
  const { host_id, seq, at, who, what, why, body, prev } = row;
  return createHash('sha256').update(canonicalJson([host_id, seq, at, who, what, why, body, prev])).digest('hex');
}

/** What is hashed is what the store gives back. */
function storableWords({ who, what, why }: AuditEntry): Pick<AuditEntry, 'who' | 'what' | 'why'> {
  return { who: storable(who), what: storable(what), why: storable(why) };
}
