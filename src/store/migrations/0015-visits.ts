import type { Migration } from 'kysely';
import type { Engine } from '../engine.js';
import { createTable } from './table.js';

/** `visits`: whom the dashboard was opened to by a link, and until when; secrets stand in it as hashes. */
export function visits(engine: Engine): Migration {
  return {
    async up(db) {
      await createTable(db, engine, { name: 'visits', columns: { link: 'key', host_id: 't', person_id: 't', link_until: 'i', session: 't?u', session_until: 'i?' } });
    },
  };
}
