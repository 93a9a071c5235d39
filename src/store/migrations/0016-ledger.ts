import type { Migration } from 'kysely';

/** `launches.who`: who began it. `releases.migrations`: what was applied to the app's databases while it ran. */
export function ledger(): Migration {
  return {
    async up(db) {
      await db.schema.alterTable('launches').addColumn('who', 'text').execute();
      await db.schema.alterTable('releases').addColumn('migrations', 'text').execute();
    },
  };
}
