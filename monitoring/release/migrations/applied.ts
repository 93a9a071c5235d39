import type { Io } from '../../../src/io/io.js';
import type { PostgresServer } from '../../../src/io/postgres.js';
import { migrationTools } from './index.js';
import type { Applied, MigrationTool } from './tool.js';

const MOST_ROWS = 2_000;

const TABLES = `
select n.nspname::text as schema, c.relname::text as name, has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') as readable,
  (select array_agg(a.attname::text) from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema') and c.relname = any($1) order by 1, 2`;

interface Row {
  readonly schema: string;
  readonly name: string;
  readonly readable: boolean;
  readonly columns: readonly string[] | null;
}

/** The history one tool keeps in one database; or why it cannot be read, for people. */
export interface History {
  readonly tool: MigrationTool;
  readonly table: string;
  /** Oldest first. */
  readonly applied: readonly Applied[] | { readonly unread: string };
}

/** What the tools' own tables say, over the connection that only reads. Throws where the server cannot be asked. */
export async function historiesIn(server: PostgresServer, io: Pick<Io, 'postgres'>, signal: AbortSignal): Promise<readonly History[]> {
  const rows = await io.postgres.ask<Row>(server, { sql: TABLES, values: [migrationTools.map(({ table }) => table)] }, signal);
  const histories: History[] = [];
  for (const row of rows) {
    const tool = migrationTools.find(({ table, columns }) => table === row.name && columns.every((column) => row.columns?.includes(column)));
    if (tool) histories.push({ tool, table: `${row.schema}.${row.name}`, applied: await appliedIn(row, tool, server, io, signal) });
  }
  return histories;
}

async function appliedIn({ schema, name, readable }: Row, tool: MigrationTool, server: PostgresServer, io: Pick<Io, 'postgres'>, signal: AbortSignal): Promise<History['applied']> {
  const table = [schema, name].map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
  if (!readable) return { unread: `hypercare may not read it: GRANT USAGE ON SCHEMA "${schema}" TO hypercare; GRANT SELECT ON ${table} TO hypercare` };
  const rows = await io.postgres.ask<Applied>(server, { sql: `${tool.query.replace('%T', table)} limit ${MOST_ROWS + 1}` }, signal);
  return rows.length > MOST_ROWS ? { unread: `it has more than ${MOST_ROWS} rows` } : rows;
}
