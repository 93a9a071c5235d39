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
  /** A number that changes when another connection has written; null where the engine tells by notification. */
  dataVersion(): number | null;
  close(): Promise<void>;
}

/** Where the store is: a PostgreSQL URL, or the path of a SQLite file. */
export type StoreAddress = { readonly url: string } | { readonly file: string };

export function openStore(address: StoreAddress): Store {
  if ('url' in address) {
    const { dialect } = openPostgres(address.url);
    return makeStore('postgres', new Kysely<Tables>({ dialect }), null);
  }
  mkdirSync(dirname(address.file), { recursive: true, mode: 0o700 });
  const { dialect, raw } = openSqlite(address.file);
  return makeStore('sqlite', new Kysely<Tables>({ dialect }), raw);
}

function makeStore(engine: Engine, db: Kysely<Tables>, raw: Database.Database | null): Store {
  return {
    engine,
    db,
    write: (fn) => writeWithRetries(db, fn),
    dataVersion: () => (raw?.open ? (raw.pragma('data_version', { simple: true }) as number) : null),
    close: () => db.destroy(),
  };
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

/** Brings the tables up to this version. The monitor alone calls it, holding the seat. */
export async function migrate(store: Store): Promise<void> {
  const migrator = new Migrator({ db: store.db, provider: { getMigrations: async () => migrations(store.engine) } });
  const { error } = await migrator.migrateToLatest();
  if (!error) return;
  throw new HypercareError(
    'store.migration', 'permanent', 'the store could not be brought to this version’s tables',
    'If the store was written by a newer hypercare, start that version; otherwise restore a copy of it.', { cause: error },
  );
}

/** True once the tables of this version are there; what the bot and the command line wait for. */
export async function isMigrated(store: Store): Promise<boolean> {
  try {
    const done = await sql<{ name: string }>`select name from kysely_migration`.execute(store.db);
    const names = new Set(done.rows.map((row) => row.name));
    return Object.keys(migrations(store.engine)).every((name) => names.has(name));
  } catch {
    return false;
  }
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
