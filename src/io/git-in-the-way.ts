import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { askGit, blobOf } from './git-ask.js';
import { refuseMovedSubmodules } from './git-export.js';
import { isLocked } from './git-lock.js';
import { PLAIN_DIFF, requireCommit, zeroSeparated } from './git-read.js';
import { refuseUnfinished } from './git-unfinished.js';

/** More files than this to compare byte by byte is somebody's work and no killed checkout. */
const MAX_COMPARED = 50;

export interface Survey {
  /** What would be lost. */
  readonly blocking: readonly string[];
  /** Files are as `commit` has them though HEAD is elsewhere: a checkout to it was killed half way. */
  readonly halfDone: boolean;
}

export async function inTheWay(dir: string, commit: string): Promise<readonly string[]> {
  await refuseUnfinished(dir);
  await refuseMovedSubmodules(dir, commit);
  return (await surveyTree(dir, commit)).blocking;
}

/** Whether a checkout to `commit` seems to have broken off: HEAD is elsewhere, files are as `commit` has them, and nobody's work is among them. */
export async function isHalfDone(dir: string, commit: string): Promise<boolean> {
  const { blocking, halfDone } = await surveyTree(dir, commit);
  return halfDone && blocking.length === 0;
}

/**
 * A checkout that was killed leaves HEAD where it was and some files as the target has them, one of them perhaps missing
 * or cut short. Those hold nobody's work; were they counted as edits, the rollback could never be tried again. They are
 * known by three things: a checkout to the target had to change them, none of them is more than the target has, and
 * where one is less, the lock is left too or another file is as the target has it. All else somebody did.
 */
export async function surveyTree(dir: string, commit: string): Promise<Survey> {
  requireCommit(commit);
  const [edited, staged, untracked, otherThanTarget, stagedOther, between, locked] = await Promise.all([
    changedFrom(dir, ['HEAD']), changedFrom(dir, ['--cached', 'HEAD']), untrackedThatItHolds(dir, commit),
    changedFrom(dir, [commit]), changedFrom(dir, ['--cached', commit]), changedFrom(dir, ['HEAD', commit]), isLocked(dir),
  ]);
  const [other, stagedAsOther, its] = [new Set(otherThanTarget), new Set(stagedOther), new Set(between)];
  const editsOfNeither = edited.filter((path) => other.has(path));
  const killed = locked || editsOfNeither.length < edited.length;
  const differing = [...editsOfNeither, ...untracked];
  const tracked = new Set(editsOfNeither);
  const isLeft = async (path: string): Promise<boolean> => {
    const has = its.has(path) ? await comparedWith(dir, commit, path) : 'other';
    // A tracked file that git calls another one, with the same bytes, was made executable or is so no more.
    return (has === 'same' && !tracked.has(path)) || (has === 'less' && killed);
  };
  const visible = differing.length > MAX_COMPARED ? differing : await keep(differing, async (path) => !(await isLeft(path)));
  const halfDone = edited.length > 0 || untracked.length > 0;
  const blocking = [...visible, ...(await hiddenEdits(dir, commit, halfDone ? null : its))];
  const stagedOfNeither = staged.filter((path) => stagedAsOther.has(path) && !blocking.includes(path));
  return { blocking: [...blocking, ...stagedOfNeither].sort(), halfDone };
}

/**
 * Edits that git was told not to look for. A checkout leaves them alone where the two commits have the file alike, and
 * with force destroys some; so they are in the way of what it changes (`its`), and all of them where it is forced (null).
 */
async function hiddenEdits(dir: string, commit: string, its: ReadonlySet<string> | null): Promise<readonly string[]> {
  // 'S path': left out of the tree, or hidden so; a small letter: assumed to be unchanged.
  const hidden = zeroSeparated(await askGit(dir, ['ls-files', '-v', '-z'])).filter((line) => /^[a-zS] /.test(line)).map((line) => ({ assumed: line[0] !== 'S', path: line.slice(2) }));
  const present = await keep(hidden.filter(({ path }) => its?.has(path) ?? true), async ({ assumed, path }) => assumed || (await isTaken(join(dir, path))));
  const paths = present.map(({ path }) => path);
  if (paths.length > MAX_COMPARED) return paths;
  return keep(paths, async (path) => (await comparedWith(dir, 'HEAD', path)) !== 'same' && (await comparedWith(dir, commit, path)) !== 'same');
}

async function changedFrom(dir: string, from: readonly string[]): Promise<readonly string[]> {
  return zeroSeparated(await askGit(dir, ['diff', ...PLAIN_DIFF, '--name-only', '-z', ...from, '--']));
}

/** Also ignored ones: a checkout overwrites an ignored .env without a word where the target tracks it. */
async function untrackedThatItHolds(dir: string, commit: string): Promise<readonly string[]> {
  const [files, inTarget] = await Promise.all([['ls-files', '-z'], ['ls-tree', '-r', '-z', '--name-only', commit]].map(async (args) => zeroSeparated(await askGit(dir, args))));
  const tracked = new Set(files);
  return keep((inTarget ?? []).filter((path) => !tracked.has(path)), (path) => isTaken(join(dir, path)));
}

/** Something stands there, or a file stands where one of its directories must be. */
async function isTaken(path: string): Promise<boolean> {
  return lstat(path).then(() => true, (error: NodeJS.ErrnoException) => error.code !== 'ENOENT');
}

/** The bytes of a file beside those that the commit has there: all of them, less of them (git takes the old one away before it writes the new), or others. */
async function comparedWith(dir: string, commit: string, path: string): Promise<'same' | 'less' | 'other'> {
  const blob = await blobOf(dir, commit, path).catch(() => null);
  if (blob === null) return 'other';
  const file = join(dir, path);
  const info = await lstat(file).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? null : undefined));
  if (info === null) return 'less';
  if (info === undefined || info.size > blob.length || !(info.isFile() || info.isSymbolicLink())) return 'other';
  const bytes = info.isFile() ? await readFile(file) : Buffer.from(await readlink(file));
  if (!blob.subarray(0, bytes.length).equals(bytes)) return 'other';
  return bytes.length === blob.length ? 'same' : 'less';
}

async function keep<T>(from: readonly T[], is: (one: T) => Promise<boolean>): Promise<T[]> {
  const kept: T[] = [];
  for (const one of from) if (await is(one)) kept.push(one);
  return kept;
}
