import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import { Kysely, Migrator, sql } from 'kysely';
import { HypercareError } from '../domain/errors.js';
import type { HostId } from '../domain/ids.js';
import type { Engine } from './engine.js';
import { migrations } from './migrations/index.js';
import { openPostgres } from './postgres.js';
import type { Db, Tables } from './schema.js';
import { openSqlite } from './sqlite.js';

/** How often a transaction is run again after a deadlock or a serialisation failure. */
const TRIES = 5;

export interface Store {
  readonly engine: Engine;
  /** For reading only. */
  readonly db: Db;
  /** One transaction. `fn` touches only the store, and may be run again. */
  write<T>(fn: (tx: Db) => Promise<T>): Promise<T>;
  /** A number that changes when another connection has written; null where the engine tells by notification, and where it cannot be told just now. */
  dataVersion(): number | null;
  close(): Promise<void>;
}

/** Where the store is: a PostgreSQL URL, or the path of a SQLite file. */
export type StoreAddress = { readonly url: string } | { readonly file: string };

/**
 * On SQLite a connection to read from stands beside the one that writes: a look at the store neither waits for another
 * process's transaction nor, asked for in the middle of a write, for that write's own end, which would be for ever.
 */
export function openStore(address: StoreAddress): Store {
  if ('url' in address) {
    const pool = new Kysely<Tables>({ dialect: openPostgres(address.url) });
    return makeStore('postgres', { reader: pool, writer: pool }, () => null);
  }
  mkdirSync(dirname(address.file), { recursive: true, mode: 0o700 });
  const [reader, writer] = [openSqlite(address.file), openSqlite(address.file)];
  return makeStore('sqlite', { reader: new Kysely<Tables>(reader), writer: new Kysely<Tables>(writer) }, () => dataVersion(writer.raw));
}

function makeStore(engine: Engine, { reader, writer }: { readonly reader: Kysely<Tables>; readonly writer: Kysely<Tables> }, dataVersion: () => number | null): Store {
  return {
    engine,
    db: reader,
    write: (fn) => writeWithRetries(writer, fn),
    dataVersion,
    async close() {
      await reader.destroy();
      if (writer !== reader) await writer.destroy();
    },
  };
}

/** Null while it cannot be told: closed, or locked for the moment by whoever recovers the file. */
function dataVersion(raw: Database.Database): number | null {
  try {
    return raw.pragma('data_version', { simple: true }) as number;
  } catch {
    return null;
  }
}

async function writeWithRetries<T>(db: Kysely<Tables>, fn: (tx: Db) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction().execute(fn);
    } catch (error) {
      if (tries >= TRIES || !isConflict(error)) throw error;
    }
  }
}

/** PostgreSQL's serialization_failure and deadlock_detected. */
function isConflict(error: unknown): boolean {
  return ['40001', '40P01'].includes(String((error as { code?: unknown } | null)?.code));
}

/** Throws where the store cannot be read at all. */
export async function reach(store: Store): Promise<void> {
  await sql`select 1`.execute(store.db);
}

/** Brings the tables up to this version, in one transaction. The monitor alone calls it, holding the seat. */
export async function migrate(store: Store): Promise<void> {
  const wanted = migrations(store.engine);
  refuseNewer(await migrationsDone(store), wanted);
  const { error } = await new Migrator({ db: store.db, provider: { getMigrations: async () => wanted } }).migrateToLatest();
  if (!error) return;
  throw new HypercareError(
    'store.migration', 'permanent', 'the store could not be brought to this version’s tables, and was left as it was',
    'Check that it can be reached and written (PostgreSQL runs, or the disk is not full); otherwise restore a copy of it.', { cause: error },
  );
}

/** True once the tables of this version are there; what the bot and the command line wait for. Throws `store.newer`. */
export async function isMigrated(store: Store): Promise<boolean> {
  const wanted = migrations(store.engine);
  const done = await migrationsDone(store);
  refuseNewer(done, wanted);
  return Object.keys(wanted).every((name) => done.has(name));
}

/** Names of the migrations the store has been through; none where it has never seen one. */
async function migrationsDone(store: Store): Promise<ReadonlySet<string>> {
  try {
    const done = await sql<{ name: string }>`select name from kysely_migration`.execute(store.db);
    return new Set(done.rows.map((row) => row.name));
  } catch {
    return new Set();
  }
}

function refuseNewer(done: ReadonlySet<string>, wanted: Readonly<Record<string, unknown>>): void {
  const unknown = [...done].filter((name) => !Object.hasOwn(wanted, name));
  if (unknown.length === 0) return;
  throw new HypercareError(
    'store.newer', 'permanent', `the store was written by a newer hypercare: this version does not know its ${unknown.join(', ')}`,
    'Start the newer version again, or restore the copy of the store that was made before it.',
  );
}

/**
 * The monitor's store: every transaction opens by raising the host's revision under our fence, which is lock, fence
 * check and version in one statement. Once another monitor has the seat, each write fails with `seat.lost`.
 */
export function fenced(store: Store, hostId: HostId, fence: number): Store {
  return {
    ...store,
    write: (fn) =>
      store.write(async (tx) => {
        const held = await tx.updateTable('hosts').set((eb) => ({ rev: eb('rev', '+', 1) })).where('id', '=', hostId).where('fence', '=', fence).executeTakeFirst();
        if (held.numUpdatedRows !== 1n) {
          throw new HypercareError('seat.lost', 'permanent', 'another monitor has taken over this host', 'This one ends itself; nothing is to be done.');
        }
        return fn(tx);
      }),
  };
}
