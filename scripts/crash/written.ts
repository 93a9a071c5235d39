import { ColumnNode, IdentifierNode, TableNode, ValueNode, type KyselyPlugin, type OperationNode, type QueryId, type RootOperationNode } from 'kysely';

/** Written beside nearly everything else; they name a transaction only where nothing else was written. */
const BESIDE: readonly string[] = ['hosts', 'audits', 'events', 'checks'];

/** Notes what a transaction writes: each table with rows that really changed, with the state it gave them. */
export function writtenInto(written: Set<string>): KyselyPlugin {
  const names = new WeakMap<QueryId, string>();
  return {
    transformQuery({ node, queryId }) {
      const name = nameOf(node);
      if (name !== null) names.set(queryId, name);
      return node;
    },
    async transformResult({ queryId, result }) {
      const name = names.get(queryId);
      if (name !== undefined && ((result.numAffectedRows ?? 0n) > 0n || result.rows.length > 0)) written.add(name);
      return result;
    },
  };
}

/** 'acts+plans=running+remediations=running' */
export function sayWritten(written: ReadonlySet<string>): string {
  const telling = [...written].filter((name) => !BESIDE.includes(name));
  return (telling.length > 0 ? telling : [...written]).sort().join('+') || 'nothing';
}

function nameOf(node: RootOperationNode): string | null {
  if (node.kind === 'InsertQueryNode') {
    const columns = (node.columns ?? []).map(columnName);
    const [row] = node.values?.kind === 'ValuesNode' ? (node.values as unknown as { readonly values: readonly OperationNode[] }).values : [];
    return withState(tableName(node.into), columns, row ? valuesIn(row) : []);
  }
  if (node.kind === 'UpdateQueryNode') {
    const updates = node.updates ?? [];
    return withState(tableName(node.table), updates.map(({ column }) => columnName(column)), updates.map(({ value }) => valueIn(value)));
  }
  return node.kind === 'DeleteQueryNode' ? tableName(node.from.froms[0]) : null;
}

function withState(table: string | null, columns: readonly string[], values: readonly unknown[]): string | null {
  const state = values[columns.indexOf('state')];
  if (table !== null && typeof state === 'string') return `${table}=${state}`;
  return table === 'steps' && columns.includes('receipt') ? 'steps=receipt' : table;
}

function tableName(node: OperationNode | undefined): string | null {
  return node && TableNode.is(node) ? node.table.identifier.name : null;
}

function columnName(node: OperationNode): string {
  return ColumnNode.is(node) ? node.column.name : IdentifierNode.is(node) ? node.name : '';
}

function valuesIn(row: OperationNode): readonly unknown[] {
  const { values } = row as unknown as { readonly values: readonly unknown[] };
  return row.kind === 'PrimitiveValueListNode' ? values : values.map((value) => valueIn(value as OperationNode));
}

function valueIn(node: OperationNode): unknown {
  return ValueNode.is(node) ? node.value : null;
}
