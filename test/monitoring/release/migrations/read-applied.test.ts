import { expect, it } from 'vitest';
import { readApplied } from '../../../../monitoring/release/migrations/read-applied.js';
import { systemClock } from '../../../../src/io/clock.js';
import type { Io } from '../../../../src/io/io.js';

/** Real tables are read in the tests of each tool; here is what the server says instead of an answer. */
function io(ask: (sql: string) => Promise<readonly unknown[]>): Pick<Io, 'postgres' | 'clock'> {
  return { clock: { ...systemClock, now: () => 5 }, postgres: { ask: (_server: unknown, { sql }: { sql: string }) => ask(sql) } as never };
}

const server = { name: 'db', url: 'postgres://hypercare:hunter2@db/shop', timeoutMs: 100 };

it('says of a server that cannot be asked, and of a table that may not be read, and tells no address', async () => {
  const dead = await readApplied([server], io(async () => Promise.reject(new Error('connect ECONNREFUSED postgres://hypercare:hunter2@db/shop'))));
  expect(dead).toEqual({ at: 5, tables: [], unread: ['db: connect ECONNREFUSED postgres://hypercare:[redacted]@db/shop'] });
  const table = { schema: 'public', name: 'knex_migrations', readable: false, columns: ['id', 'name', 'batch', 'migration_time'] };
  const shut = await readApplied([server], io(async () => [table]));
  expect(shut).toMatchObject({ tables: [], unread: [expect.stringMatching(/^Knex \(db, public\.knex_migrations\): hypercare may not read it: GRANT/)] });
});
