import { createExec, type Exec } from './exec.js';
import { changedPaths, commitsBetween, dirtyDiff, headOf, pathsAt, readAt, readFirst, resolveRef, sizeOf, subjectOf } from './git-read.js';
import { checkoutCommit } from './git-checkout.js';
import { exportCommit } from './git-export.js';
import { dropTag, makeTag, tagId, tagNamed, tagsAt, type NewTag } from './git-tag.js';
import { tagsOf, type GitTag } from './git-tags.js';
import { fetchOrigin } from './git-fetch.js';
import { inTheWay, isHalfDone } from './git-in-the-way.js';
import { untrackedPatch, type Untracked } from './git-untracked.js';

/** What we ask of git. Refs are checked before use; hooks never run; the environment is small and fixed. */
export interface Git {
  /** The commit a ref, tag or short hash names in that repository; null where it names none. Throws when it is no repository. */
  resolve(repo: string, ref: string): Promise<string | null>;
  /**
   * HEAD of the tree in `dir`; null where `dir` is no git tree. With `at` (milliseconds) what HEAD was then, by the
   * reflog: the commit a worker started from, whatever was pulled since; null where the reflog does not reach back.
   */
  head(dir: string, at?: number): Promise<string | null>;
  /**
   * Brings the branches and tags of `origin` into a corner of our own (FETCHED); false where there is no such remote.
   * Throws `git.remote` where it cannot be reached. Nothing is asked, and no hook runs.
   */
  fetch(repo: string, timeoutMs: number): Promise<boolean>;
  /** How many bytes the commit's files have. */
  size(repo: string, commit: string): Promise<number>;
  /** One line of the commit's message. */
  subject(repo: string, commit: string): Promise<string | null>;
  /** A file's text at a commit; null where the commit has none there. Throws `git.too_large` above `maxBytes`. */
  read(repo: string, commit: string, path: string, maxBytes: number): Promise<string | null>;
  /** The same of the first of these files that the commit has; null where it has none of them. */
  readFirst(repo: string, commit: string, paths: readonly string[], maxBytes: number): Promise<{ readonly path: string; readonly text: string } | null>;
  /** Paths changed between two commits, at most `limit`, and how many there are. */
  changed(repo: string, from: string, to: string, limit: number): Promise<{ readonly paths: readonly string[]; readonly total: number }>;
  /** Every file of a commit. Throws `git.too_many` above `limit`. */
  paths(repo: string, commit: string, limit: number): Promise<readonly string[]>;
  /** The newest tags that lead to commits, newest first. */
  tags(repo: string, limit: number): Promise<readonly GitTag[]>;
  /** Annotated tags below `under` that lead to the commit. */
  tagsAt(repo: string, commit: string, under: string): Promise<readonly string[]>;
  /** The id of what stands under this name in refs/tags; null where nothing does. */
  tagNamed(repo: string, name: string): Promise<string | null>;
  /** The id the object of an annotated tag would have; nothing is written. */
  tagId(tag: NewTag): Promise<string>;
  /** Writes an annotated tag where nothing has its name; no hook runs, and nothing is pushed. Gives its object's id. */
  makeTag(tag: NewTag): Promise<string>;
  /** Takes a tag away while its name still stands for that object. */
  dropTag(tag: Pick<NewTag, 'repo' | 'name'> & { readonly id: string }): Promise<void>;
  /** How many commits `to` has that `from` has not, and the other way round; in a shallow clone at least so many. */
  between(repo: string, from: string, to: string): Promise<{ readonly ahead: number; readonly behind: number; readonly shallow: boolean }>;
  /**
   * Tracked files with local edits, and untracked files that `commit` holds too: what stands in the way of a checkout
   * in place. A file that already is as `commit` has it (left by a checkout that was killed) is in nobody's way.
   * Throws where submodules differ, and where git is in the middle of a merge or the like, as the checkout does.
   */
  inTheWay(dir: string, commit: string): Promise<readonly string[]>;
  /**
   * Writes the commit's files into a new directory (git archive: no .git, no hooks, and as .gitattributes says no
   * `export-ignore` paths). Throws if `dir` exists, and on submodules and LFS pointers, which an archive leaves empty.
   */
  export(repo: string, commit: string, dir: string, timeoutMs: number): Promise<void>;
  /** Whether files are as `commit` has them though HEAD is elsewhere, and nobody's work is among them: a checkout there broke off, or somebody wrote the same. */
  halfDone(dir: string, commit: string): Promise<boolean>;
  /** Moves the working tree in `dir` to a commit, detached, refusing local edits in the way. Handles a stale index.lock. */
  checkout(dir: string, commit: string, timeoutMs: number): Promise<void>;
  /** A diff of tracked edits against HEAD, cut at `maxBytes`; '' when clean. */
  dirtyDiff(dir: string, maxBytes: number): Promise<string>;
  /** Files that git neither knows nor ignores, as a patch; those that are too large or too many are named. */
  untracked(dir: string, maxBytes: number): Promise<Untracked>;
}

/** Reading goes through simple-git; what moves files goes through `exec`, which can end git with all its children. */
export function createGit(exec: Exec = createExec()): Git {
  return {
    resolve: resolveRef,
    fetch: (repo, timeoutMs) => fetchOrigin(exec, { repo, timeoutMs }),
    size: sizeOf,
    head: headOf,
    subject: subjectOf,
    read: readAt,
    readFirst,
    changed: changedPaths,
    paths: pathsAt,
    between: commitsBetween,
    tags: tagsOf,
    tagsAt,
    tagNamed,
    tagId: (tag) => tagId(exec, tag),
    makeTag: (tag) => makeTag(exec, tag),
    dropTag: (tag) => dropTag(exec, tag),
    inTheWay,
    export: (repo, commit, dir, timeoutMs) => exportCommit(exec, { repo, commit, dir, timeoutMs }),
    halfDone: isHalfDone,
    checkout: (dir, commit, timeoutMs) => checkoutCommit(exec, { dir, commit, timeoutMs }),
    dirtyDiff,
    untracked: untrackedPatch,
  };
}
