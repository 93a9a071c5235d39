/** A store as an older version of hypercare left it: the newer tables are taken out of a copy. */
import Database from 'better-sqlite3';
import { migrations } from '../../src/store/migrations/index.js';

/** Of migrations that made tables alone; `last` is the newest that stays. */
export async function migrationsDownTo(store: string, to: string, last: string): Promise<void> {
  const from = new Database(store, { readonly: true });
  await from.backup(to);
  from.close();
  const database = new Database(to);
  const names = Object.keys(migrations('sqlite'));
  for (const name of names.slice(names.indexOf(last) + 1)) {
    database.exec(`drop table ${name.replace(/^\d+-/, '')}`);
    database.prepare('delete from kysely_migration where name = ?').run(name);
  }
  database.close();
}
