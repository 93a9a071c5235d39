import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { inodeOf } from './held-dir.js';

/** A machine with more processes or descriptors is looked at as far as this, and then nothing is said of it. */
const MOST_PROCESSES = 10_000;
const MOST_DESCRIPTORS = 200_000;
const MOST_MAPPINGS = 1_000_000;

/** '7f…-7f… r-xp 00002000 fe:01 260386    /srv/shop/addon.node', of a mapping that has a file. */
const MAPPED = /^\S+ \S+ \S+ ([0-9a-f]+):([0-9a-f]+) ([1-9]\d*) +(\/.*)$/;

/**
 * Every file that some process has open, loaded or runs, ours too, and every directory that one stands in, as `inodeOf`
 * names them: by whatever name it was opened, and whatever it is called now. A library, and what runs, have no
 * descriptor. What processes of other users have is seen by root alone. Null: there is too much of it to tell.
 */
export async function openFiles(signal: AbortSignal): Promise<ReadonlySet<string> | null> {
  const found = new Set<string>();
  const mapped = new Set<string>();
  let [looked, mappings] = [0, 0];
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  if (pids.length > MOST_PROCESSES) return null;
  for (const pid of pids) {
    signal.throwIfAborted();
    const open = await readdir(`/proc/${pid}/fd`).catch(() => []);
    looked += open.length;
    if (looked > MOST_DESCRIPTORS) return null;
    for (const inode of await Promise.all([...open.map((fd) => `fd/${fd}`), 'exe', 'cwd'].map((name) => fileAt(`/proc/${pid}/${name}`)))) if (inode !== null) found.add(inode);
    const lines = (await readFile(`/proc/${pid}/maps`, 'utf8').catch(() => '')).split('\n');
    if ((mappings += lines.length) > MOST_MAPPINGS) return null;
    for (const inode of await mappedIn(pid, lines, mapped)) found.add(inode);
  }
  return found;
}

/**
 * The files of these mappings, without those seen before. By the numbers the kernel tells, and by the path as that process sees it: file
 * systems of several layers tell another device in one than in the other.
 */
async function mappedIn(pid: string, lines: readonly string[], seen: Set<string>): Promise<readonly string[]> {
  const files = lines.flatMap((line) => {
    const [, major = '', minor = '', inode = '', path = ''] = MAPPED.exec(line) ?? [];
    const key = `${major}:${minor}:${inode}:${path}`;
    if (path === '' || seen.has(key)) return [];
    seen.add(key);
    return [{ numbered: `${deviceOf(BigInt(`0x${major}`), BigInt(`0x${minor}`))}:${inode}`, path }];
  });
  const named = await Promise.all(files.map(({ path }) => stat(`/proc/${pid}/root${path}`, { bigint: true }).then(inodeOf, () => null)));
  return [...files.map(({ numbered }) => numbered), ...named.filter((inode) => inode !== null)];
}

/** As stat numbers it (makedev). */
function deviceOf(major: bigint, minor: bigint): bigint {
  return ((major & 0xffff_f000n) << 32n) | ((major & 0xfffn) << 8n) | ((minor & 0xffff_ff00n) << 12n) | (minor & 0xffn);
}

/** Sockets, pipes and the like have no path. */
async function fileAt(descriptor: string): Promise<string | null> {
  const target = await readlink(descriptor).catch(() => '');
  if (!target.startsWith('/')) return null;
  return stat(descriptor, { bigint: true }).then(inodeOf, () => null);
}
