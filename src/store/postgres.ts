import { PostgresDialect, PostgresDriver, type DatabaseConnection, type Driver, type QueryCompiler } from 'kysely';
import pg from 'pg';
import { withStorableText } from './storable-text.js';

/** OID of bigint, which pg hands over as text: milliseconds and counts fit a number exactly. */
const INT8 = 20;

/** A small pool on `url`; every statement ends after a minute, on the server too. */
export function openPostgres(url: string): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 60_000,
    query_timeout: 65_000,
    application_name: 'hypercare',
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
    },
  });
  // A broken idle connection is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  return new StoreDialect(pool);
}

class StoreDialect extends PostgresDialect {
  constructor(private readonly pool: pg.Pool) {
    super({ pool });
  }
  override createDriver(): Driver {
    return new StoreDriver({ pool: this.pool });
  }
  override createQueryCompiler(): QueryCompiler {
    return withStorableText(super.createQueryCompiler());
  }
}

class StoreDriver extends PostgresDriver {
  /** It fails only on a lost connection, and the transaction is gone with that; the first error is the one to tell. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await super.rollbackTransaction(connection).catch(() => undefined);
  }
}
