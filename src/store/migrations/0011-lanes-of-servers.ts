import type { Migration } from 'kysely';

/** `remediations.open_server`: a server that several hosts name has one lane for all of them. */
export function lanesOfServers(): Migration {
  return {
    async up(db) {
      await db.schema.alterTable('remediations').addColumn('open_server', 'text').execute();
      await db.schema.createIndex('remediations_open_server_u').on('remediations').column('open_server').unique().execute();
    },
  };
}
