import { lstat } from 'node:fs/promises';
import { HypercareError } from '../domain/errors.js';
import { gitPaths } from './git-read.js';

/** What git keeps beside the index while it is in the middle of something, what that is, and how it ends. The first that is there counts. */
const MARKS = [
  { file: 'MERGE_HEAD', what: 'merge', end: 'merge --abort' },
  { file: 'CHERRY_PICK_HEAD', what: 'cherry-pick', end: 'cherry-pick --abort' },
  { file: 'REVERT_HEAD', what: 'revert', end: 'revert --abort' },
  { file: 'rebase-merge', what: 'rebase', end: 'rebase --abort' },
  { file: 'rebase-apply/applying', what: 'git am', end: 'am --abort' },
  { file: 'rebase-apply', what: 'rebase', end: 'rebase --abort' },
] as const;

/** A checkout forgets a merge without a word, and a rebase that goes on after it would go on from the wrong commit. */
export async function refuseUnfinished(dir: string): Promise<void> {
  const paths = await gitPaths(dir, MARKS.map(({ file }) => file));
  const there = await Promise.all(paths.map((path) => lstat(path).then(() => true, () => false)));
  const found = MARKS[there.indexOf(true)];
  if (found) throw new HypercareError('git.unfinished', 'denied', `A ${found.what} is under way in ${dir}`, `Finish it, or end it with git ${found.end}.`);
}
