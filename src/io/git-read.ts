import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { HypercareError } from '../domain/errors.js';
import { askGit, askGitInside, blobOf } from './git-ask.js';

/** Branches, tags, short and full hashes, HEAD~2, origin/main; never an option, a range or a pathspec. */
const REF = /^[A-Za-z0-9][\w./@{}^~+-]{0,199}$/;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** How far back the reflog is read; a tree that moved more often since a worker started is not told. */
const REFLOG_ENTRIES = 500;

/** The full hash is given to git everywhere but in `resolve`: a ref can move, and can look like an option. */
export function requireCommit(commit: string): string {
  if (COMMIT.test(commit)) return commit;
  throw new HypercareError('git.bad_commit', 'invalid', 'A commit must be given by its full hash', 'Resolve the name first.');
}

export async function resolveRef(repo: string, ref: string): Promise<string | null> {
  const name = REF.test(ref) && !ref.includes('..') ? ref : null;
  // The repository is asked even where the text names nothing: 'no repository' must not look like 'no such ref'.
  const args = name === null ? ['rev-parse', '--git-dir'] : ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  const commit = (await askGit(repo, args)).trim();
  return name !== null && COMMIT.test(commit) ? commit : null;
}

export async function headOf(dir: string, at?: number): Promise<string | null> {
  if (!isBelowGit(dir)) return null; // Asked every half minute of every app: starting git costs a hundred times as much.
  try {
    // An untracked directory inside somebody's tree (a release below a home under git) is not that tree's release.
    if ((await askGitInside(dir, ['rev-parse', '--verify', '--quiet', 'HEAD:./'])).trim() === '') return null;
    const moves = at === undefined ? '' : await askGitInside(dir, ['log', '-g', '-n', String(REFLOG_ENTRIES), '--date=unix', '--format=%H %gd', 'HEAD', '--']);
    if (at !== undefined && moves.trim() !== '') return headAt(moves, at);
    return (await askGitInside(dir, ['rev-parse', '--verify', '--quiet', 'HEAD'])).trim() || null;
  } catch (thrown) {
    if (thrown instanceof HypercareError && thrown.code === 'git.no_repository') return null;
    throw thrown;
  }
}

/** Is there a `.git`, a directory or a file that names one, here or further up? */
function isBelowGit(dir: string): boolean {
  const up = dirname(dir);
  return existsSync(join(dir, '.git')) || (up !== dir && isBelowGit(up));
}

/** The newest line `<commit> HEAD@{<seconds>}` that is not after `at`. */
function headAt(moves: string, at: number): string | null {
  for (const line of moves.split('\n')) {
    const [, commit, seconds] = /^([0-9a-f]+) HEAD@\{(\d+)\}$/.exec(line.trim()) ?? [];
    if (commit && Number(seconds) * 1000 <= at) return commit;
  }
  return null;
}

/** Where git keeps these of its own for the tree in `dir`, in a linked tree too; absolute, in the order asked for. */
export async function gitPaths(dir: string, names: readonly string[]): Promise<readonly string[]> {
  const lines = await askGit(dir, ['rev-parse', ...names.flatMap((name) => ['--git-path', name])]);
  return lines.trimEnd().split('\n').map((path) => resolve(dir, path));
}

export async function subjectOf(repo: string, commit: string): Promise<string | null> {
  const line = await askGit(repo, ['show', '--no-patch', '--no-show-signature', '--format=%s', requireCommit(commit), '--']);
  return line.trim().slice(0, 200) || null;
}

export async function readAt(repo: string, commit: string, path: string, maxBytes: number): Promise<string | null> {
  const entry = await askGit(repo, ['ls-tree', '-l', '-z', requireCommit(commit), '--', path]);
  const [, size] = /^100\d{3} blob \S+ +(\d+)\t/.exec(entry) ?? [];
  if (size === undefined) return null;
  if (Number(size) > maxBytes) throw new HypercareError('git.too_large', 'permanent', `${path} has ${size} bytes at ${commit.slice(0, 7)}, more than ${maxBytes}`);
  return (await blobOf(repo, commit, path)).toString('utf8');
}

/** The first of these files that the commit has, in one look for all of them: starting git costs more than asking it. */
export async function readFirst(repo: string, commit: string, paths: readonly string[], maxBytes: number): Promise<{ readonly path: string; readonly text: string } | null> {
  const names = zeroSeparated(await askGit(repo, ['ls-tree', '-z', '--name-only', requireCommit(commit), '--', ...paths]));
  for (const path of paths.filter((one) => names.includes(one))) {
    const text = await readAt(repo, commit, path, maxBytes);
    if (text !== null) return { path, text };
  }
  return null;
}

export async function sizeOf(repo: string, commit: string): Promise<number> {
  const entries = zeroSeparated(await askGit(repo, ['ls-tree', '-r', '-l', '-z', requireCommit(commit)]));
  return entries.reduce((sum, entry) => sum + Number(/^\d+ blob \S+ +(\d+)\t/.exec(entry)?.[1] ?? 0), 0);
}

export async function changedPaths(repo: string, from: string, to: string, limit: number): Promise<{ paths: readonly string[]; total: number }> {
  const paths = zeroSeparated(await askGit(repo, ['diff', ...PLAIN_DIFF, '--name-only', '-z', requireCommit(from), requireCommit(to), '--']));
  return { paths: paths.slice(0, limit), total: paths.length };
}

/** Every file of the commit. Throws `git.too_many` where there are more than `limit`. */
export async function pathsAt(repo: string, commit: string, limit: number): Promise<readonly string[]> {
  const paths = zeroSeparated(await askGit(repo, ['ls-tree', '-r', '-z', '--name-only', requireCommit(commit)]));
  if (paths.length > limit) throw new HypercareError('git.too_many', 'permanent', `${commit.slice(0, 7)} has ${paths.length} files, more than ${limit}`);
  return paths;
}

/** A shallow clone ends somewhere: what was counted there is not all. */
export async function commitsBetween(repo: string, from: string, to: string): Promise<{ readonly ahead: number; readonly behind: number; readonly shallow: boolean }> {
  const counted = await askGit(repo, ['rev-list', '--left-right', '--count', `${requireCommit(from)}...${requireCommit(to)}`, '--']);
  const [behind = 0, ahead = 0] = counted.trim().split(/\s+/).map(Number);
  const shallow = (await askGit(repo, ['rev-parse', '--is-shallow-repository'])).trim() === 'true';
  return { ahead, behind, shallow };
}

export async function dirtyDiff(dir: string, maxBytes: number): Promise<string> {
  const diff = await askGit(dir, ['diff', ...PLAIN_DIFF, '--binary', 'HEAD', '--']);
  return Buffer.byteLength(diff) <= maxBytes ? diff : Buffer.from(diff).subarray(0, maxBytes).toString('utf8');
}

/** Without the programs a repository may name for showing differences. */
export const PLAIN_DIFF: readonly string[] = ['--no-ext-diff', '--no-textconv', '--no-renames', '--no-color'];

export function zeroSeparated(output: string): readonly string[] {
  return output.split('\0').filter((part) => part !== '');
}
