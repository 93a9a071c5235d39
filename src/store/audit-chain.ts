import type { HostId } from '../domain/ids.js';
import { eachAudit, GENESIS, hashOfEntry, type AuditMark } from './audits.js';
import type { AuditsTable, Db } from './schema.js';

/**
 * changed: what stands in the entry is not what was written · moved: it was written under another number · missing:
 * entries are not there · put_in: there is one where none can be · unlinked: it fits its own hash and not the entry before
 * it, so that one of the two was written anew.
 */
export interface ChainFault {
  readonly kind: 'changed' | 'moved' | 'missing' | 'put_in' | 'unlinked';
  /** Where it is seen first. */
  readonly seq: number;
  /** moved: the number it was written under · missing: the last one that is not there. */
  readonly other: number | null;
}

export interface ChainReport {
  /** Entries up to the fault, or all of them. */
  readonly entries: number;
  readonly head: AuditMark | null;
  readonly fault: ChainFault | null;
}

/** How far from its place a moved entry is looked for. */
const MOVED_AT_MOST = 10_000;

/** Reads the whole chain and stops at the first fault. That its newest entries were cut off cannot be seen from it: see audit-anchor.ts. */
export async function checkChain(db: Db, hostId: HostId): Promise<ChainReport> {
  let head: AuditMark | null = null;
  for await (const row of eachAudit(db, hostId)) {
    const fault = faultOf(row, head);
    if (fault) return { entries: head?.seq ?? 0, head, fault };
    head = { seq: row.seq, hash: row.hash };
  }
  return { entries: head?.seq ?? 0, head, fault: null };
}

/** The first number at which the chain is broken; null when it is whole. */
export async function brokenAt(db: Db, hostId: HostId): Promise<number | null> {
  return (await checkChain(db, hostId)).fault?.seq ?? null;
}

function faultOf(row: AuditsTable, before: AuditMark | null): ChainFault | null {
  const expected = (before?.seq ?? 0) + 1;
  if (row.seq > expected) return { kind: 'missing', seq: expected, other: row.seq - 1 };
  if (row.seq < expected) return { kind: 'put_in', seq: expected, other: null };
  if (row.hash !== hashOfEntry(row)) return changedOrMoved(row);
  return row.prev === (before?.hash ?? GENESIS) ? null : { kind: 'unlinked', seq: row.seq, other: null };
}

/** The number is hashed too: an entry that fits its hash under another one was moved, and nothing else in it was changed. */
function changedOrMoved(row: AuditsTable): ChainFault {
  for (let seq = Math.max(1, row.seq - MOVED_AT_MOST); seq <= row.seq + MOVED_AT_MOST; seq += 1) {
    if (hashOfEntry({ ...row, seq }) === row.hash) return { kind: 'moved', seq: row.seq, other: seq };
  }
  return { kind: 'changed', seq: row.seq, other: null };
}
