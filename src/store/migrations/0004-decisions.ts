import type { Migration } from 'kysely';

/** What a plan was decided on, so that the decision can be explained and made again; and who may answer a question. */
export function decisions(): Migration {
  return {
    async up(db) {
      await db.schema.alterTable('plans').addColumn('facts', 'text').execute();
      await db.schema.alterTable('questions').addColumn('role', 'text', (column) => column.notNull().defaultTo('approver')).execute();
      await db.schema.alterTable('questions').addColumn('barred', 'text').execute();
      await db.schema.alterTable('questions').addColumn('note', 'text').execute();
    },
  };
}
