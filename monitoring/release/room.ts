import { join } from 'node:path';
import { sayBytes } from '../../src/domain/bytes.js';
import type { Io } from '../../src/io/io.js';
import { fileSystemOf } from '../../src/io/file-system.js';
import type { ModulesPlan } from './node-modules.js';

/** What a build leaves free: the app's logs and uploads go on meanwhile. */
const RESERVE_BYTES = 64 * 1024 * 1024;
/** The files are there twice for a moment: packed, and unpacked. */
const TIMES_TREE = 2;
const MEASURE_MS = 8_000;

export interface Wanted {
  readonly base: string;
  readonly repo: string;
  readonly commit: string;
  readonly like: string | null;
  readonly modules: ModulesPlan;
}

/**
 * Why a build would fill the disk, for people; null: it has room. Packages that are to be installed are taken to need as
 * much as the running release's; what cannot be measured is not counted, because a build that fills the disk after all
 * takes itself away again.
 */
export async function noRoomFor({ base, repo, commit, like, modules }: Wanted, { git, exec }: Pick<Io, 'git' | 'exec'>): Promise<string | null> {
  const disk = await fileSystemOf(base);
  if (disk === null) return null;
  const packages = modules.kind === 'copy' ? modules.from : modules.kind === 'install' ? like : null;
  const needs = TIMES_TREE * (await git.size(repo, commit)) + (packages === null ? 0 : await bytesIn(join(packages, 'node_modules'), exec)) + RESERVE_BYTES;
  if (disk.freeBytes >= needs) return null;
  return `it needs about ${sayBytes(needs)} on the disk of ${base} while it is built, and ${sayBytes(disk.freeBytes)} are free`;
}

async function bytesIn(dir: string, exec: Io['exec']): Promise<number> {
  const result = await exec.run('du', ['--summarize', '--block-size=1', '--one-file-system', '--', dir], { timeoutMs: MEASURE_MS }).catch(() => null);
  const [bytes] = /^\d+/.exec(result?.stdout ?? '') ?? [];
  return result === null || result.timedOut || bytes === undefined ? 0 : Number(bytes);
}
