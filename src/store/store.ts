import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import { Kysely, sql } from 'kysely';
import { makeDataDir } from './data-dir.js';
import type { Engine } from './engine.js';
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
  makeDataDir(dirname(address.file));
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
