import { readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { processesIn } from '../../src/io/processes.js';
import { ownerOf, releasesDir } from './layout.js';

/** Removes what builds left that were killed: their owner is gone, and no child of theirs works there any more. */
export async function sweep(base: string): Promise<void> {
  for (const name of await readdir(releasesDir(base)).catch(() => [])) {
    const owner = ownerOf(name);
    if (owner === null || isAlive(owner)) continue;
    const dir = await realpath(join(releasesDir(base), name)).catch(() => null);
    if (dir === null || (await processesIn(dir)).length > 0) continue;
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A pid that was given out again keeps a leftover for longer, which costs disk and nothing else. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
