import type { Migration } from 'kysely';
import type { Engine } from '../engine.js';
import { createTable } from './table.js';

/** `pings`: one row for each job, by the hash of the token it is called with; `heard_at`: when its pings could last be taken. */
export function pings(engine: Engine): Migration {
  return {
    async up(db) {
      await createTable(db, engine, { name: 'pings', columns: { id: 'key', host_id: 't', since: 'i', started_at: 'i?', ended_at: 'i?', exit: 'i?', ran_ms: 'i?', heard_at: 'i', deaf_from: 'i?', deaf_until: 'i?' } });
    },
  };
}
