import { z } from 'zod';
import { HypercareError } from '../../src/domain/errors.js';
import type { Io } from '../../src/io/io.js';
import type { PostgresServer } from '../../src/io/postgres.js';

/** Each letter as it is written: ORMs name columns like `customerId`, which PostgreSQL finds by that spelling alone. */
const NAME = /^[A-Za-z_][A-Za-z0-9_$]{0,62}$/;
const MOST_COLUMNS = 8;
/** PostgreSQL cuts longer names off without a word. */
const NAME_CHARS = 63;

export const indexArgs = z.strictObject({
  table: z.string().refine((text) => text.split('.').length <= 2 && text.split('.').every((part) => NAME.test(part)), { error: 'table must be a plain name, like orders or sales.orders' }),
  columns: z.string().refine((text) => text.split(',').length <= MOST_COLUMNS && text.split(',').every((part) => NAME.test(part)), { error: `columns must be at most ${MOST_COLUMNS} plain names with commas between, like customer_id,placed_at` }),
});
export type IndexArgs = z.output<typeof indexArgs>;

/** What is to be built, with every name quoted where PostgreSQL wants it. */
interface IndexPlan {
  /** As its steps find it: schema and name, bare. */
  readonly schema: string;
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly create: string;
  readonly drop: string;
}

export interface IndexedTable {
  readonly plan: IndexPlan;
  readonly rows: number;
  readonly bytes: number;
  readonly owned: boolean;
  /** Another index that begins with these columns already. */
  readonly same: string | null;
}

const TABLE = `
select c.oid::int as oid, n.nspname as schema, c.relname as name, c.relkind as kind, greatest(c.reltuples, 0)::float8 as rows, pg_total_relation_size(c.oid)::float8 as bytes, pg_has_role(c.relowner, 'USAGE') as owned,
  (select array_agg(attname::text) from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
  (select i.indexrelid::regclass::text from pg_index i where i.indrelid = c.oid and i.indisvalid and i.indpred is null
     and (select array_agg(a.attname::text order by k.n) from unnest(i.indkey::int2[]) with ordinality k(attnum, n) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where k.n <= $3) = $4::text[] limit 1) as same
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relname = $2 and n.nspname = $1`;

interface TableRow {
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly rows: number;
  readonly bytes: number;
  readonly owned: boolean;
  readonly columns: readonly string[];
  readonly same: string | null;
}

/** The table with what would be built on it; a word for people where that cannot be. */
export async function lookAtTable(io: Io, server: PostgresServer, args: IndexArgs, signal: AbortSignal): Promise<IndexedTable | string> {
  const [name = '', schema = 'public'] = args.table.split('.').toReversed();
  const columns = args.columns.split(',');
  const [row] = await io.postgres.ask<TableRow>(server, { sql: TABLE, values: [schema, name, columns.length, columns] }, signal);
  if (row === undefined) return `There is no table ${schema}.${name}`;
  if (row.kind !== 'r') return `${schema}.${name} is no plain table: an index of a partitioned table is built one part after the other`;
  const unknown = columns.find((column) => !row.columns.includes(column));
  if (unknown !== undefined) return `${schema}.${name} has no column ${unknown}`;
  return { plan: planOf(schema, name, columns), rows: row.rows, bytes: row.bytes, owned: row.owned, same: row.same };
}

function planOf(schema: string, table: string, columns: readonly string[]): IndexPlan {
  const name = `hc_${table}_${columns.join('_')}`.slice(0, NAME_CHARS - 4) + '_idx';
  const at = `${quoted(schema)}.${quoted(table)}`;
  return {
    schema, name, table: at, columns,
    create: `CREATE INDEX CONCURRENTLY ${quoted(name)} ON ${at} (${columns.map(quoted).join(', ')})`,
    drop: `DROP INDEX CONCURRENTLY IF EXISTS ${quoted(schema)}.${quoted(name)}`,
  };
}

/** Always, because what is no reserved word in this version may be one in the next. */
function quoted(name: string): string {
  return `"${name}"`;
}

/** valid · invalid: what a failed build leaves · building: somebody is at it · absent. */
type IndexState = 'absent' | 'building' | 'invalid' | 'valid';

/** A build that waits has no progress yet; then its own connection tells. */
const STATE = `
select coalesce((select case when i.indisvalid then 'valid' else 'invalid' end from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2), 'absent') as state,
  exists (select from pg_stat_activity where application_name = $3 and datname = current_database()) as building`;

export async function indexState(io: Io, server: PostgresServer, { schema, name }: Pick<IndexPlan, 'schema' | 'name'>, signal: AbortSignal): Promise<IndexState> {
  const [row] = await io.postgres.ask<{ readonly state: IndexState; readonly building: boolean }>(server, { sql: STATE, values: [schema, name, BUILDER] }, signal);
  if (row === undefined) throw new HypercareError('postgres.failed', 'permanent', 'PostgreSQL told nothing of the index');
  return row.building ? 'building' : row.state;
}

/** The name of the connection that builds: by it a later look finds it at work, also after a crash of ours. */
export const BUILDER = 'hypercare-index';

/**
 * What it costs to find the rows of one value before and after, as the planner sees it; null where hypopg is not there. The
 * index is hypothetical: it is in the memory of our own connection alone, and gone afterwards.
 */
export async function costs(io: Io, server: PostgresServer, { table, columns, create }: IndexPlan, signal: AbortSignal): Promise<{ readonly before: number; readonly after: number } | null> {
  const [where] = await io.postgres.ask<{ readonly schema: string }>(server, { sql: "select quote_ident(n.nspname) as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where extname = 'hypopg'" }, signal);
  if (where === undefined) return null;
  const some = columns.map((column) => `${quoted(column)} = (select ${quoted(column)} from ${table} limit 1)`).join(' and ');
  const cost = async (): Promise<number> => {
    const [row] = await io.postgres.ask<{ readonly 'QUERY PLAN': readonly [{ readonly Plan: { readonly 'Total Cost': number } }] }>(server, { sql: `explain (format json) select * from ${table} where ${some}` }, signal);
    return row?.['QUERY PLAN'][0].Plan['Total Cost'] ?? Number.NaN;
  };
  const before = await cost();
  try {
    await io.postgres.ask(server, { sql: `select ${where.schema}.hypopg_create_index($1)`, values: [create.replace(' CONCURRENTLY', '')] }, signal);
    return { before, after: await cost() };
  } finally {
    await io.postgres.ask(server, { sql: `select ${where.schema}.hypopg_reset()` }, signal).catch(() => undefined);
  }
}
