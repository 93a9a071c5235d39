import type { Migration } from 'kysely';
import type { Engine } from '../engine.js';
import { createIndex, createTable } from './table.js';

/** `spans`: what was done about an incident and why nothing was, over time. `evidence.missing`: why a snapshot is not there. */
export function spans(engine: Engine): Migration {
  return {
    async up(db) {
      await createTable(db, engine, { name: 'spans', columns: { id: 'key', incident_id: 't', kind: 't', text: 't', why: 't?', from_at: 'i', to_at: 'i?', times: 'i', audit_seq: 'i?' } });
      await createIndex(db, 'spans', ['incident_id', 'from_at']);
      await db.schema.alterTable('evidence').addColumn('missing', 'text').execute();
    },
  };
}
