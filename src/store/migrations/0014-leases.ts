import type { Migration } from 'kysely';
import type { Engine } from '../engine.js';
import { createTable } from './table.js';

/** `leases`: which of several bots serves a host, and listens with a token. */
export function leases(engine: Engine): Migration {
  return {
    async up(db) {
      await createTable(db, engine, { name: 'leases', columns: { name: 'key', holder: 't', until_at: 'i' } });
    },
  };
}
