import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { sep } from 'node:path';

export interface WorkingProcess {
  readonly pid: number;
  /** The kernel's name of it, at most 15 characters: 'git', 'node', 'tar'. */
  readonly name: string;
  /** Its argument array, the program first. */
  readonly args: readonly string[];
}

/**
 * The directory a process works in, symlinks resolved; one that was removed ends in ' (deleted)'. Null where the
 * process has ended, is not ours to see, or the system has no /proc.
 */
export async function workingDirectory(pid: number): Promise<string | null> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  return readlink(`/proc/${pid}/cwd`).catch(() => null);
}

/** Every process whose working directory is `dir` (a real path) or below it. Those of other users cannot be seen. */
export async function processesIn(dir: string): Promise<readonly WorkingProcess[]> {
  const entries = await readdir('/proc').catch(() => []);
  const found: WorkingProcess[] = [];
  for (const pid of entries.filter((entry) => /^\d+$/.test(entry)).map(Number)) {
    const cwd = await workingDirectory(pid);
    if (cwd === null || !isWithin(dir, cwd)) continue;
    const [name, args] = await Promise.all(['comm', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')));
    found.push({ pid, name: (name ?? '').trim(), args: (args ?? '').split('\0').slice(0, -1) });
  }
  return found;
}

/** The pid of another process that has this file open, the lowest where there are several. Null where none can be seen. */
export async function whoHasOpen(file: string): Promise<number | null> {
  const path = await realpath(file).catch(() => file);
  const pids = (await readdir('/proc').catch(() => [])).filter((entry) => /^\d+$/.test(entry)).map(Number);
  for (const pid of pids.filter((one) => one !== process.pid).sort((a, b) => a - b)) {
    const open = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const targets = await Promise.all(open.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
    if (targets.includes(path)) return pid;
  }
  return null;
}

/** Is `path` the directory `dir` or something below it? Both absolute and without symlinks. */
export function isWithin(dir: string, path: string): boolean {
  return path === dir || path.startsWith(dir.endsWith(sep) ? dir : dir + sep);
}
