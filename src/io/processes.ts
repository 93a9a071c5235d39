import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { inodeOf } from './held-dir.js';

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

/**
 * The environment a process was started with; null where it has ended or is not ours to see. PM2 hands a worker of a
 * cluster its own as JSON under one name. It holds secrets: it may be compared, and neither kept nor shown.
 */
export async function environmentOf(pid: number): Promise<Readonly<Record<string, string>> | null> {
  const raw = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  if (raw === '') return null;
  const own = Object.fromEntries(raw.split('\0').filter((line) => line.includes('=')).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  const ofWorker = parsed(own['pm2_env'] ?? '{}');
  const { env } = ofWorker;
  return { ...own, ...texts(ofWorker), ...texts(env !== null && typeof env === 'object' ? { ...env } : {}) };
}

/** Processes that PM2 of this home started and that live, by its name of them; most end with their daemon. */
export async function survivorsOf(home: string): Promise<readonly { readonly pid: number; readonly name: string }[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const environments = await Promise.all(pids.map(async (pid) => ({ pid, env: await environmentOf(pid) })));
  return environments.flatMap(({ pid, env }) => (env?.['PM2_HOME'] === home && env['pm_id'] !== undefined && env['name'] !== undefined ? [{ pid, name: env['name'] }] : []));
}

function parsed(json: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(json) as object) };
  } catch {
    return {};
  }
}

function texts(of: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)).map(([key, value]) => [key, String(value)]));
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

/** The pid of another process that has this file open, by whatever name, the lowest where there are several. Null where none can be seen. */
export async function whoHasOpen(file: string): Promise<number | null> {
  const wanted = await stat(file, { bigint: true }).then(inodeOf, () => null);
  const pids = (await readdir('/proc').catch(() => [])).filter((entry) => /^\d+$/.test(entry)).map(Number);
  for (const pid of pids.filter((one) => one !== process.pid).sort((a, b) => a - b)) {
    const open = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const inodes = await Promise.all(open.map((fd) => stat(`/proc/${pid}/fd/${fd}`, { bigint: true }).then(inodeOf, () => null)));
    if (wanted !== null && inodes.includes(wanted)) return pid;
  }
  return null;
}

/** Is `path` the directory `dir` or something below it? Both absolute and without symlinks. */
export function isWithin(dir: string, path: string): boolean {
  return path === dir || path.startsWith(dir.endsWith(sep) ? dir : dir + sep);
}
