import { readdir, readFile } from 'node:fs/promises';

/** Which part of the files and sockets that a process may have open it has open; null where it has ended, is not ours to see, or has no limit. */
export async function descriptorShare(pid: number): Promise<number | null> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  const [open, limits] = await Promise.all([readdir(`/proc/${pid}/fd`).catch(() => null), readFile(`/proc/${pid}/limits`, 'utf8').catch(() => '')]);
  const most = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 0);
  return open === null || most === 0 ? null : open.length / most;
}
