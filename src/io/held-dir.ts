import { constants, type BigIntStats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HypercareError } from '../domain/errors.js';

/** Linux: a descriptor that only names a place. It needs no right to read, as parents of what we may clean seldom give. */
const O_PATH = 0o10000000;

/**
 * A directory that is held open: its names are reached through its descriptor and never through a symlink, so that
 * nothing can be put in its place, or above it, between a look and an act.
 */
export interface HeldDir {
  readonly path: string;
  /** How it is reached itself, to list it. */
  readonly place: string;
  /** Itself and everything above it, as `inodeOf` names them. */
  readonly lineage: readonly string[];
  /** How the entry of this name is reached by the calls of node:fs. Calls that follow symlinks follow it too: use lstat, unlink, rename, O_NOFOLLOW. */
  at(name: string): string;
  /** The directory of this name in it; throws what `holdDir` throws. */
  below(name: string): Promise<HeldDir>;
  close(): Promise<void>;
}

/** Throws `files.gone` where it is not there, `files.symlink` where a symlink, or no directory, stands on the way, and `files.denied`. Linux alone: it goes through /proc. */
export async function holdDir(path: string): Promise<HeldDir> {
  let held = await hold('/', '/', []);
  for (const name of resolve(path).split('/').filter((part) => part !== '')) {
    const parent = held;
    held = await parent.below(name).finally(() => parent.close());
  }
  return held;
}

/** The same file or directory has the same one, whatever it is called: '2049:131'. */
export function inodeOf({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>): string {
  return `${dev}:${ino}`;
}

async function hold(reachedBy: string, path: string, above: readonly string[]): Promise<HeldDir> {
  const handle = await openPlace(reachedBy, path);
  const place = `/proc/self/fd/${handle.fd}`;
  const own = await ownInode(handle, place);
  const lineage = [...above, own];
  const at = (name: string): string => {
    if (name === '' || name === '.' || name === '..' || name.includes('/')) throw new Error(`${name} is no name in a directory`);
    return `${place}/${name}`;
  };
  return { path, place, lineage, at, below: (name) => hold(at(name), path === '/' ? `/${name}` : `${path}/${name}`, lineage), close: () => handle.close() };
}

async function ownInode(handle: FileHandle, place: string): Promise<string> {
  try {
    return inodeOf(await stat(place, { bigint: true }));
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openPlace(reachedBy: string, path: string): Promise<FileHandle> {
  try {
    return await open(reachedBy, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code; // Its text would name the descriptor, which tells nobody anything.
    if (code === 'ENOENT') throw new HypercareError('files.gone', 'permanent', `${path} is not there`);
    if (code === 'ELOOP' || code === 'ENOTDIR') throw new HypercareError('files.symlink', 'permanent', `${path} is a symlink or no directory`, 'Name the directory by its real path: realpath shows it.');
    if (code === 'EACCES' || code === 'EPERM') throw new HypercareError('files.denied', 'permanent', `${path} may not be entered by this user`);
    throw error;
  }
}
