/** Real git repositories in a temporary directory, for tests. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Sandbox {
  readonly dir: string;
  /** A new repository with a first, empty commit. */
  repo(name: string): Repo;
  remove(): void;
}

export interface Repo {
  readonly dir: string;
  git(...args: readonly string[]): string;
  /** Writes files (null removes one), commits all, and returns the commit. */
  commit(files: Readonly<Record<string, string | null>>, message?: string): string;
}

export function gitSandbox(): Sandbox {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'hc-git-')));
  return {
    dir,
    repo: (name) => makeRepo(join(dir, name)),
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function makeRepo(dir: string): Repo {
  mkdirSync(dir, { recursive: true });
  const git = (...args: readonly string[]): string => execFileSync('git', [...args], { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  git('init', '--quiet', '--initial-branch=main');
  // Housekeeping in the background would outlive the test.
  git('config', 'gc.auto', '0');
  git('config', 'user.name', 'Test');
  git('config', 'user.email', 'test@localhost');
  git('commit', '--quiet', '--allow-empty', '--message=first');
  return {
    dir,
    git,
    commit: (files, message = 'change') => {
      for (const [path, text] of Object.entries(files)) put(join(dir, path), text);
      git('add', '--all', '--force');
      git('commit', '--quiet', '--allow-empty', `--message=${message}`);
      return git('rev-parse', 'HEAD');
    },
  };
}

function put(path: string, text: string | null): void {
  if (text === null) return rmSync(path);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
