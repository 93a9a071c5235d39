import { sql } from 'kysely';
import type { Verdict } from '../domain/check.js';
import type { CheckId } from '../domain/ids.js';
import { addPoint, type Point } from '../domain/series-points.js';
import { ROLLUP_SPAN_MS } from './pruning.js';
import type { Db } from './schema.js';

interface Span {
  readonly from: number;
  readonly until: number;
  /** One point holds so long. */
  readonly stepMs: number;
}

/** What a check measured between two times, oldest first, as no more points than fit: raw samples, and what was rolled up of older ones. The database counts; no row of a sample leaves it. */
export async function seriesOf(db: Db, check: CheckId, { from, until, stepMs }: Span): Promise<readonly Point[]> {
  const points = new Map<number, Point>();
  const note = (at: number, part: Omit<Point, 'at'>): void => {
    const start = at - (at % stepMs);
    points.set(start, addPoint(points.get(start) ?? null, { at: start, ...part }));
  };
  for (const row of await counted(db, check, { from, until, stepMs })) {
    const n = Number(row.n);
    note(row.at, { good: 0, bad: 0, unknown: 0, error: 0, [row.verdict]: n, timed: Number(row.timed), msSum: Number(row.ms_sum ?? 0), msMax: row.ms_max === null ? null : Number(row.ms_max) });
  }
  const rolled = await db.selectFrom('rollups').selectAll().where('check_id', '=', check).where('span_ms', '=', ROLLUP_SPAN_MS).where('at', '>=', from).where('at', '<=', until).execute();
  // A rollup does not say how many of its readings took a time; where one did, nearly all do.
  for (const { at, n, good, bad, unknown, error, ms_sum, ms_max } of rolled) note(at, { good, bad, unknown, error, timed: ms_max === null ? 0 : n, msSum: ms_sum, msMax: ms_max });
  return [...points.values()].sort((a, b) => a.at - b.at);
}

function counted(db: Db, check: CheckId, { from, until, stepMs }: Span) {
  return db.selectFrom('samples').where('check_id', '=', check).where('at', '>=', from).where('at', '<=', until)
    .select((eb) => ['verdict', eb.fn.min('at').as('at'), eb.fn.countAll<number>().as('n'), eb.fn.count<number>('ms').as('timed'), eb.fn.sum<number | null>('ms').as('ms_sum'), eb.fn.max('ms').as('ms_max')])
    .groupBy([sql`at / cast(${stepMs} as bigint)`, 'verdict']).$narrowType<{ verdict: Verdict }>().execute();
}
