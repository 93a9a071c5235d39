import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';

/** How full the file system is on which a directory stands. */
export interface FileSystem {
  /** Names it: two directories with the same one share its room. */
  readonly device: number;
  /** As `df` says it: of what can be used without being root, 0 to 100. */
  readonly percent: number;
  readonly freeBytes: number;
  /** Of the files it may hold; null where it sets no limit. */
  readonly inodesPercent: number | null;
  readonly freeInodes: number | null;
}

/** Null where the directory is not there or not ours to see, and where nothing can ever be written: a read-only image is always full. */
export async function fileSystemOf(dir: string): Promise<FileSystem | null> {
  try {
    const { dev } = await stat(dir);
    const { bavail, bfree, blocks, bsize, ffree, files } = await statfs(dir);
    if (blocks === 0 || (await isReadOnly(dir))) return null;
    const used = blocks - bfree;
    return {
      device: dev,
      percent: percentOf(used, used + bavail),
      freeBytes: bavail * bsize,
      inodesPercent: files === 0 ? null : percentOf(files - ffree, files),
      freeInodes: files === 0 ? null : ffree,
    };
  } catch {
    return null;
  }
}

function percentOf(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.round((part / whole) * 100_000) / 1_000;
}

async function isReadOnly(dir: string): Promise<boolean> {
  return access(dir, constants.W_OK).then(() => false, (error: unknown) => (error as { readonly code?: unknown }).code === 'EROFS');
}
