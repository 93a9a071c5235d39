import { ADDITIVE, destructive, gravest, unknown, type JudgedMigration } from '../../../src/domain/migration.js';
import { listIn, partsOf, statementsOf } from './sql-parts.js';

const NAME = String.raw`(?:"\w*"|[a-z_][\w$]*)(?:\s*\.\s*(?:"\w*"|[a-z_][\w$]*))?`;
const CREATE_TABLE = new RegExp(String.raw`^create\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?(${NAME})`, 'i');
const ALTER_TABLE = new RegExp(String.raw`^alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(${NAME})\s+(.+)$`, 'i');
const CREATE_INDEX = new RegExp(String.raw`^create\s+(unique\s+)?index\s+.*?\bon\s+(?:only\s+)?(${NAME})`, 'i');
const INSERT = new RegExp(String.raw`^insert\s+into\s+(${NAME})`, 'i');

/** Adds something that older code has never heard of, or changes nothing. A function that is replaced is another thing. */
const ADDS = /^(?:create\s+(?:schema|sequence|type|extension|view|materialized\s+view|function|domain)\b|comment\s+on\b|grant\b|set\b(?!\s+role\b)|reset\b|begin\b|start\s+transaction\b|commit\b|end$|select\s+(?:pg_catalog\.)?set_config\s*\()/i;
/** What stands as a default in a script: as a statement of its own it is none. */
const EXPRESSION = /^(?:[\w.]+\(\s*\)|current_timestamp|''(?:::\w+(?:\[\])?)?)$/i;
const TAKES = /^(?:drop\s+(?:table|schema|view|materialized\s+view|type|sequence|function|extension|domain|database|role|owned)|truncate|delete\s+from|revoke)\b/i;

/**
 * What a script does to older code. Each statement has to be one that surely only adds: the list is of what is known to
 * be harmless, and whatever else there is in SQL is unknown. A table that the script itself creates may be done anything
 * to. A foreign key may keep older code from deleting what newer code points to, unless it goes along (cascade, set null).
 */
export function judgeSql(sql: string): JudgedMigration {
  const created = new Set<string>();
  return gravest(statementsOf(sql).map((statement) => judge(statement, created)));
}

function judge(statement: string, created: Set<string>): JudgedMigration {
  const table = CREATE_TABLE.exec(statement)?.[1];
  if (table !== undefined) {
    created.add(plain(table));
    return gravest(listIn(statement).map(keysOf));
  }
  const taken = TAKES.exec(statement);
  if (taken) return destructive(words(taken[0]));
  const [, altered, actions] = ALTER_TABLE.exec(statement) ?? [];
  if (altered !== undefined && actions !== undefined) return gravest(partsOf(actions).map((action) => judgeAction(action, created.has(plain(altered)))));
  const index = CREATE_INDEX.exec(statement);
  if (index) return index[1] === undefined || created.has(plain(index[2] ?? '')) ? ADDITIVE : unknown('a unique index: older code may write what it does not allow');
  const filled = INSERT.exec(statement)?.[1];
  if (filled !== undefined) return created.has(plain(filled)) && !/\b(?:delete|update)\b/i.test(statement) ? ADDITIVE : unknown('insert into a table that was there');
  return ADDS.test(statement) || EXPRESSION.test(statement) ? ADDITIVE : unknown(words(statement));
}

/** One action of ALTER TABLE. */
function judgeAction(action: string, isNew: boolean): JudgedMigration {
  if (/^rename\b/i.test(action)) return destructive('rename');
  if (/^alter\s+(?:column\s+)?\S+\s+(?:set\s+data\s+)?type\b/i.test(action)) return destructive('another type of a column');
  if (/^alter\s+(?:column\s+)?\S+\s+set\s+not\s+null\b/i.test(action)) return isNew ? ADDITIVE : destructive('set not null');
  const added = /^add\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?(?!constraint\b|primary\b|unique\b|check\b|foreign\b|exclude\b)(.+)$/i.exec(action)?.[1];
  if (added !== undefined) return gravest([keysOf(added), isNew ? ADDITIVE : columnOf(added)]);
  if (/^drop\b/i.test(action)) return /^drop\s+constraint\b/i.test(action) ? unknown('drop constraint') : destructive('drop column');
  return isNew && /^add\b/i.test(action) ? keysOf(action) : unknown(words(action));
}

/** A new column of a table that was there: older code writes rows without it. */
function columnOf(column: string): JudgedMigration {
  const filled = /\bdefault\b|\bgenerated\b|\b(?:small|big)?serial\d?\b/i.test(column);
  if (/\bnot\s+null\b/i.test(column) && !filled) return destructive('a new column that older code does not fill in');
  const rule = /\b(?:unique|primary\s+key|check|exclude)\b/i.exec(column);
  return rule ? unknown(`a new column with ${words(rule[0])}`) : ADDITIVE;
}

function keysOf(definition: string): JudgedMigration {
  if (!/\breferences\b/i.test(definition)) return ADDITIVE;
  return /\bon\s+delete\s+(?:cascade|set\s+null|set\s+default)\b/i.test(definition) ? ADDITIVE : unknown('a foreign key: older code may not be able to delete what it points to');
}

function plain(name: string): string {
  return name.replace(/["\s]/g, '').toLowerCase();
}

/** The first words of a statement, without names and values: they are shown to people. */
function words(statement: string): string {
  return (/^[a-z]+(?:\s+(?:not|null|table|column|type|view|materialized|schema|sequence|function|constraint|trigger|policy|rule|index|concurrently|or|replace|default|add|drop|set|key|unique|primary|foreign|role|user|extension|domain|owned|from|into))*/i.exec(statement.trim())?.[0] ?? 'a statement').replace(/\s+/g, ' ').toLowerCase();
}
