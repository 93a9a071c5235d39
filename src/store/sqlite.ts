import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { CompiledQuery, SqliteDialect, SqliteDriver, type DatabaseConnection, type Driver, type SqliteDialectConfig } from 'kysely';
import { HypercareError } from '../domain/errors.js';

/** How long a transaction waits for the other process's before it gives up. */
const LOCK_WAIT_MS = 10_000;

/**
 * Kysely begins deferred, and two writers then fail each other with BUSY_SNAPSHOT; SQLite's own busy_timeout waits
 * inside the call and stalls the event loop for hundreds of milliseconds. So: BEGIN IMMEDIATE, no timeout of SQLite's,
 * and an awaited back-off of ours.
 */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    const giveUpAt = performance.now() + LOCK_WAIT_MS;
    for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 20)) {
      try {
        await connection.executeQuery(CompiledQuery.raw('begin immediate'));
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() > giveUpAt) throw error;
        await delay(pauseMs * (0.5 + Math.random()));
      }
    }
  }
}

class ImmediateDialect extends SqliteDialect {
  constructor(private readonly own: SqliteDialectConfig) {
    super(own);
  }
  override createDriver(): Driver {
    return new ImmediateDriver(this.own);
  }
}

function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown } | null)?.code).startsWith('SQLITE_BUSY');
}

/** Opens (and creates) the file: WAL, and synchronous FULL, so that what was said survives a power cut. */
export function openSqlite(file: string): { readonly dialect: SqliteDialect; readonly raw: Database.Database } {
  let raw: Database.Database;
  try {
    raw = new Database(file, { timeout: 0 });
  } catch (error) {
    throw new HypercareError('store.unopenable', 'permanent', `the store ${file} cannot be opened`, 'Check that its folder exists and belongs to this user, and that the disk is not full.', { cause: error });
  }
  raw.pragma('journal_mode = WAL');
  raw.pragma('synchronous = FULL');
  raw.pragma('foreign_keys = OFF');
  return { dialect: new ImmediateDialect({ database: raw }), raw };
}
