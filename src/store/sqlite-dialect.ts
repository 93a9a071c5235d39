import { setTimeout as delay } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { CompiledQuery, SqliteAdapter, SqliteDialect, SqliteDriver, type DatabaseConnection, type DialectAdapter, type Driver, type QueryCompiler, type QueryResult, type SqliteDatabase, type SqliteStatement } from 'kysely';
import { HypercareError } from '../domain/errors.js';
import { withStorableText } from './storable-text.js';

/** How long a statement waits for another process's transaction before it gives up. */
const LOCK_WAIT_MS = 10_000;
const LONGEST_PAUSE_MS = 20;
/** We ask some two hundred different things; more are lists of different lengths. */
const MOST_PREPARED = 500;

/**
 * Kysely begins deferred, and two writers then fail each other with BUSY_SNAPSHOT; SQLite's own busy_timeout waits
 * inside the call and stalls the event loop for hundreds of milliseconds. So: BEGIN IMMEDIATE, no timeout of SQLite's,
 * and an awaited back-off of ours. Migrations run in a transaction too, which Kysely does not do on SQLite by itself:
 * a monitor killed in the middle of them would leave half of the tables, and no later start could make the rest.
 */
export class ImmediateDialect extends SqliteDialect {
  constructor(private readonly raw: Database.Database) {
    super({ database: raw });
  }
  override createDriver(): Driver {
    return new ImmediateDriver(this.raw);
  }
  override createAdapter(): DialectAdapter {
    return new TransactionalAdapter();
  }
  override createQueryCompiler(): QueryCompiler {
    return withStorableText(super.createQueryCompiler());
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class ImmediateDriver extends SqliteDriver {
  constructor(private readonly raw: Database.Database) {
    super({ database: preparedOnce(raw) });
  }
  override async acquireConnection(): Promise<DatabaseConnection> {
    return new PatientConnection(await super.acquireConnection(), this.raw);
  }
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
  /** A full disk ends the transaction by itself; a second error about that would hide the first. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.raw.inTransaction) await super.rollbackTransaction(connection);
  }
}

/** Kysely prepares each query anew, which takes as long as most of ours run. What reads or writes rows is kept instead. */
function preparedOnce(raw: Database.Database): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>();
  return {
    close: () => void raw.close(),
    prepare(text) {
      const known = kept.get(text);
      if (known) return known;
      const statement = raw.prepare(text);
      if (!/^(?:select|insert|update|delete) /.test(text)) return statement;
      const oldest = kept.keys().next();
      if (kept.size >= MOST_PREPARED && !oldest.done) kept.delete(oldest.value);
      kept.set(text, statement);
      return statement;
    },
  };
}

/** Inside a transaction the lock is ours already: BUSY comes only to BEGIN IMMEDIATE and to statements outside of one. */
class PatientConnection implements DatabaseConnection {
  constructor(private readonly inner: DatabaseConnection, private readonly raw: Database.Database) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    let waitedMs = 0;
    for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return await this.inner.executeQuery<R>(query);
      } catch (error) {
        if (!isBusy(error) || this.raw.inTransaction) throw error;
        if (waitedMs >= LOCK_WAIT_MS) throw busyFor(waitedMs, error);
        const ms = pauseMs * (0.5 + Math.random());
        await delay(ms);
        waitedMs += ms;
      }
    }
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.inner.streamQuery<R>(query, chunkSize);
  }
}

function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown } | null)?.code).startsWith('SQLITE_BUSY');
}

function busyFor(waitedMs: number, cause: unknown): HypercareError {
  return new HypercareError(
    'store.busy', 'transient', `another process has held the store for ${Math.round(waitedMs / 1_000)} s`,
    'Look with “pm2 list” whether the monitor or the bot hangs, restart the one that does, and try again.', { cause },
  );
}
