import { sql } from 'kysely';
import type { Store } from './store.js';

/** NOTIFY over the store's own connection, for a process too short to keep one for it. On SQLite the commit itself wakes the others. */
export async function notify(store: Store, channel: string, payload: string): Promise<void> {
  if (store.engine === 'postgres') await sql`select pg_notify(${channel}, ${payload})`.execute(store.db);
}
