import { readdir, readlink, stat } from 'node:fs/promises';
import { inodeOf } from './held-dir.js';

/** A machine with more processes or descriptors is looked at as far as this, and then nothing is said of it. */
const MOST_PROCESSES = 10_000;
const MOST_DESCRIPTORS = 200_000;

/**
 * Every file that some process has open, ours too, as `inodeOf` names them: by whatever name it was opened, and whatever it
 * is called now. Those of other users are seen by root alone. Null: there are too many to tell.
 */
export async function openFiles(signal: AbortSignal): Promise<ReadonlySet<string> | null> {
  const found = new Set<string>();
  let looked = 0;
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  if (pids.length > MOST_PROCESSES) return null;
  for (const pid of pids) {
    signal.throwIfAborted();
    const open = await readdir(`/proc/${pid}/fd`).catch(() => []);
    looked += open.length;
    if (looked > MOST_DESCRIPTORS) return null;
    for (const inode of await Promise.all(open.map((fd) => fileAt(`/proc/${pid}/fd/${fd}`)))) if (inode !== null) found.add(inode);
  }
  return found;
}

/** Sockets, pipes and the like have no path. */
async function fileAt(descriptor: string): Promise<string | null> {
  const target = await readlink(descriptor).catch(() => '');
  if (!target.startsWith('/')) return null;
  return stat(descriptor, { bigint: true }).then(inodeOf, () => null);
}
