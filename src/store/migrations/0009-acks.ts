import type { Migration } from 'kysely';
import type { Engine } from '../engine.js';

/** Who has seen an incident, and since when. */
export function acks(engine: Engine): Migration {
  return {
    async up(db) {
      await db.schema.alterTable('incidents').addColumn('acked_at', engine === 'sqlite' ? 'integer' : 'bigint').execute();
      await db.schema.alterTable('incidents').addColumn('acked_by', 'text').execute();
    },
  };
}
