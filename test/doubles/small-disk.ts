/** A disk of its own that can really be filled: a tmpfs. Mounting needs root. */
import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Why tests that need one are skipped; null: they can run. */
export const NO_MOUNT: string | null = process.getuid?.() === 0 ? null : 'mounting a small disk needs root';

export interface SmallDisk {
  readonly dir: string;
  /** Leaves so many bytes free. */
  fill(leaving: number): Promise<void>;
  remove(): Promise<void>;
}

export async function smallDisk(mib: number, inodes = 1_000): Promise<SmallDisk> {
  const dir = await mkdtemp(join(tmpdir(), 'hc-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${mib}m,nr_inodes=${inodes},mode=700`, 'tmpfs', dir]);
  } catch (error) {
    await rm(dir, { recursive: true });
    throw error;
  }
  return {
    dir,
    async fill(leaving) {
      const { bavail, bsize } = await statfs(dir);
      await appendFile(join(dir, 'filling'), Buffer.alloc(Math.max(0, bavail * bsize - leaving)));
    },
    async remove() {
      await run('umount', ['-l', dir]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}
