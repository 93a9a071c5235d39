import { dirname } from 'node:path';
import { realpath } from 'node:fs/promises';
import { HypercareError } from '../domain/errors.js';
import type { Exec } from './exec.js';
import { gitEnv, QUIET } from './git-ask.js';
import { gitError } from './git-error.js';
import { requireCommit } from './git-read.js';

/** It is hypercare's tag, whoever it runs as, and nobody is asked for the passphrase of a key. */
const AS_US: readonly string[] = ['user.name=hypercare', 'user.email=hypercare@localhost', 'tag.gpgSign=false'];

/** Makes an annotated tag, and pushes nothing. Hooks do not run. Throws where a tag of that name is there. */
export async function makeTag(exec: Exec, job: { readonly repo: string; readonly name: string; readonly commit: string; readonly message: string; readonly timeoutMs: number }): Promise<void> {
  const { repo, name, commit, message, timeoutMs } = job;
  if (!/^[A-Za-z0-9][\w./-]{0,199}$/.test(name)) throw new HypercareError('git.bad_tag', 'invalid', `${JSON.stringify(name.slice(0, 60))} cannot be the name of a tag`, null);
  const settings = [...QUIET, ...AS_US].flatMap((setting) => ['-c', setting]);
  const env = gitEnv(dirname(await realpath(repo).catch(() => repo)));
  const result = await exec.run('git', [...settings, 'tag', '--annotate', `--message=${message}`, name, requireCommit(commit)], { cwd: repo, env, timeoutMs });
  if (result.timedOut) throw new HypercareError('git.timeout', 'transient', `git did not make the tag within ${Math.round(timeoutMs / 1_000)} s`, null);
  if (result.code !== 0) throw gitError(result.stderr, repo);
}
