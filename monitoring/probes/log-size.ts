import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A directory with more files is counted as far as this: then its size is said to be at least that. */
const MOST_FILES = 2_000;

/** What the files in these directories take up, in bytes. Those below them are not looked at; what is not there counts nothing. */
export async function logSize(dirs: readonly string[], signal: AbortSignal): Promise<number> {
  let bytes = 0;
  for (const dir of dirs) {
    const names = await readdir(dir).catch(() => []);
    signal.throwIfAborted();
    const sizes = await Promise.all(names.slice(0, MOST_FILES).map((name) => lstat(join(dir, name)).then((stat) => (stat.isFile() ? stat.blocks * 512 : 0), () => 0)));
    bytes += sizes.reduce((sum, size) => sum + size, 0);
  }
  return bytes;
}
