import { lstat, readlink, realpath, rename, rm, symlink } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { HypercareError } from '../../src/domain/errors.js';
import { currentLink } from './layout.js';

/** One name, not a new one each time: what a kill leaves is taken away by the next switch. */
const NEXT = '.current-next';

export interface Current {
  /** What the link says. */
  readonly text: string;
  /** The directory it leads to, symlinks resolved; as written where that directory is gone. */
  readonly dir: string;
}

/** What is live; null where nothing is. Throws `release.no_link` where `current` is something else than a symlink. */
export async function readCurrent(base: string): Promise<Current | null> {
  const link = currentLink(base);
  const info = await lstat(link).catch(() => null);
  if (info === null) return null;
  if (!info.isSymbolicLink()) {
    throw new HypercareError('release.no_link', 'permanent', `${link} is no symlink`, 'Move the app into releases/ and make current a symlink to it, or set the mode to in-place.');
  }
  const text = await readlink(link);
  const written = resolve(base, text);
  return { text, dir: await realpath(written).catch(() => written) };
}

/**
 * Points `current` at the directory `to` by one rename: a kill leaves the old target or the new one, never none. Done
 * only while it leads to `from` (or to `to` already); `release.moved` says that somebody else switched it meanwhile.
 */
export async function switchCurrent(base: string, { from, to }: { readonly from: string; readonly to: string }): Promise<void> {
  const now = await readCurrent(base);
  if (now?.dir === to) return;
  if (now?.dir !== from) {
    throw new HypercareError('release.moved', 'permanent', `${currentLink(base)} leads to ${now?.dir ?? 'nothing'} and no longer to ${from}`, 'Somebody else released meanwhile: look at what runs, then decide anew.');
  }
  const next = join(base, NEXT);
  await rm(next, { force: true });
  // Written as it was written before, so that a base that is moved or mounted elsewhere keeps working.
  await symlink(isAbsolute(now.text) ? to : relative(await realpath(base), to), next);
  await rename(next, currentLink(base));
}
