import { sql, type Migration } from 'kysely';
import type { Engine } from '../engine.js';
import { createTable } from './table.js';

/**
 * `scores`: the history of health. `counters`: what was measured, found and done, in sums that only ever grow, however
 * much of it is forgotten; `counted` and `counted_at` tell what is in them. `deployments`: names that others have for apps.
 */
export function scores(engine: Engine): Migration {
  const int = engine === 'sqlite' ? 'integer' : 'bigint';
  return {
    async up(db) {
      await createTable(db, engine, { name: 'scores', columns: { host_id: 't', subject: 't', at: 'i', score: 'i?', body: 't' }, primary: ['host_id', 'subject', 'at'] });
      await createTable(db, engine, { name: 'counters', columns: { host_id: 't', name: 't', labels: 't', n: 'r' }, primary: ['host_id', 'name', 'labels'] });
      await createTable(db, engine, { name: 'deployments', columns: { host_id: 't', id: 't', app_id: 't', body: 't', at: 'i' }, primary: ['host_id', 'id'] });
      await db.schema.alterTable('incidents').addColumn('detection_ms', int).execute();
      for (const table of ['incidents', 'remediations'] as const) {
        await db.schema.alterTable(table).addColumn('counted', int, (column) => column.notNull().defaultTo(0)).execute();
        await sql`create index ${sql.ref(`${table}_uncounted_i`)} on ${sql.table(table)} (resource_id) where counted = 0`.execute(db);
      }
      await db.schema.alterTable('checks').addColumn('counted_at', int, (column) => column.notNull().defaultTo(0)).execute();
      // Readings of before are not counted afterwards: they may be millions.
      await sql`update checks set counted_at = sampled_at`.execute(db);
    },
  };
}
