import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { simpleGit, type SimpleGit } from 'simple-git';
import { HypercareError } from '../domain/errors.js';
import { childEnv } from './child-env.js';
import { gitError } from './git-error.js';

/** Reading a repository takes milliseconds; this long means that a disk or a network mount hangs. */
const READ_MS = 15_000;

/**
 * Settings of the repository that would run a program of its choice while we only look, all switched off. simple-git
 * guards against such settings coming from a caller; these come from here and are constant, hence `unsafe` below.
 */
export const QUIET: readonly string[] = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'submodule.recurse=false'];

/**
 * The whole environment of git. No optional locks: looking must not take index.lock away from a deploy. The ceiling
 * keeps git from finding a repository further up where `dir` itself is none; `null` lets it look.
 */
export function gitEnv(ceiling: string | null): Readonly<Record<string, string>> {
  const { PATH = '', HOME = '' } = childEnv();
  const fixed = { PATH, HOME, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' };
  return ceiling === null ? fixed : { ...fixed, GIT_CEILING_DIRECTORIES: ceiling };
}

/** One git command that only reads, in `dir`, which must be the top of a tree or a bare repository. Arguments are checked by callers. */
export function askGit(dir: string, args: readonly string[]): Promise<string> {
  return withGit(dir, true, (git) => git.raw([...args]));
}

/** The same, for a `dir` that may lie anywhere inside a tree. */
export function askGitInside(dir: string, args: readonly string[]): Promise<string> {
  return withGit(dir, false, (git) => git.raw([...args]));
}

/** A file's bytes as the commit has them. */
export function blobOf(dir: string, commit: string, path: string): Promise<Buffer> {
  return withGit(dir, true, async (git) => (await git.binaryCatFile(['blob', `${commit}:${path}`])) as Buffer);
}

/**
 * simple-git settles only when git's pipes close, which a helper of git's can hold open for long after an abort
 * (30 s were measured): the deadline here does not wait for it. An aborted instance is spent, so each call makes one.
 */
async function withGit<T>(dir: string, atTop: boolean, use: (git: SimpleGit) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new HypercareError('git.timeout', 'transient', `git did not answer within ${READ_MS} ms in ${dir}`));
      abort.abort();
    }, READ_MS);
  });
  try {
    const work = use(await open(dir, atTop, abort.signal));
    work.catch(() => undefined);
    return await Promise.race([work, deadline]);
  } catch (thrown) {
    throw gitError(thrown, dir);
  } finally {
    clearTimeout(timer);
  }
}

async function open(dir: string, atTop: boolean, abort: AbortSignal): Promise<SimpleGit> {
  const ceiling = atTop ? dirname(await realpath(dir)) : null;
  const git = simpleGit({
    baseDir: dir,
    abort,
    config: [...QUIET],
    allowEnvironment: ['GIT_TERMINAL_PROMPT', 'GIT_OPTIONAL_LOCKS', 'GIT_CEILING_DIRECTORIES'],
    unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true },
  });
  return git.env({ ...gitEnv(ceiling) });
}
