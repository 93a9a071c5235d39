import type { Db, HoldsTable } from './schema.js';

/** Holds in force at `now`, the oldest first; `until_at` null lasts until it is lifted. */
export async function activeHolds(db: Db, now: number): Promise<readonly HoldsTable[]> {
  return db.selectFrom('holds').selectAll().where('from_at', '<=', now)
    .where((eb) => eb.or([eb('until_at', 'is', null), eb('until_at', '>', now)])).orderBy('from_at').execute();
}
