import type { Migration } from 'kysely';
import type { Engine } from '../engine.js';

/** Holds belong to a host, keep how they ended, and are one at a time for what has a key. No version wrote any before. */
export function holdsOfHosts(engine: Engine): Migration {
  const int = engine === 'sqlite' ? 'integer' : 'bigint';
  return {
    async up(db) {
      await db.schema.alterTable('holds').addColumn('host_id', 'text', (column) => column.notNull().defaultTo('')).execute();
      await db.schema.alterTable('holds').addColumn('ended_at', int).execute();
      await db.schema.alterTable('holds').addColumn('ended_by', 'text').execute();
      await db.schema.alterTable('holds').addColumn('key', 'text').execute();
      await db.schema.alterTable('holds').addColumn('open_key', 'text').execute();
      await db.schema.createIndex('holds_open_key_u').on('holds').column('open_key').unique().execute();
      await db.schema.createIndex('holds_host_id_ended_at_i').on('holds').columns(['host_id', 'ended_at']).execute();
    },
  };
}
