/**
 * A chain of hashes cannot show that its newest entries were cut off, or that the whole store was put back to an older
 * copy. So the mark of its head also stands in a small file outside of the store, in the PM2 home, which such a copy
 * does not bring along. It says nothing against somebody who writes both: that takes a copy on another machine.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HypercareError } from '../domain/errors.js';
import type { HostId } from '../domain/ids.js';
import { auditHead, auditMarkAt, type AuditMark } from './audits.js';
import type { Db } from './schema.js';

export interface Anchor extends AuditMark {
  readonly version: 1;
  /** Of the store the chain is in; another store has another one, though the host's name be the same. */
  readonly hostId: HostId;
  readonly at: number;
}

/**
 * holds: the anchored entry is there · cut: the chain ends before it · differs: another entry stands under its number ·
 * other_store: it is of another store's chain.
 */
export type AnchorVerdict = 'holds' | 'cut' | 'differs' | 'other_store';

export function anchorFile(pm2Home: string): string {
  return join(pm2Home, 'hypercare.anchor');
}

/** One rename: whoever reads it sees the old one or the new one. */
export async function writeAnchor(file: string, anchor: Anchor): Promise<void> {
  const fresh = `${file}.new`;
  await writeFile(fresh, `${JSON.stringify(anchor)}\n`, { mode: 0o600 });
  await rename(fresh, file);
}

/** Null where there is none. Throws `audit.anchor` where it cannot be read, or is something else. */
export async function readAnchor(file: string): Promise<Anchor | null> {
  try {
    const read = JSON.parse(await readFile(file, 'utf8')) as Partial<Anchor> | null;
    if (typeof read?.hostId === 'string' && Number.isSafeInteger(read.seq) && typeof read.hash === 'string' && Number.isSafeInteger(read.at)) return read as Anchor;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return null;
    throw unreadable(file, error);
  }
  throw unreadable(file, undefined);
}

function unreadable(file: string, cause: unknown): HypercareError {
  return new HypercareError('audit.anchor', 'permanent', `the anchor of the audit trail, ${file}, cannot be read`, 'Look who changed it. If nobody knows, compare the trail with an export, then remove the file: the monitor writes it anew.', { cause });
}

export async function judgeAnchor(db: Db, hostId: HostId, anchor: Anchor): Promise<AnchorVerdict> {
  if (anchor.hostId !== hostId) return 'other_store';
  const [there, head] = [await auditMarkAt(db, hostId, anchor.seq), await auditHead(db, hostId)];
  if (there) return there.hash === anchor.hash ? 'holds' : 'differs';
  return (head?.seq ?? 0) < anchor.seq ? 'cut' : 'differs';
}
