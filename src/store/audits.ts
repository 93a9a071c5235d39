import { createHash } from 'node:crypto';
import type { HostId } from '../domain/ids.js';
import { canonicalJson, type Json } from '../domain/json.js';
import type { AuditsTable, Db } from './schema.js';

export interface AuditEntry {
  readonly who: string;
  readonly what: string;
  /** The rule, plan hash and answers it rests on, for people. */
  readonly why: string;
  readonly body: Json;
}

const GENESIS = '0'.repeat(64);

/**
 * Appends to the host's chain: each entry is hashed over the one before. The monitor alone appends, inside a
 * transaction that holds the host's row.
 */
export async function audit(tx: Db, hostId: HostId, entry: AuditEntry, at: number): Promise<void> {
  const last = await tx.selectFrom('audits').select(['seq', 'hash']).where('host_id', '=', hostId).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  const row = { host_id: hostId, seq: (last?.seq ?? 0) + 1, at, who: entry.who, what: entry.what, why: entry.why, body: canonicalJson(entry.body), prev: last?.hash ?? GENESIS };
  await tx.insertInto('audits').values({ ...row, hash: hashOf(row) }).execute();
}

export async function readAudit(db: Db, hostId: HostId, limit: number): Promise<readonly AuditsTable[]> {
  return (await db.selectFrom('audits').selectAll().where('host_id', '=', hostId).orderBy('seq', 'desc').limit(limit).execute()).reverse();
}

/** The first `seq` at which the chain is broken (an entry changed, removed or put between); null when it is whole. */
export async function brokenAt(db: Db, hostId: HostId): Promise<number | null> {
  let prev = GENESIS;
  for (let from = 0; ; from += 1_000) {
    const rows = await db.selectFrom('audits').selectAll().where('host_id', '=', hostId).orderBy('seq').limit(1_000).offset(from).execute();
    for (const [n, row] of rows.entries()) {
      if (row.seq !== from + n + 1 || row.prev !== prev || row.hash !== hashOf(row)) return from + n + 1;
      prev = row.hash;
    }
    if (rows.length < 1_000) return null;
  }
}

function hashOf(row: Omit<AuditsTable, 'hash'>): string {
  const { host_id, seq, at, who, what, why, body, prev } = row;
  return createHash('sha256').update(canonicalJson([host_id, seq, at, who, what, why, body, prev])).digest('hex');
}
