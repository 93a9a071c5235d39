import type { CheckId } from '../domain/ids.js';
import type { Db } from './schema.js';

/** Samples moved into rollups and removed in one transaction: its worst time was measured at 10 ms. */
export const SLICE = 500;
export const ROLLUP_SPAN_MS = 600_000;

/**
 * Moves up to 500 samples of one check that are older than `before` into ten-minute rollups. Returns how many; fewer
 * than 500 means the check is done.
 */
export async function rollUpSlice(tx: Db, check: CheckId, before: number): Promise<number> {
  const rows = await tx.selectFrom('samples').select(['at', 'verdict', 'ms']).where('check_id', '=', check).where('at', '<', before).orderBy('at').limit(SLICE).execute();
  const last = rows.at(-1);
  if (!last) return 0;
  const spans = new Map<number, typeof rows>();
  for (const row of rows) {
    const start = row.at - (row.at % ROLLUP_SPAN_MS);
    spans.set(start, [...(spans.get(start) ?? []), row]);
  }
  for (const [at, members] of spans) await addToRollup(tx, check, at, members);
  await tx.deleteFrom('samples').where('check_id', '=', check).where('at', '<=', last.at).execute();
  return rows.length;
}

async function addToRollup(tx: Db, check: CheckId, at: number, members: readonly { readonly verdict: string; readonly ms: number | null }[]): Promise<void> {
  const count = (verdict: string) => members.filter((member) => member.verdict === verdict).length;
  const times = members.flatMap((member) => (member.ms === null ? [] : [member.ms]));
  const fresh = {
    n: members.length, good: count('good'), bad: count('bad'), unknown: count('unknown'), error: count('error'),
    ms_min: times.length ? Math.min(...times) : null, ms_max: times.length ? Math.max(...times) : null,
    ms_sum: times.reduce((sum, ms) => sum + ms, 0),
  };
  const key = { check_id: check, span_ms: ROLLUP_SPAN_MS, at };
  const old = await tx.selectFrom('rollups').selectAll().where('check_id', '=', check).where('span_ms', '=', ROLLUP_SPAN_MS).where('at', '=', at).executeTakeFirst();
  if (!old) {
    await tx.insertInto('rollups').values({ ...key, ...fresh }).execute();
    return;
  }
  const least = [old.ms_min, fresh.ms_min].filter((ms) => ms !== null);
  const most = [old.ms_max, fresh.ms_max].filter((ms) => ms !== null);
  await tx.updateTable('rollups').set({
    n: old.n + fresh.n, good: old.good + fresh.good, bad: old.bad + fresh.bad, unknown: old.unknown + fresh.unknown, error: old.error + fresh.error,
    ms_min: least.length ? Math.min(...least) : null, ms_max: most.length ? Math.max(...most) : null, ms_sum: old.ms_sum + fresh.ms_sum,
  }).where('check_id', '=', check).where('span_ms', '=', ROLLUP_SPAN_MS).where('at', '=', at).execute();
}
