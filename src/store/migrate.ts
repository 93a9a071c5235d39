import { Migrator, sql } from 'kysely';
import { HypercareError } from '../domain/errors.js';
import { migrations } from './migrations/index.js';
import type { Store } from './store.js';

/** Brings the tables up to this version, in one transaction. The monitor alone calls it, holding the seat. `before` is waited for where there is something to lose; what it throws keeps the tables as they are. */
export async function migrate(store: Store, before: (first: string) => Promise<unknown> = async () => undefined): Promise<void> {
  const wanted = migrations(store.engine);
  const done = await migrationsDone(store);
  refuseNewer(done, wanted);
  const [next] = Object.keys(wanted).filter((name) => !done.has(name));
  if (done.size > 0 && next !== undefined) await before(next);
  const { error } = await new Migrator({ db: store.db, provider: { getMigrations: async () => wanted } }).migrateToLatest();
  if (!error) return;
  throw new HypercareError(
    'store.migration', 'permanent', 'the store could not be brought to this version’s tables, and was left as it was',
    'Check that it can be reached and written (PostgreSQL runs, or the disk is not full); otherwise restore a copy of it.', { cause: error },
  );
}

/** True once the tables of this version are there; what the bot and the command line wait for. Throws `store.newer`. */
export async function isMigrated(store: Store): Promise<boolean> {
  const wanted = migrations(store.engine);
  const done = await migrationsDone(store);
  refuseNewer(done, wanted);
  return Object.keys(wanted).every((name) => done.has(name));
}

/** Names of the migrations the store has been through; none where it has never seen one. */
async function migrationsDone(store: Store): Promise<ReadonlySet<string>> {
  try {
    const done = await sql<{ name: string }>`select name from kysely_migration`.execute(store.db);
    return new Set(done.rows.map((row) => row.name));
  } catch {
    return new Set();
  }
}

function refuseNewer(done: ReadonlySet<string>, wanted: Readonly<Record<string, unknown>>): void {
  const unknown = [...done].filter((name) => !Object.hasOwn(wanted, name));
  if (unknown.length === 0) return;
  throw new HypercareError(
    'store.newer', 'permanent', `the store was written by a newer hypercare: this version does not know its ${unknown.join(', ')}`,
    'Start the newer version again, or restore the copy of the store that was made before it.',
  );
}
