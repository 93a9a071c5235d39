import { readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Pm2Process } from '../../src/io/pm2.js';
import { isWithin, processesIn } from '../../src/io/processes.js';
import { BUILT_FILE, releaseIn, releasesDir, temporaryDir } from './layout.js';
import { readCurrent } from './switch.js';

/** So many releases that hypercare built stay, the newest: the way back, and some to look at. */
export const KEPT = 5;
const MAX_RELEASES = 1_000;

export interface Keep {
  /** Directories that stay whatever their age: what runs, what is deployed, the way back. */
  readonly dirs: readonly string[];
  readonly listed: readonly Pm2Process[];
  /** One more is about to be built. */
  readonly oneMore: boolean;
}

/**
 * Releases that hypercare built and that are past the newest few, the oldest first. Those that somebody else built are
 * never among them, nor what a process runs from, nor what PM2 would start.
 */
export async function oldReleases(base: string, { dirs, listed, oneMore }: Keep): Promise<readonly string[]> {
  const built = await builtReleases(base);
  const old = built.slice(0, Math.max(0, built.length - (oneMore ? KEPT - 1 : KEPT)));
  const free = await Promise.all(old.map(async ({ dir }) => (dirs.includes(dir) || (await inUse(base, dir, listed)) !== null ? [] : [dir])));
  return free.flat();
}

/** Looks at each once more, renames it out of the way and removes it. What it removed, and why not the others, for people. */
export async function removeOld(base: string, dirs: readonly string[], listed: readonly Pm2Process[]): Promise<{ readonly removed: number; readonly left: readonly string[] }> {
  const left: string[] = [];
  let removed = 0;
  for (const dir of dirs) {
    const why = (await isBuiltByUs(dir)) === null ? 'it is not one that hypercare built' : await inUse(base, dir, listed);
    if (why !== null) {
      left.push(`${basename(dir)}: ${why}`);
      continue;
    }
    // A kill in its middle leaves a name that the next build takes away, and never half of a release.
    const aside = temporaryDir(base, basename(dir), { pid: process.pid, unique: randomBytes(6).toString('hex') });
    await rename(dir, aside);
    await rm(aside, { recursive: true, force: true, maxRetries: 3 });
    removed += 1;
  }
  return { removed, left };
}

async function builtReleases(base: string): Promise<readonly { readonly dir: string; readonly builtAt: number }[]> {
  const releases = await realpath(releasesDir(base)).catch(() => releasesDir(base));
  const entries = await readdir(releases, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).slice(0, MAX_RELEASES).map(({ name }) => name);
  const built = await Promise.all(names.map(async (name) => {
    const dir = join(releases, name);
    const builtAt = await isBuiltByUs(dir);
    return builtAt === null ? [] : [{ dir, builtAt }];
  }));
  return built.flat().toSorted((a, b) => a.builtAt - b.builtAt);
}

/** When hypercare built it; null: somebody else did. */
async function isBuiltByUs(dir: string): Promise<number | null> {
  try {
    const { builtAt } = JSON.parse(await readFile(join(dir, BUILT_FILE), 'utf8')) as { readonly builtAt?: unknown };
    return typeof builtAt === 'number' ? builtAt : null;
  } catch {
    return null;
  }
}

/** Why it may not be removed, for people; null: nobody uses it. */
async function inUse(base: string, dir: string, listed: readonly Pm2Process[]): Promise<string | null> {
  if ((await readCurrent(base))?.dir === dir) return 'it is live';
  const [working] = await processesIn(dir);
  if (working) return `${working.name} (pid ${working.pid}) works in it`;
  for (const { name, cwd, execPath } of listed) {
    for (const path of [cwd, execPath]) {
      const real = await realpath(path).catch(() => path);
      if (isWithin(dir, real) || releaseIn(releasesDir(base), path) === dir) return `PM2 starts ${name} from it`;
    }
  }
  return null;
}
