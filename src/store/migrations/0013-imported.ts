import type { Migration } from 'kysely';
import type { Engine } from '../engine.js';

/** `releases.origin`: where a release that was never seen running is known from. `resources.imported_at`: when an app's past was read, once. */
export function imported(engine: Engine): Migration {
  const int = engine === 'sqlite' ? 'integer' : 'bigint';
  return {
    async up(db) {
      await db.schema.alterTable('releases').addColumn('origin', 'text').execute();
      await db.schema.alterTable('resources').addColumn('imported_at', int).execute();
    },
  };
}
