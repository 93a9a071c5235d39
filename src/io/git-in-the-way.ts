import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askGit, blobOf } from './git-ask.js';
import { refuseSubmodules } from './git-export.js';
import { PLAIN_DIFF, requireCommit, zeroSeparated } from './git-read.js';

/** More files than this to compare byte by byte is somebody's work and no killed checkout. */
const MAX_COMPARED = 50;

export interface Survey {
  /** What would be lost. */
  readonly blocking: readonly string[];
  /** Files are as `commit` has them though HEAD is elsewhere: a checkout to it was killed half way. */
  readonly halfDone: boolean;
}

export async function inTheWay(dir: string, commit: string): Promise<readonly string[]> {
  await refuseSubmodules(dir, commit);
  return (await surveyTree(dir, commit)).blocking;
}

/**
 * A checkout that was killed leaves HEAD where it was and some files as the target has them, the last one perhaps cut
 * short. Those hold nobody's work; were they counted as edits, the rollback could never be tried again.
 */
export async function surveyTree(dir: string, commit: string): Promise<Survey> {
  requireCommit(commit);
  const [edited, staged, untracked, otherThanTarget, stagedOther] = await Promise.all([
    changedFrom(dir, ['HEAD']), changedFrom(dir, ['--cached', 'HEAD']), untrackedThatItHolds(dir, commit), changedFrom(dir, [commit]), changedFrom(dir, ['--cached', commit]),
  ]);
  const [other, stagedAsOther] = [new Set(otherThanTarget), new Set(stagedOther)];
  const editsOfNeither = edited.filter((path) => other.has(path));
  const differing = [...editsOfNeither, ...untracked];
  const blocking = differing.length > MAX_COMPARED ? differing : await keep(differing, async (path) => !(await isBeginningOf(dir, commit, path)));
  const stagedOfNeither = staged.filter((path) => stagedAsOther.has(path) && !blocking.includes(path));
  return {
    blocking: [...blocking, ...stagedOfNeither].sort(),
    halfDone: edited.length > 0 || untracked.length > 0,
  };
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

/** Is the file what the commit has there, whole or cut short? Git takes the old one away before it writes the new one: between the two there is none. */
async function isBeginningOf(dir: string, commit: string, path: string): Promise<boolean> {
  const file = join(dir, path);
  const blob = await blobOf(dir, commit, path).catch(() => null);
  if (blob === null) return false;
  const info = await lstat(file).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? null : undefined));
  if (info === null) return true;
  return info?.isFile() === true && info.size <= blob.length && blob.subarray(0, info.size).equals(await readFile(file));
}

async function keep(paths: readonly string[], is: (path: string) => Promise<boolean>): Promise<string[]> {
  const kept: string[] = [];
  for (const path of paths) if (await is(path)) kept.push(path);
  return kept;
}
