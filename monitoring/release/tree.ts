import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from '../../src/io/git.js';

const MOST_PATHS = 50_000;
const MOST_BYTES = 1024 * 1024;
const MOST_DEPTH = 8;
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', '.git']);

/** The files of one release, wherever they can be read. Paths are relative, with slashes. */
export interface Tree {
  paths(): Promise<readonly string[]>;
  /** Null where it is not there, or larger than a text of that kind should be. */
  read(path: string): Promise<string | null>;
}

/** At its commit: what was deployed, whatever stands in a directory by now. */
export function treeAt(git: Git, repo: string, commit: string): Tree {
  let known: Promise<readonly string[]> | null = null;
  return {
    paths: () => (known ??= git.paths(repo, commit, MOST_PATHS)),
    read: (path) => git.read(repo, commit, path, MOST_BYTES).catch(() => null),
  };
}

/** In its directory, where no repository is known. */
export function treeIn(dir: string): Tree {
  let known: Promise<readonly string[]> | null = null;
  return {
    paths: () => (known ??= walk(dir)),
    read: (path) => readSmall(join(dir, path)),
  };
}

async function walk(dir: string): Promise<readonly string[]> {
  const found: string[] = [];
  const visit = async (below: string, depth: number): Promise<void> => {
    for (const entry of await readdir(join(dir, below), { withFileTypes: true })) {
      if (LEFT_OUT.has(entry.name) || found.length >= MOST_PATHS) continue;
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isFile()) found.push(path);
      else if (entry.isDirectory() && depth < MOST_DEPTH) await visit(path, depth + 1);
    }
  };
  await visit('', 0);
  return found;
}

async function readSmall(path: string): Promise<string | null> {
  const size = (await stat(path).catch(() => null))?.size ?? MOST_BYTES + 1;
  return size > MOST_BYTES ? null : readFile(path, 'utf8').catch(() => null);
}
