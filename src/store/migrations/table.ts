import { sql, type CreateTableBuilder, type Kysely } from 'kysely';
import type { Engine } from '../engine.js';

/**
 * A column in short: `t` text, `i` 64-bit integer (milliseconds, counts, flags of 0 and 1), `r` floating point; `?` may
 * be null, `u` is unique; `key` is the text that is the primary key, `count` the number the database gives as one.
 */
export type Column = 't' | 't?' | 't?u' | 'tu' | 'i' | 'i?' | 'r' | 'r?' | 'key' | 'count';

export interface Table {
  readonly name: string;
  readonly columns: Readonly<Record<string, Column>>;
  readonly primary?: readonly string[];
  readonly unique?: readonly string[];
  /** Rows lie in the order of their key, by the million. */
  readonly clustered?: boolean;
}

/** Makes the table: strict on SQLite, which would keep anything in any column otherwise. */
export async function createTable(db: Kysely<unknown>, engine: Engine, table: Table): Promise<void> {
  let builder = db.schema.createTable(table.name) as CreateTableBuilder<string, string>;
  for (const [name, column] of Object.entries(table.columns)) builder = addColumn(builder, engine, name, column);
  if (table.primary) builder = builder.addPrimaryKeyConstraint(`${table.name}_pk`, [...table.primary]);
  if (table.unique) builder = builder.addUniqueConstraint(`${table.name}_u0`, [...table.unique]);
  if (engine === 'sqlite') builder = builder.modifyEnd(table.clustered ? sql`without rowid, strict` : sql`strict`);
  await builder.execute();
}

export async function createIndex(db: Kysely<unknown>, on: string, columns: readonly string[]): Promise<void> {
  await db.schema.createIndex(`${on}_${columns.join('_')}_i`).on(on).columns([...columns]).execute();
}

function addColumn(builder: CreateTableBuilder<string, string>, engine: Engine, name: string, column: Column): CreateTableBuilder<string, string> {
  if (column === 'count') {
    return builder.addColumn(name, engine === 'sqlite' ? 'integer' : 'serial', (c) => (engine === 'sqlite' ? c.primaryKey().autoIncrement() : c.primaryKey()));
  }
  return builder.addColumn(name, typeOf(engine, column), (c) => {
    const nullable = column.includes('?') ? c : c.notNull();
    if (column === 'key') return nullable.primaryKey();
    return column.endsWith('u') ? nullable.unique() : nullable;
  });
}

function typeOf(engine: Engine, column: Exclude<Column, 'count'>) {
  if (column === 'key' || column.startsWith('t')) return sql`text`;
  if (column.startsWith('i')) return engine === 'sqlite' ? sql`integer` : sql`bigint`;
  return engine === 'sqlite' ? sql`real` : sql`double precision`;
}
