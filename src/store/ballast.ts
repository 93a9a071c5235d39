import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDiskFull } from '../domain/disk-full.js';
import type { Store } from './store.js';

/** Room for some thousand rows: enough to write what is under way to its end, and that the disk is full. */
const BALLAST_BYTES = 4 * 1024 * 1024;
/** It is laid only where twice as much stays free: taking the last room away would fill the disk ourselves. */
const ROOM = 3;

/** A file beside the store that holds room for the worst day. */
export interface Ballast {
  /** True when it lies there, or could be laid. */
  lay(): boolean;
  /** True from when it was thrown off until it is laid again. */
  spent(): boolean;
}

export function ballastFile(storeFile: string): string {
  return join(dirname(storeFile), 'ballast');
}

/**
 * The store of the monitor: where a write fails because the disk is full, the ballast is thrown off and the write is
 * run again. A journal that cannot be written would leave a remediation half done, and nobody would be told.
 */
export function withBallast(store: Store, file: string): { readonly store: Store; readonly ballast: Ballast } {
  let spent = false;
  const write: Store['write'] = async (fn) => {
    try {
      return await store.write(fn);
    } catch (error) {
      if (!isDiskFull(error) || !existsSync(file)) throw error;
      rmSync(file, { force: true });
      spent = true;
      return store.write(fn);
    }
  };
  const layIt = (): boolean => {
    const lies = existsSync(file) || lay(file);
    spent &&= !lies;
    return lies;
  };
  return { store: { ...store, write }, ballast: { lay: layIt, spent: () => spent } };
}

/** Of chance, so that no file system keeps it in less room than it says. */
function lay(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(file));
    if (bavail * bsize < BALLAST_BYTES * ROOM) return false;
    writeFileSync(file, randomBytes(BALLAST_BYTES), { mode: 0o600, flush: true });
    return true;
  } catch {
    rmSync(file, { force: true });
    return false;
  }
}
