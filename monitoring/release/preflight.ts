import { errorText } from '../../src/domain/errors.js';
import { releaseName, type Release } from '../../src/domain/release.js';
import type { Git } from '../../src/io/git.js';

export interface Preflight {
  /** One line each, for people who are asked. */
  readonly notes: readonly string[];
  /** Files that look like database migrations and differ between the two; null where that cannot be told. */
  readonly migrations: number | null;
}

/** Where Prisma, Knex, TypeORM, Sequelize, Drizzle and node-pg-migrate keep theirs by default. */
const MIGRATION = /(^|\/)(migrations?|migrate|drizzle)\/.+\.(sql|[cm]?js|ts)$/i;

/** By where it stands: those of other tools, or elsewhere, are not seen. */
export function looksLikeMigration(path: string): boolean {
  return MIGRATION.test(path);
}

const MAX_PATHS = 20_000;
const NAMED = 5;

/** What a person should know of the two releases before the rollback. `repo` is where both commits are; reads only. */
export async function preflight({ from, to, repo }: { readonly from: Release; readonly to: Release; readonly repo: string | null }, git: Git): Promise<Preflight> {
  const changed = await changedBetween(from, to, repo, git);
  const migrations = typeof changed === 'string' ? null : changed.paths.filter((path) => MIGRATION.test(path)).length;
  return {
    notes: [
      `from ${releaseName(from)} back to ${releaseName(to)}${await subject(to, repo, git)}, ${standing(to)}`,
      typeof changed === 'string' ? `which files differ is not known: ${changed}` : files(changed),
      lockfiles(from, to),
      ...migrationNotes(migrations),
      ...(from.nodeVersion && to.nodeVersion && from.nodeVersion !== to.nodeVersion ? [`it ran on Node ${to.nodeVersion}, the running one on ${from.nodeVersion}; a rollback does not change Node`] : []),
    ],
    migrations,
  };
}

type Changed = Awaited<ReturnType<Git['changed']>>;

async function changedBetween(from: Release, to: Release, repo: string | null, git: Git): Promise<Changed | string> {
  if (!repo) return 'no repository is configured';
  if (!from.commit || !to.commit) return 'no commit is known of one of them';
  return git.changed(repo, to.commit, from.commit, MAX_PATHS).catch(errorText);
}

async function subject(to: Release, repo: string | null, git: Git): Promise<string> {
  const line = repo && to.commit ? await git.subject(repo, to.commit).catch(() => null) : null;
  return line ? ` “${line}”` : '';
}

function standing(to: Release): string {
  if (to.verdict === 'stable') return `stable since ${utc(to.verdictAt)}${to.verdictReason ? ` (${to.verdictReason})` : ''}`;
  return `which was never found stable: it is ${to.verdict}`;
}

function files({ paths, total }: Changed): string {
  if (total === 0) return 'no file differs';
  const more = total > NAMED ? ` and ${total - NAMED} more` : '';
  return `${total === 1 ? 'one file differs' : `${total} files differ`}: ${paths.slice(0, NAMED).join(', ')}${more}`;
}

function lockfiles(from: Release, to: Release): string {
  if (from.lockHash === null || to.lockHash === null) return from.lockHash === to.lockHash ? 'neither has a lockfile' : 'only one of them has a lockfile';
  return from.lockHash === to.lockHash ? 'the lockfile is equal' : 'the lockfile differs';
}

function migrationNotes(migrations: number | null): readonly string[] {
  if (migrations === null) return ['whether the database was migrated in between is not known; a rollback leaves the database as it is'];
  if (migrations === 0) return [];
  return [`${migrations === 1 ? 'one migration file differs' : `${migrations} migration files differ`}: the code goes back, the database does not`];
}

function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
