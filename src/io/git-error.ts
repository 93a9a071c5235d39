import { errorText, HypercareError, type ErrorClass } from '../domain/errors.js';
import { maskText } from './mask.js';

interface Known {
  readonly says: RegExp;
  readonly code: string;
  readonly errorClass: ErrorClass;
  readonly what: string;
  readonly mend: string | null;
}

/** What git says (always in English: LC_ALL=C), by the words that have stayed the same over its versions. */
const KNOWN: readonly Known[] = [
  { says: /dubious ownership/i, code: 'git.owner', errorClass: 'denied', what: 'the repository belongs to another user', mend: 'Run hypercare as its owner, or allow it with: git config --global --add safe.directory <repository>' },
  { says: /not a git repository|ENOENT|ENOTDIR|directory that does not exist/i, code: 'git.no_repository', errorClass: 'permanent', what: 'there is no git repository', mend: 'Correct the path of the repository in the config.' },
  { says: /index\.lock/i, code: 'git.locked', errorClass: 'transient', what: 'another git works there', mend: 'Let it finish; where none runs, remove .git/index.lock.' },
  { says: /would be overwritten|local changes/i, code: 'git.in_the_way', errorClass: 'denied', what: 'local edits are in the way', mend: 'Commit them, or put them aside with git stash.' },
  { says: /unknown revision|invalid symmetric difference|bad object|bad revision|not a valid object|not a tree object|reference is not a tree|unable to read tree/i, code: 'git.no_commit', errorClass: 'invalid', what: 'the repository does not have that commit', mend: 'Fetch it: git fetch --tags (a shallow clone lacks old commits).' },
  { says: /no space left/i, code: 'git.disk_full', errorClass: 'transient', what: 'the disk is full', mend: 'Free space, then try again.' },
];

/** Anything thrown or written by git, as an error of ours: what went wrong in `dir`, and what to do about it. */
export function gitError(thrown: unknown, dir: string): HypercareError {
  if (thrown instanceof HypercareError) return thrown;
  const said = maskText(typeof thrown === 'string' ? thrown.trim() : errorText(thrown));
  const known = KNOWN.find(({ says }) => says.test(said));
  const options = { cause: thrown instanceof Error ? undefined : thrown };
  if (!known) return new HypercareError('git.failed', 'permanent', `git failed in ${dir}: ${said || 'without a word'}`, null, options);
  return new HypercareError(known.code, known.errorClass, `${known.what} in ${dir} (${said.replace(/\s+/g, ' ').slice(0, 300)})`, known.mend, options);
}
