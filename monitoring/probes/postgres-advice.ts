import { HypercareError } from '../../src/domain/errors.js';
import type { Io } from '../../src/io/io.js';
import { maskForeign } from '../../src/io/mask.js';
import type { PostgresServer } from '../../src/io/postgres.js';
import { saidQuery } from '../../src/io/postgres-query.js';

/** These questions read statistics of every table, and their answers change slowly. */
const KEEP_MS = 10 * 60_000;
const MOST_NAMED = 2;
const QUERY_CHARS = 60;

/** Small tables are read whole on purpose, and a few scans are those of people. */
const READ_WHOLE = `
select format('%I.%I', schemaname, relname) as name, seq_scan::float8 as scans, n_live_tup::float8 as rows
from pg_stat_user_tables
where n_live_tup > 10000 and seq_scan > 50 and seq_scan > coalesce(idx_scan, 0) and seq_tup_read / seq_scan > 10000
order by seq_tup_read desc limit 20`;

/** One that is being built is not valid yet. */
const INVALID = `
select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indexrelid
where not i.indisvalid and c.relkind = 'i' and not exists (select from pg_stat_progress_create_index p where p.index_relid = i.indexrelid)
order by 1 limit 20`;

const BLOATED = `
select format('%I.%I', schemaname, relname) as name, n_dead_tup::float8 as dead from pg_stat_user_tables
where n_dead_tup > 10000 and n_dead_tup > n_live_tup / 2
order by n_dead_tup desc limit 20`;

/** The extension may stand in any schema. */
const WHERE_STATEMENTS = "select quote_ident(n.nspname) as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where extname = 'pg_stat_statements'";

export interface PgAdvice {
  /** Counts, and the mean of the slowest query; null where it could not be asked. */
  readonly readWhole: number | null;
  readonly invalid: number | null;
  readonly bloated: number | null;
  readonly slowMs: number | null;
  /** By name, what there is to look at, a few words each. */
  readonly notes: readonly string[];
}

/** What nobody suffers from yet. One question that cannot be asked costs only its own answer. */
export async function pgAdvice(io: Io, server: PostgresServer, { statements, signal }: { readonly statements: boolean; readonly signal: AbortSignal }): Promise<PgAdvice> {
  const ask = async <R>(sql: string): Promise<readonly R[] | null> => io.postgres.ask<R>(server, { sql, keepMs: KEEP_MS }, signal).catch(unlessOurs);
  const readWhole = await ask<{ readonly name: string; readonly scans: number; readonly rows: number }>(READ_WHOLE);
  const invalid = await ask<{ readonly name: string }>(INVALID);
  const bloated = await ask<{ readonly name: string; readonly dead: number }>(BLOATED);
  const [slowest = null] = (statements ? await slowestOf(ask) : null) ?? [];
  return {
    readWhole: readWhole?.length ?? null,
    invalid: invalid?.length ?? null,
    bloated: bloated?.length ?? null,
    slowMs: slowest && Math.round(slowest.ms),
    notes: [
      ...some(invalid, ({ name }) => `invalid index ${name}`),
      ...some(readWhole, ({ name, rows, scans }) => `${name} read whole ${scans} times, ${rows} rows`),
      ...some(bloated, ({ name, dead }) => `${dead} dead rows in ${name}`),
      ...(slowest === null ? [] : [`slowest: ${saidQuery(slowest.query, QUERY_CHARS)}`]),
    ].map(maskForeign),
  };
}

async function slowestOf(ask: <R>(sql: string) => Promise<readonly R[] | null>): Promise<readonly { readonly ms: number; readonly query: string }[] | null> {
  const [at] = (await ask<{ readonly schema: string }>(WHERE_STATEMENTS)) ?? [];
  return at === undefined ? null : ask(`select mean_exec_time as ms, query from ${at.schema}.pg_stat_statements where calls >= 20 order by mean_exec_time desc limit 1`);
}

/** A failed question is an answer that is missing; one that was called off is not. */
function unlessOurs(error: unknown): null {
  if (error instanceof HypercareError) return null;
  throw error;
}

function some<R>(rows: readonly R[] | null, say: (row: R) => string): readonly string[] {
  return (rows ?? []).slice(0, MOST_NAMED).map(say);
}
