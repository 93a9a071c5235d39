import { dirname } from 'node:path';
import { realpath } from 'node:fs/promises';
import { HypercareError } from '../domain/errors.js';
import type { Exec } from './exec.js';
import { askGit, gitEnv, QUIET } from './git-ask.js';
import { maskForeign } from './mask.js';

/** Where what was fetched stands: a corner of our own, so that no branch or tag of the operator's is ever moved. */
export const FETCHED = 'refs/hypercare/remote';

/**
 * Nobody is there to answer a prompt: without these, ssh would wait for a password or a host key until the deadline. A
 * remote that names a program (`ext::`) is refused, whatever the repository's own config allows.
 */
const UNATTENDED = { GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=10', GIT_ASKPASS: '', SSH_ASKPASS: '', GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh' };
/** Git's housekeeping would go on in the background, in a repository that others use. */
const NO_HOUSEKEEPING: readonly string[] = ['gc.auto=0', 'maintenance.auto=false', 'fetch.recurseSubmodules=false'];
const SAID_CHARS = 300;

/**
 * Brings branches and tags of `origin` below FETCHED, and forgets there what the remote has no more. False where the
 * repository has no remote of that name. Throws `git.remote` where it cannot be reached in time.
 */
export async function fetchOrigin(exec: Exec, { repo, timeoutMs }: { readonly repo: string; readonly timeoutMs: number }): Promise<boolean> {
  if ((await askGit(repo, ['config', '--get', 'remote.origin.url'])).trim() === '') return false;
  const settings = [...QUIET, ...NO_HOUSEKEEPING].flatMap((setting) => ['-c', setting]);
  const refs = ['heads', 'tags'].map((kind) => `+refs/${kind}/*:${FETCHED}/${kind}/*`);
  const env = { ...gitEnv(dirname(await realpath(repo))), ...UNATTENDED };
  const result = await exec.run('git', [...settings, 'fetch', '--quiet', '--no-tags', '--prune', 'origin', ...refs], { cwd: repo, env, timeoutMs });
  if (result.code === 0 && !result.timedOut) return true;
  const said = maskForeign(result.stderr.trim()).replace(/\s+/g, ' ').slice(0, SAID_CHARS);
  const why = result.timedOut ? `did not answer within ${Math.round(timeoutMs / 1000)} s` : `could not be fetched (${said || 'git said nothing'})`;
  throw new HypercareError('git.remote', 'transient', `The remote of ${repo} ${why}`, `See what it says: git -C ${repo} fetch origin. A commit that is there already can be named by its hash.`);
}
