import { dirname } from 'node:path';
import { realpath } from 'node:fs/promises';
import { HypercareError } from '../domain/errors.js';
import type { Exec } from './exec.js';
import { gitEnv, QUIET } from './git-ask.js';
import { gitError } from './git-error.js';
import { PLAIN_DIFF, requireCommit } from './git-read.js';

/** Writes the whole difference between two commits into a file, binary files too, as `git apply` takes it. The repository is only read. */
export async function writeDiff(exec: Exec, job: { readonly repo: string; readonly from: string; readonly to: string; readonly file: string; readonly timeoutMs: number }): Promise<void> {
  const { repo, from, to, file, timeoutMs } = job;
  const settings = QUIET.flatMap((setting) => ['-c', setting]);
  const env = gitEnv(dirname(await realpath(repo).catch(() => repo)));
  const args = [...settings, 'diff', ...PLAIN_DIFF, '--binary', '--full-index', '--submodule=short', `--output=${file}`, requireCommit(from), requireCommit(to), '--'];
  const result = await exec.run('git', args, { cwd: repo, env, timeoutMs });
  if (result.timedOut) throw new HypercareError('git.timeout', 'transient', `git did not write the difference within ${Math.round(timeoutMs / 1_000)} s`, null);
  if (result.code !== 0) throw gitError(result.stderr, repo);
}
