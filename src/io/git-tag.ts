import { dirname } from 'node:path';
import { realpath } from 'node:fs/promises';
import { HypercareError } from '../domain/errors.js';
import type { Exec } from './exec.js';
import { askGit, gitEnv, QUIET } from './git-ask.js';
import { gitError } from './git-error.js';
import { requireCommit } from './git-read.js';

/** An annotated tag as it is to be: all of it, so that its object has the same id whenever it is written. */
export interface NewTag {
  readonly repo: string;
  readonly name: string;
  readonly commit: string;
  readonly message: string;
  /** When it says that it was made, milliseconds. */
  readonly at: number;
}

/** Whose tag it is: git's own user.name is not needed, and nobody is named who did not make it. */
const TAGGER = 'hypercare <hypercare@localhost>';
/** Below refs/tags: letters, digits, `_`, `-` and one `/` between them. */
const NAME = /^[\w-]+(?:\/[\w-]+)*$/;
const TAG_MS = 10_000;

/** The id its object would have; nothing is written. */
export async function tagId(exec: Exec, tag: NewTag): Promise<string> {
  return (await git(exec, tag.repo, ['hash-object', '-t', 'tag', '--stdin'], textOf(tag))).trim();
}

/**
 * Writes the tag's object, for which git wants the commit to be there, and names it only if nothing has that name. No
 * hook runs, and nothing is pushed. Gives the object's id; throws where the name is taken meanwhile.
 */
export async function makeTag(exec: Exec, tag: NewTag): Promise<string> {
  const id = (await git(exec, tag.repo, ['mktag'], textOf(tag))).trim();
  await git(exec, tag.repo, ['update-ref', '--no-deref', refOf(tag.name), id, '']);
  return id;
}

/** Takes the name away again while it still stands for that very object. */
export async function dropTag(exec: Exec, { repo, name, id }: { readonly repo: string; readonly name: string; readonly id: string }): Promise<void> {
  await git(exec, repo, ['update-ref', '--no-deref', '-d', refOf(name), requireCommit(id)]);
}

/** The id of what has this name, of whatever kind it is; null where nothing has it. */
export async function tagNamed(repo: string, name: string): Promise<string | null> {
  return (await askGit(repo, ['rev-parse', '--verify', '--quiet', '--end-of-options', refOf(name)])).trim() || null;
}

/** Annotated tags below `under` that lead to the commit. */
export async function tagsAt(repo: string, commit: string, under: string): Promise<readonly string[]> {
  const lines = (await askGit(repo, ['for-each-ref', `--points-at=${requireCommit(commit)}`, '--format=%(objecttype) %(refname:lstrip=2)', refOf(under)])).split('\n');
  return lines.filter((line) => line.startsWith('tag ')).map((line) => line.slice('tag '.length));
}

function refOf(name: string): string {
  if (NAME.test(name) && name.length <= 200) return `refs/tags/${name}`;
  throw new HypercareError('git.bad_tag', 'invalid', `“${name.slice(0, 60)}” is no name of a tag of ours`);
}

function textOf({ commit, name, message, at }: NewTag): string {
  return `object ${requireCommit(commit)}\ntype commit\ntag ${refOf(name).slice('refs/tags/'.length)}\ntagger ${TAGGER} ${Math.floor(at / 1_000)} +0000\n\n${message.trim()}\n`;
}

async function git(exec: Exec, repo: string, args: readonly string[], stdin?: string): Promise<string> {
  const settings = QUIET.flatMap((setting) => ['-c', setting]);
  const env = gitEnv(dirname(await realpath(repo).catch(() => repo)));
  const result = await exec.run('git', [...settings, ...args], { cwd: repo, env, timeoutMs: TAG_MS, ...(stdin === undefined ? {} : { stdin }) });
  if (result.timedOut) throw new HypercareError('git.timeout', 'transient', `git did not answer within ${TAG_MS} ms in ${repo}`);
  if (result.code !== 0) throw gitError(result.stderr, repo);
  return result.stdout;
}
