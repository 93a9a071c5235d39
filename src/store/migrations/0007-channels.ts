import type { Migration } from 'kysely';
import type { Engine } from '../engine.js';
import { createTable } from './table.js';

/** `channels`: whether people can be reached and heard, and why not. */
export function channels(engine: Engine): Migration {
  return {
    async up(db) {
      await createTable(db, engine, { name: 'channels', columns: { host_id: 't', name: 't', part: 't', since: 'i', why: 't?', mend: 't?' }, primary: ['host_id', 'name', 'part'] });
    },
  };
}
