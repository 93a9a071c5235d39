import { checkIds } from '../../src/store/checks.js';
import { forgetChecks, forgetRollups, HISTORY } from '../../src/store/forget.js';
import { rollUpSlice, SLICE } from '../../src/store/pruning.js';
import type { Db } from '../../src/store/schema.js';
import type { StageContext } from './stage.js';

/** Transactions of one run; the rest follows in the next. A million samples, or twenty thousand incidents. */
const MOST_TRANSACTIONS = 2_000;

/**
 * An effect: moves old samples into summaries, also those of checks the config no longer has, and forgets what is past
 * keeping. Each transaction is short, and the event loop turns between two of them, so that nothing waits behind it for long.
 */
export async function forget(ctx: StageContext, signal: AbortSignal): Promise<void> {
  const now = ctx.clock.now();
  const { rawMs, rollupsMs, historyMs } = ctx.settings.keep;
  let left = MOST_TRANSACTIONS;
  const until = async (atLeast: number, once: (tx: Db) => Promise<number>): Promise<void> => {
    for (let gone = atLeast; gone >= atLeast && left > 0 && !signal.aborted; left -= 1) {
      gone = await ctx.store.write(once);
      await new Promise((turned) => setImmediate(turned));
    }
  };
  for (const once of HISTORY) await until(1, (tx) => once(tx, ctx.hostId, now - historyMs));
  await until(1, (tx) => forgetRollups(tx, ctx.hostId, now - rollupsMs));
  for (const check of await checkIds(ctx.store.db, ctx.hostId)) await until(SLICE, (tx) => rollUpSlice(tx, check, now - rawMs));
  await until(1, (tx) => forgetChecks(tx, ctx.hostId));
}
