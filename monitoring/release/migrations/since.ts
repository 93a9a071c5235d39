import type { AppliedMigrations } from '../../../src/domain/applied-migrations.js';
import { errorText } from '../../../src/domain/errors.js';
import type { JudgedMigration, MigrationEffect } from '../../../src/domain/migration.js';
import { unknown } from '../../../src/domain/migration.js';
import type { Io } from '../../../src/io/io.js';
import type { PostgresServer } from '../../../src/io/postgres.js';
import type { Tree } from '../tree.js';
import { historiesIn, type History } from './applied.js';
import type { Applied, Located } from './tool.js';

/** One change of the schema that the release gone back to knows nothing of. */
export interface MigrationSince {
  readonly tool: string;
  readonly label: string;
  readonly effect: MigrationEffect;
  readonly why: string | null;
}

export interface MigrationsSince {
  readonly since: readonly MigrationSince[];
  /** Why older code would not start with them. */
  readonly refusals: readonly string[];
  /** What could not be looked at, for people. */
  readonly unread: readonly string[];
  /** Where each tool's files stand, as far as they were found: what differs there was judged by what is applied. */
  readonly dirs: readonly string[];
  /** Tables that were read and are this app's: 'Knex (db, public.knex_migrations)'. */
  readonly read: readonly string[];
}

export interface Between {
  readonly from: Tree;
  readonly to: Tree;
  readonly servers: readonly (PostgresServer & { readonly name: string })[];
  /** When the release gone back to ran last (milliseconds): what was applied by then did not hurt it. Null: not known. */
  readonly toRanUntil: number | null;
  /** What the ledger says was applied while it ran; null or absent: it was never read. */
  readonly toHad?: AppliedMigrations | null;
}

const NOTHING: MigrationsSince = { since: [], refusals: [], unread: [], dirs: [], read: [] };

/** What is applied to the databases that the app uses, and that the release gone back to does not have. Reads only; never throws. */
export async function migrationsSince(between: Between, io: Pick<Io, 'postgres'>, signal: AbortSignal): Promise<MigrationsSince> {
  const found: MigrationsSince[] = [];
  for (const server of between.servers) {
    try {
      for (const history of await historiesIn(server, io, signal)) found.push(await judgeHistory(history, server.name, between));
    } catch (error) {
      found.push({ ...NOTHING, unread: [`${server.name}: ${errorText(error)}`] });
    }
  }
  return found.reduce(joined, NOTHING);
}

function joined(a: MigrationsSince, b: MigrationsSince): MigrationsSince {
  return { since: [...a.since, ...b.since], refusals: [...a.refusals, ...b.refusals], unread: [...a.unread, ...b.unread], dirs: [...a.dirs, ...b.dirs], read: [...a.read, ...b.read] };
}

async function judgeHistory({ tool, table, applied }: History, server: string, between: Between): Promise<MigrationsSince> {
  const title = `${tool.name} (${server}, ${table})`;
  const isUsed = await dependsOn(between.from, tool.packages);
  if ('unread' in applied) return isUsed ? { ...NOTHING, unread: [`${title}: ${applied.unread}`] } : NOTHING;
  const places = await Promise.all(applied.map(async (one) => ({ one, here: await tool.locate(one, between.from), there: await tool.locate(one, between.to) })));
  const known = places.filter(({ here, there }) => here !== null || there !== null);
  if (known.length === 0) return isUsed && applied.length > 0 ? { ...NOTHING, unread: [`${title}: none of its ${applied.length} migrations is among the app’s files`] } : NOTHING;
  const hadThen = new Set(between.toHad?.tables.find((had) => had.database === server && had.tool === tool.name && had.table === table)?.names);
  const lacking = places.filter(({ there }) => there === null);
  const since = lacking.filter(({ one, here }) => here !== null || !wasThereBefore(one, between.toRanUntil, hadThen));
  const refusal = tool.refuses({ applied, missing: since.map(({ one }) => one), tolerant: await isTolerant(between.to) });
  return {
    since: await Promise.all(since.map(async ({ one, here }) => ({ tool: tool.name, label: here?.label ?? one.name, ...(await judged(tool, here, between.from)) }))),
    refusals: refusal === null ? [] : [refusal],
    unread: [],
    dirs: [...new Set(known.flatMap(({ here, there }) => [here, there]).flatMap((place) => (place ? [dirOf(place)] : [])))],
    read: [title],
  };
}

/** Applied while the release gone back to ran, or before, and its file was taken out since. */
function wasThereBefore({ name, at }: Applied, toRanUntil: number | null, hadThen: ReadonlySet<string>): boolean {
  if (hadThen.has(name)) return true;
  return at !== null && toRanUntil !== null && at <= toRanUntil;
}

async function judged(tool: History['tool'], here: Located | null, from: Tree): Promise<JudgedMigration> {
  const text = here === null ? null : await from.read(here.path);
  return here === null || text === null ? unknown('its file is not among the app’s files') : tool.judge(text, here.path);
}

async function dependsOn(tree: Tree, packages: readonly string[]): Promise<boolean> {
  try {
    const manifest = JSON.parse((await tree.read('package.json')) ?? '{}') as Readonly<Record<string, unknown>>;
    return ['dependencies', 'devDependencies', 'optionalDependencies'].some((kind) => packages.some((name) => Object.hasOwn((manifest[kind] ?? {}) as object, name)));
  } catch {
    return true;
  }
}

/** Knex's own switch, in the files where its configuration usually stands. */
async function isTolerant(tree: Tree): Promise<boolean> {
  const files = (await tree.paths()).filter((path) => /(^|\/)knexfile\.[cm]?[jt]s$/.test(path));
  const texts = await Promise.all(files.map((path) => tree.read(path)));
  return texts.length > 0 && texts.every((text) => /\bdisableMigrationsListValidation['"]?\s*:\s*true\b/.test(text ?? ''));
}

function dirOf({ path }: Located): string {
  const cut = path.lastIndexOf('/');
  const dir = cut === -1 ? '' : path.slice(0, cut);
  // Prisma has a directory for each, below one that holds them all.
  return path.endsWith('/migration.sql') ? dir.slice(0, Math.max(0, dir.lastIndexOf('/'))) : dir;
}
