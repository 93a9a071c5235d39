import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../src/domain/json.js';
import type { ReleaseSighting } from '../../src/domain/release.js';
import type { Git } from '../../src/io/git.js';
import { environmentNames } from '../../src/io/environment-names.js';
import { sha256, sha256OfFile } from '../../src/io/hash.js';
import { workingDirectory } from '../../src/io/processes.js';
import { REVISION_FILE } from './layout.js';

/** In the order npm itself prefers them. */
export const LOCKFILES = ['npm-shrinkwrap.json', 'package-lock.json', 'yarn.lock', 'pnpm-lock.yaml'] as const;

export interface Sought {
  /** Files, relative to the directory, whose content counts as configuration. */
  readonly configFiles: readonly string[];
  readonly nodeVersion: string | null;
  /** Workers whose environments are looked at for names; absent: nobody's. */
  readonly pids?: readonly number[];
  /**
   * When the worker began (milliseconds): in a working tree the running release is what HEAD was then, not what was
   * pulled since. Absent: HEAD as it is.
   */
  readonly startedAt?: number;
}

/** What release stands in a directory. Throws where the directory is gone or git cannot be asked. */
export async function identifyRelease(dir: string, sought: Sought, git: Git): Promise<ReleaseSighting> {
  const real = await realpath(dir);
  return {
    dir: real,
    commit: (await revisionOf(real)) ?? (await git.head(real, sought.startedAt)),
    lockHash: await lockHashOf(real),
    configHash: await configHashOf(real, sought.configFiles),
    nodeVersion: sought.nodeVersion,
    ...(sought.pids === undefined ? {} : { envKeys: await environmentNames(sought.pids, sought.configFiles.map((file) => join(real, file))) }),
  };
}

/** The commit a built directory says it is; null where it says none. */
export async function revisionOf(dir: string): Promise<string | null> {
  const [line = ''] = (await readFile(join(dir, REVISION_FILE), 'utf8').catch(() => '')).split('\n');
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(line.trim()) ? line.trim() : null;
}

/** SHA-256 of the lockfile; null where there is none. */
export async function lockHashOf(dir: string): Promise<string | null> {
  for (const name of LOCKFILES) {
    const hash = await sha256OfFile(join(dir, name));
    if (hash !== null) return hash;
  }
  return null;
}

/** One hash over all of them, a missing one counting as missing; null where none is named. Contents do not leave this function. */
async function configHashOf(dir: string, files: readonly string[]): Promise<string | null> {
  if (files.length === 0) return null;
  const hashes: (readonly [string, string | null])[] = [];
  for (const file of [...files].sort()) hashes.push([file, await sha256OfFile(join(dir, file))]);
  return sha256(canonicalJson(hashes));
}

/**
 * The directory each process really works in, by its pid: the proof of which release a worker runs, whatever the link
 * says by now. Null: it has ended, or cannot be seen.
 */
export async function workerDirectories(pids: readonly number[]): Promise<ReadonlyMap<number, string | null>> {
  return new Map(await Promise.all(pids.map(async (pid) => [pid, await workingDirectory(pid)] as const)));
}
