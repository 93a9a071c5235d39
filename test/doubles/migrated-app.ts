/** An app with migrations: two commits of it, a database that knows of both, and what is looked at before it goes back. */
import { join } from 'node:path';
import pg from 'pg';
import { readApplied } from '../../monitoring/release/migrations/read-applied.js';
import { migrationsSince, type MigrationsSince } from '../../monitoring/release/migrations/since.js';
import { treeAt } from '../../monitoring/release/tree.js';
import type { AppliedMigrations } from '../../src/domain/applied-migrations.js';
import { systemClock } from '../../src/io/clock.js';
import { createGit } from '../../src/io/git.js';
import { createPostgres } from '../../src/io/postgres.js';
import type { Repo } from './git-repo.js';

/** A database of its own on the server, for one test. */
export async function newDatabase(superUrl: string, name: string): Promise<string> {
  await sqlOn(superUrl, `create database ${name}`);
  return superUrl.replace(/\/postgres$/, `/${name}`);
}

export async function sqlOn(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** Looks at the databases as hypercare's own role would, which only reads. */
export async function lookBetween(repo: Repo, commits: { readonly from: string; readonly to: string }, url: string, toRanUntil: number | null = null, toHad: AppliedMigrations | null = null): Promise<MigrationsSince> {
  const git = createGit();
  const postgres = createPostgres({ clock: systemClock });
  try {
    return await migrationsSince({ from: treeAt(git, repo.dir, commits.from), to: treeAt(git, repo.dir, commits.to), servers: [{ name: 'db', url, timeoutMs: 5_000 }], toRanUntil, toHad }, { postgres }, new AbortController().signal);
  } finally {
    await postgres.close();
  }
}

/** What the ledger would keep of it. */
export async function applied(url: string): Promise<AppliedMigrations> {
  const postgres = createPostgres({ clock: systemClock });
  try {
    return await readApplied([{ name: 'db', url, timeoutMs: 5_000 }], { postgres, clock: systemClock });
  } finally {
    await postgres.close();
  }
}

/** The files of a commit, laid where a tool finds them. */
export function layCommit(repo: Repo, commit: string, dir: string): string {
  repo.git('worktree', 'add', '--quiet', '--detach', dir, commit);
  return join(dir);
}
