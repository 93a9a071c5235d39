import { realpath, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HypercareError } from '../domain/errors.js';
import type { Exec } from './exec.js';
import { gitEnv, QUIET } from './git-ask.js';
import { gitError } from './git-error.js';
import { refuseMovedSubmodules } from './git-export.js';
import { surveyTree } from './git-in-the-way.js';
import { staleLock } from './git-lock.js';
import { headOf, requireCommit } from './git-read.js';
import { refuseUnfinished } from './git-unfinished.js';

const MAX_NAMED = 10;

/**
 * Steps: look whether a lock is held · refuse where unsaved work would be lost · take a lock away that nobody holds (the
 * look before needs it: it tells that a checkout was killed) · move, detached, without hooks · look whether HEAD is
 * there. A second run after a kill does the same and ends the same.
 */
export async function checkoutCommit(exec: Exec, job: { readonly dir: string; readonly commit: string; readonly timeoutMs: number }): Promise<void> {
  const { dir } = job;
  const commit = requireCommit(job.commit);
  const lock = await staleLock(dir);
  await refuseUnfinished(dir);
  const { blocking, halfDone } = await surveyTree(dir, commit);
  if (blocking.length > 0) throw inTheWayError(dir, blocking);
  await refuseMovedSubmodules(dir, commit);
  if (lock !== null) await rm(lock, { force: true });
  // simple-git would leave git's helpers running after a deadline, so this goes through `exec`, which ends the group.
  // Force only over what the survey found to be the target's own bytes; without it git guards against edits made since.
  const args = [...QUIET.flatMap((setting) => ['-c', setting]), 'checkout', '--quiet', '--detach', ...(halfDone ? ['--force'] : ['--no-overwrite-ignore']), commit, '--'];
  const env = gitEnv(dirname(await realpath(dir)));
  const result = await exec.run('git', args, { cwd: dir, env, timeoutMs: job.timeoutMs });
  if (result.timedOut) throw new HypercareError('git.timeout', 'transient', `git checkout in ${dir} did not end within ${job.timeoutMs} ms and was stopped half way`, 'Run the same rollback again: it goes on where it stopped.');
  if (result.code !== 0) throw gitError(result.stderr, dir);
  if ((await headOf(dir)) !== commit) throw new HypercareError('git.failed', 'permanent', `git checkout in ${dir} ended well, but HEAD is not ${commit.slice(0, 7)}`);
}

function inTheWayError(dir: string, paths: readonly string[]): HypercareError {
  const more = paths.length > MAX_NAMED ? ` and ${paths.length - MAX_NAMED} more` : '';
  return new HypercareError('git.in_the_way', 'denied', `Unsaved work in ${dir} would be lost: ${paths.slice(0, MAX_NAMED).join(', ')}${more}`, 'Commit it, or put it aside with git stash --include-untracked.');
}
