import { stat } from 'node:fs/promises';
import type { MigrationEffect } from '../../../src/domain/migration.js';
import type { Release } from '../../../src/domain/release.js';
import { ranUntil } from '../../../src/domain/release-life.js';
import type { Git } from '../../../src/io/git.js';
import type { Io } from '../../../src/io/io.js';
import { migrationsSince, type MigrationSince, type MigrationsSince } from '../migrations/since.js';
import { treeAt, treeIn, type Tree } from '../tree.js';
import { changedBetween } from './changed.js';
import type { Crossing, Found, PreflightCheck } from './check.js';

/** Where Prisma, Knex, TypeORM, Sequelize, Drizzle and node-pg-migrate keep theirs by default. */
const MIGRATION = /(^|\/)(migrations?|migrate|drizzle)\/.+\.(sql|[cm]?js|ts)$/i;

/** By where it stands: those elsewhere are not seen. */
export function looksLikeMigration(path: string): boolean {
  return MIGRATION.test(path);
}

const NAMED = 3;
const INSTEAD = 'mend it forward (a hotfix on what runs), switch the new part off, or put up a maintenance page; a person may still say yes, and restoring a backup is done by hand alone';

/**
 * The schema stays as it is, and older code meets it. What is applied is read in the databases that the app uses;
 * whatever else looks like a migration and differs between the two is taken to be applied.
 */
export const migrations: PreflightCheck = {
  about: 'migrations',
  async look(crossing, io, signal) {
    const read = await readDatabases(crossing, io, signal);
    const changed = await changedBetween(crossing, io.git);
    const guessed = typeof changed === 'string' ? null : changed.paths.filter((path) => looksLikeMigration(path) && !(read?.dirs.includes(dirname(path)) || read?.dirs.includes(dirname(dirname(path)))));
    if (read === null && guessed === null) return cannotTell();
    return judge(read ?? EMPTY, guessed);
  },
};

const EMPTY: MigrationsSince = { since: [], refusals: [], unread: [], dirs: [], read: [] };

async function readDatabases({ from, to, repo, databases, past }: Crossing, io: Io, signal: AbortSignal): Promise<MigrationsSince | null> {
  if (databases.length === 0) return EMPTY;
  const [here, there] = await Promise.all([treeOf(from, repo, io.git), treeOf(to, repo, io.git)]);
  if (here === null || there === null) return null;
  const life = past?.lives.get(to.id);
  return migrationsSince({ from: here, to: there, servers: databases, toRanUntil: life ? ranUntil(life) : null, toHad: to.migrations ?? null }, io, signal);
}

async function treeOf({ commit, dir }: Release, repo: string | null, git: Git): Promise<Tree | null> {
  if (repo !== null && commit !== null && (await git.resolve(repo, commit).catch(() => null)) !== null) return treeAt(git, repo, commit);
  return (await stat(dir).catch(() => null))?.isDirectory() ? treeIn(dir) : null;
}

function cannotTell(): Found {
  return { light: 'red', says: 'whether the database was migrated in between is not known; a rollback leaves the database as it is', instead: INSTEAD, migrations: null };
}

function judge(read: MigrationsSince, guessed: readonly string[] | null): Found {
  const count = read.since.length + (guessed?.length ?? 0);
  const known = guessed !== null || read.read.length > 0;
  const grave = read.since.filter(({ effect }) => effect !== 'additive').length + (guessed?.length ?? 0) + read.refusals.length + read.unread.length;
  const says = [...sayEach(read.since, 'destructive'), ...sayEach(read.since, 'unknown'), ...sayEach(read.since, 'additive'), ...read.refusals, ...sayGuessed(guessed ?? []), ...read.unread];
  if (grave > 0 || !known) return { light: 'red', says: says.length === 0 ? cannotTell().says : `${says.join('; ')}. The code goes back, the database does not`, instead: INSTEAD, migrations: read.unread.length > 0 || !known ? null : count };
  if (count > 0) return { light: 'amber', says: `${says.join('; ')}; the database stays as it is, and the older code does not look at what was added`, migrations: count };
  return { light: 'green', says: read.read.length === 0 ? 'no migration file differs' : `none applied since, by ${read.read.join(', ')}`, migrations: 0 };
}

function sayEach(since: readonly MigrationSince[], wanted: MigrationEffect): readonly string[] {
  const meant = since.filter(({ effect }) => effect === wanted);
  if (meant.length === 0) return [];
  const named = meant.slice(0, NAMED).map(({ tool, label, why }) => `${label} (${tool}${why === null ? '' : `: ${why}`})`);
  return [`${meant.length === 1 ? '1 migration' : `${meant.length} migrations`} applied since ${meant.length === 1 ? 'is' : 'are'} ${wanted}: ${named.join(', ')}${more(meant.length)}`];
}

function sayGuessed(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return [];
  return [`${paths.length === 1 ? 'one migration file differs' : `${paths.length} migration files differ`}, and whether it is applied was not read in a database: ${paths.slice(0, NAMED).join(', ')}${more(paths.length)}`];
}

function more(count: number): string {
  return count > NAMED ? ` and ${count - NAMED} more` : '';
}

function dirname(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut === -1 ? '' : path.slice(0, cut);
}
