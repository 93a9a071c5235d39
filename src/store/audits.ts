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

const GENESIS = '0'.repeat(64);
/** Entries read at once; a chain is checked in pages. */
const PAGE = 500;

/**
 * Appends to the host's chain: each entry is hashed over the one before. The monitor alone appends, inside a
 * transaction that holds the host's row.
 */
export async function audit(tx: Db, hostId: HostId, entry: AuditEntry, at: number): Promise<void> {
  const last = await tx.selectFrom('audits').select(['seq', 'hash']).where('host_id', '=', hostId).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  const row = { host_id: hostId, seq: (last?.seq ?? 0) + 1, at, ...storableWords(entry), body: canonicalJson(entry.body), prev: last?.hash ?? GENESIS };
  await tx.insertInto('audits').values({ ...row, hash: hashOf(row) }).execute();
}

export async function readAudit(db: Db, hostId: HostId, limit: number): Promise<readonly AuditsTable[]> {
  return (await db.selectFrom('audits').selectAll().where('host_id', '=', hostId).orderBy('seq', 'desc').limit(limit).execute()).reverse();
}

/**
 * The first `seq` at which the chain is broken (an entry changed, removed or put between); null when it is whole. That
 * the newest entries were cut off cannot be seen from the chain itself.
 */
export async function brokenAt(db: Db, hostId: HostId): Promise<number | null> {
  let prev = GENESIS;
  for (let seen = 0; ; ) {
    const after = seen === 0 ? Number.MIN_SAFE_INTEGER : seen;
    const rows = await db.selectFrom('audits').selectAll().where('host_id', '=', hostId).where('seq', '>', after).orderBy('seq').limit(PAGE).execute();
    for (const row of rows) {
      if (row.seq !== seen + 1 || row.prev !== prev || row.hash !== hashOf(row)) return seen + 1;
      prev = row.hash;
      seen = row.seq;
    }
    if (rows.length < PAGE) return null;
  }
}

/** What is hashed is what the store gives back. */
function storableWords({ who, what, why }: AuditEntry): Pick<AuditEntry, 'who' | 'what' | 'why'> {
  return { who: storable(who), what: storable(what), why: storable(why) };
}

function hashOf(row: Omit<AuditsTable, 'hash'>): string {
  const { host_id, seq, at, who, what, why, body, prev } = row;
  return createHash('sha256').update(canonicalJson([host_id, seq, at, who, what, why, body, prev])).digest('hex');
}
