import { sql, type Migration } from 'kysely';
import type { Engine } from '../engine.js';

/** `checks.sampled_at`, and an index that holds the checks with samples nobody has looked at: a few at any time, of thousands. */
export function sampledAt(engine: Engine): Migration {
  const int = engine === 'sqlite' ? 'integer' : 'bigint';
  return {
    async up(db) {
      await db.schema.alterTable('checks').addColumn('sampled_at', int, (column) => column.notNull().defaultTo(0)).execute();
      await sql`update checks set sampled_at = coalesce((select max(at) from samples where samples.check_id = checks.id), 0)`.execute(db);
      await sql`create index checks_undetected_i on checks (resource_id) where sampled_at > detected_at`.execute(db);
    },
  };
}
