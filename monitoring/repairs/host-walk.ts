import type { BigIntStats } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { errorText } from '../../src/domain/errors.js';
import { fits } from '../../src/domain/glob.js';
import { inodeOf, type HeldDir } from '../../src/io/held-dir.js';

/** Entries that are looked at below one root; what is behind them is left for the next time. */
const MOST_ENTRIES = 200_000;
const MOST_DEPTH = 16;
/** What is in them belongs to an app's code, however old. */
const CODE_DIRS: readonly string[] = ['.git', 'node_modules'];

/** Which files are meant; a time is milliseconds since 1970. */
export interface FileRule {
  /** Fits the name, * standing for anything. */
  readonly match: (name: string) => boolean;
  /** Written, and put where it is, before this. */
  readonly writtenBefore: number;
  /** Smaller ones are not meant. */
  readonly leastBytes?: number;
  /** Files and directories that are left alone, as `inodeOf` names them. */
  readonly except: ReadonlySet<string>;
}

/** One ordinary file that is meant, while its directory is held. */
export interface Found {
  readonly dir: HeldDir;
  readonly name: string;
  readonly path: string;
  readonly stat: BigIntStats;
  /** What its removal gives back: nothing where it has another name. */
  readonly bytes: number;
}

export interface Walked {
  /** Files that the rule meant, and that were left alone: open, or protected. */
  readonly excepted: number;
  /** True where there was more than may be looked at. */
  readonly cut: boolean;
}

/**
 * Visits each file below a held directory that the rule means; `visit` returns false to stop. It never goes through a
 * symlink, into another file system, or into a directory that changed its place meanwhile.
 */
export async function walkFiles(root: HeldDir, rule: FileRule, visit: (found: Found) => Promise<boolean>, signal: AbortSignal): Promise<Walked> {
  const state = { looked: 0, excepted: 0, cut: false, stopped: false };
  const device = root.lineage.at(-1)?.split(':')[0];

  async function walk(dir: HeldDir, depth: number): Promise<void> {
    for (const name of await namesIn(dir)) {
      signal.throwIfAborted();
      if (state.stopped) return;
      if ((state.looked += 1) > MOST_ENTRIES) return void (state.cut = true);
      const stat = await lstat(dir.at(name), { bigint: true }).catch(() => null); // Gone since it was listed.
      if (stat === null || String(stat.dev) !== device) continue;
      if (stat.isDirectory()) {
        if (depth >= MOST_DEPTH || CODE_DIRS.includes(name) || rule.except.has(inodeOf(stat))) continue;
        await into(dir, name, depth + 1);
      } else if (stat.isFile() && rule.match(name) && lastTouched(stat) < rule.writtenBefore && stat.size >= (rule.leastBytes ?? 0)) {
        if (rule.except.has(inodeOf(stat)) || !isOurs(stat)) state.excepted += 1;
        else state.stopped = !(await visit({ dir, name, path: `${dir.path}/${name}`, stat, bytes: stat.nlink > 1n ? 0 : Number(stat.blocks) * 512 }));
      }
    }
  }

  async function into(dir: HeldDir, name: string, depth: number): Promise<void> {
    const below = await dir.below(name).catch(() => null); // A symlink since it was looked at, or not ours to enter.
    if (below === null) return;
    try {
      await walk(below, depth);
    } finally {
      await below.close();
    }
  }

  await walk(root, 1);
  return { excepted: state.excepted, cut: state.cut };
}

export function named(pattern: string): FileRule['match'] {
  return (name) => fits(pattern, name);
}

/** When it was written or put where it is, whichever is later: what cp -p, tar or rsync -t put there a moment ago was written long ago. */
function lastTouched({ mtimeMs, ctimeMs }: BigIntStats): bigint {
  return mtimeMs > ctimeMs ? mtimeMs : ctimeMs;
}

/** Still the very file that was looked at, unwritten since: only then may it be touched. */
export async function isStill({ dir, name, stat }: Found): Promise<boolean> {
  const now = await lstat(dir.at(name), { bigint: true }).catch(() => null);
  return now !== null && now.isFile() && inodeOf(now) === inodeOf(stat) && now.mtimeNs === stat.mtimeNs && now.ctimeNs === stat.ctimeNs && now.size === stat.size;
}

/** All of them at once: the directory may be changed while its files are visited. */
async function namesIn(dir: HeldDir): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of await opendir(dir.place)) if (names.push(name) > MOST_ENTRIES) break;
  } catch (error) {
    if (names.length === 0 && !/EACCES|ENOENT/.test(errorText(error))) throw error;
  }
  return names.sort();
}

/** Whether others have it open can be told of our own files alone, but by root. */
function isOurs({ uid }: BigIntStats): boolean {
  const own = process.getuid?.();
  return own === 0 || BigInt(own ?? -1) === uid;
}
