import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { askGit } from './git-ask.js';
import { zeroSeparated } from './git-read.js';

/** A tree with more such files has uploads in it, and those are no work that a patch could keep. */
const MOST_FILES = 50;

export interface Untracked {
  /** As git would apply it; '' when there are none. */
  readonly patch: string;
  /** Files that are not in it: too large, too many, or none. */
  readonly left: readonly string[];
}

/**
 * Files that git does not know and is not told to ignore, as a patch of at most `maxBytes` of their content. The index is
 * not touched: each file is compared with nothing. Packages are not looked at; the lockfile has them.
 */
export async function untrackedPatch(dir: string, maxBytes: number): Promise<Untracked> {
  const paths = zeroSeparated(await askGit(dir, ['ls-files', '--others', '--exclude-standard', '-z', '--', '.', ':(exclude,glob)**/node_modules/**']));
  const parts: string[] = [];
  const left: string[] = [...paths.slice(MOST_FILES)];
  let room = maxBytes;
  for (const path of paths.slice(0, MOST_FILES)) {
    const file = await lstat(join(dir, path)).catch(() => null);
    const part = file?.isFile() && file.size <= room ? await asNew(dir, path) : '';
    if (part === '') left.push(path);
    else parts.push(part);
    room -= part === '' ? 0 : (file?.size ?? 0);
  }
  return { patch: parts.join(''), left };
}

/** Git ends with 1, and without a word of complaint, where the two differ. */
async function asNew(dir: string, path: string): Promise<string> {
  return askGit(dir, ['diff', '--no-index', '--no-ext-diff', '--no-textconv', '--no-color', '--binary', '--', '/dev/null', path]).catch(() => '');
}
