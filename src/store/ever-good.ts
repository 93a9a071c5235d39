import type { CheckId } from '../domain/ids.js';
import type { Db } from './schema.js';

/** Was any of these checks good even once? Readings are thinned and forgotten with time; what was learned of them stays. */
export async function everGood(db: Db, checks: readonly CheckId[]): Promise<boolean> {
  if (checks.length === 0) return false;
  const ids = [...checks];
  const found = [
    () => db.selectFrom('samples').select('check_id').where('check_id', 'in', ids).where('verdict', '=', 'good').limit(1).executeTakeFirst(),
    () => db.selectFrom('rollups').select('check_id').where('check_id', 'in', ids).where('good', '>', 0).limit(1).executeTakeFirst(),
    () => db.selectFrom('baselines').select('check_id').where('check_id', 'in', ids).limit(1).executeTakeFirst(),
  ];
  for (const look of found) if (await look()) return true;
  return false;
}
