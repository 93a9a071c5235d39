import type { Migration } from 'kysely';
import type { Engine } from '../engine.js';
import { createTable } from './table.js';

/** `alerts`: what fires elsewhere, one row for each; it goes when that ends. */
export function alerts(engine: Engine): Migration {
  return {
    async up(db) {
      await createTable(db, engine, { name: 'alerts', columns: { host_id: 't', fingerprint: 't', resource_id: 't', name: 't', severity: 't', summary: 't', labels: 't', started_at: 'i', at: 'i' }, primary: ['host_id', 'fingerprint'] });
    },
  };
}
