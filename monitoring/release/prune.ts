import { randomBytes } from 'node:crypto';
import { readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isWithin, processesIn } from '../../src/io/processes.js';
import { releasesDir, REVISION_FILE, trashDir } from './layout.js';
import { sweep } from './sweep.js';
import { readCurrent } from './switch.js';

export interface Pruning {
  readonly base: string;
  /** How many of the newest are kept whatever else; at least 2. */
  readonly keep: number;
  /** Directories that stay too: every stable release of the ledger, and every path PM2 starts something from. */
  readonly protect: readonly string[];
}

/**
 * Removes old releases and returns their directories. Never the live one, never a protected one, never one a process
 * works in: a reload whose directory is gone ends in silence, with PM2 saying 'online'. Only directories with a
 * REVISION are releases; others are somebody's. Newest is what was built last, by the time of REVISION.
 */
export async function pruneReleases({ base, keep, protect }: Pruning): Promise<readonly string[]> {
  await sweep(base);
  const built = await releasesByAge(await realpath(base));
  const current = await readCurrent(base);
  const stay = await Promise.all([...protect, ...(current ? [current.dir] : [])].map((path) => realpath(path).catch(() => path)));
  const removed: string[] = [];
  for (const { name, dir } of built.slice(Math.max(2, keep))) {
    if (stay.some((path) => isWithin(dir, path)) || (await processesIn(dir)).length > 0) continue;
    // Renamed first: what is half removed must not look like a release.
    const trash = trashDir(base, name, { pid: process.pid, unique: randomBytes(6).toString('hex') });
    await rename(dir, trash);
    await rm(trash, { recursive: true, force: true, maxRetries: 3 });
    removed.push(dir);
  }
  return removed;
}

async function releasesByAge(base: string): Promise<readonly { readonly name: string; readonly dir: string; readonly builtAt: number }[]> {
  const found: { name: string; dir: string; builtAt: number }[] = [];
  for (const entry of await readdir(releasesDir(base), { withFileTypes: true }).catch(() => [])) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    const dir = join(releasesDir(base), entry.name);
    const revision = await stat(join(dir, REVISION_FILE)).catch(() => null);
    if (revision) found.push({ name: entry.name, dir, builtAt: revision.mtimeMs });
  }
  return found.sort((a, b) => b.builtAt - a.builtAt || (a.name < b.name ? 1 : -1));
}
