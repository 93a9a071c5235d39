import type { Migration } from 'kysely';

/** `releases.env_keys`: names of the environment variables a release ran with last, as a JSON array. */
export function envKeys(): Migration {
  return {
    async up(db) {
      await db.schema.alterTable('releases').addColumn('env_keys', 'text').execute();
    },
  };
}
