import { debtOf, DEBT_WINDOW_MS, type Debt } from '../domain/debt.js';
import type { ResourceId } from '../domain/ids.js';
import { actsOn } from './acts.js';
import type { Db } from './schema.js';

/** What an app owes of the time after `from` until `until`; where nothing else is said, of the window that ends at `until`. */
export async function debtBy(db: Db, appId: ResourceId, time: { readonly from?: number; readonly until: number }): Promise<Debt> {
  const acts = await actsOn(db, appId, time.from ?? time.until - DEBT_WINDOW_MS);
  return debtOf(acts.filter(({ at }) => at <= time.until));
}
