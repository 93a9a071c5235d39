import { ADDITIVE, destructive, gravest, unknown, type JudgedMigration } from '../../../src/domain/migration.js';
import { judgeSql } from './judge-sql.js';
import { callsIn, objectsIn, scriptParts, upOf, type Call, type ScriptParts } from './script-parts.js';

/** What the calls in the migrations of one tool mean; a call that is in none of the lists makes a migration unknown. */
export interface Vocabulary {
  /** Their only argument is SQL. */
  readonly sql: readonly string[];
  /** They make a new table: all that stands inside is about it. */
  readonly creates: readonly string[];
  /** They add to a table that was there. */
  readonly adds: readonly string[];
  /** They only look, name a type, or are a part of what surrounds them. */
  readonly plain: readonly string[];
  readonly takes: readonly string[];
  /** How a column that must be filled in looks, and how one that is filled in by itself. */
  readonly required: RegExp;
  readonly filled: RegExp;
  /** How a foreign key looks, and what says that it goes along when its target is deleted. */
  readonly key: RegExp;
  readonly goesAlong: RegExp;
  /** What a rule on a table that was there looks like: it may refuse what older code writes. */
  readonly rule: RegExp;
}

/** Words of the language that look like calls. */
const LANGUAGE: readonly string[] = ['up', 'function', 'async', 'await', 'if', 'for', 'return'];
/** A call through a computed name or of what a call returned, and a tagged text: nobody can read what they do. */
const UNREADABLE = /[\])]\s*\(|(?<!\breturn)(?<=[\w$)\]])\s*§\d+g?t§/;
const REFERENCE = /^[A-Za-z_$][\w$.]*$/;
/** In an object: a value, or a part of it, that was defined elsewhere. */
const DEFINED_ELSEWHERE = /:\s*(?!true\b|false\b|null\b|undefined\b|Sequelize\.|DataTypes\.|\d)[A-Za-z_$][\w$.]*\s*[,}]|[{,]\s*(?!transaction\b)[A-Za-z_$][\w$]*\s*[,}]|\.\.\./;
const TYPE = /^(?:Sequelize|DataTypes)\./;

/**
 * What a migration written in JavaScript or TypeScript does to older code: what its `up` calls is looked up in the
 * tool's vocabulary. Nothing of it is run. Unknown is whatever is not surely harmless, helpers of the app's own too.
 */
export function judgeScript(source: string, words: Vocabulary): JudgedMigration {
  const parts = scriptParts(source);
  const up = upOf(parts.code);
  if (up === null) return unknown('it has no up that can be read');
  const calls = callsIn(up);
  const judged = gravest(calls.map((call) => judge(call, parts, words)));
  if (judged.effect === 'destructive') return judged;
  if (UNREADABLE.test(up)) return unknown('a call that cannot be read');
  const does = [...words.sql, ...words.creates, ...words.adds];
  return calls.some(({ name }) => does.includes(name)) ? judged : unknown('its up does nothing that can be read');
}

function judge(call: Call, parts: ScriptParts, words: Vocabulary): JudgedMigration {
  const { name, inside } = call;
  if (words.takes.includes(name)) return destructive(name);
  if (words.sql.includes(name)) return judgeText(call, parts);
  if (words.creates.includes(name)) return inside.includes('{') ? keysOf(inside, words) : elsewhere(name);
  if (words.adds.includes(name)) return isElsewhere(inside) ? elsewhere(name) : gravest([keysOf(inside, words), ...rulesOf(call, words)]);
  if (name === 'then' || name === 'transaction') return /=>|\bfunction\b/.test(inside) ? ADDITIVE : elsewhere(name);
  return words.plain.includes(name) || LANGUAGE.includes(name) ? ADDITIVE : unknown(`${name.slice(0, 40)}()`);
}

function elsewhere(name: string): JudgedMigration {
  return unknown(`${name}() with something that is defined elsewhere`);
}

/** One text, and nothing else but its transaction, is SQL that can be read. */
function judgeText({ name, inside }: Call, { texts }: ScriptParts): JudgedMigration {
  const only = /^\s*§(\d+)\w*§\s*(?:,\s*\{\s*transaction(?:\s*:\s*\w+)?\s*\}\s*)?,?\s*$/.exec(inside);
  const said = only ? texts[Number(only[1])] : undefined;
  return said?.plain ? judgeSql(said.text) : unknown(`${name}() with SQL that is put together when it runs`);
}

/** Behind the table's name, which may be anything, it is all written here. */
function isElsewhere(inside: string): boolean {
  const [, ...after] = inside.replace(/\{[\s\S]*\}/, '{}').split(',').map((argument) => argument.trim());
  const byName = after.some((argument) => REFERENCE.test(argument) && !TYPE.test(argument));
  return byName || (!isCode(inside) && objectsIn(inside).some((object) => DEFINED_ELSEWHERE.test(object)));
}

function keysOf(inside: string, words: Vocabulary): JudgedMigration {
  const count = (pattern: RegExp): number => [...inside.matchAll(new RegExp(pattern, 'g'))].length;
  return count(words.key) > count(words.goesAlong) ? unknown('a foreign key: older code may not be able to delete what it points to') : ADDITIVE;
}

/** Columns are judged one by one: each is a statement of its own, or an object. */
function rulesOf({ name, inside }: Call, words: Vocabulary): readonly JudgedMigration[] {
  const columns = isCode(inside) ? inside.replace(/\s*\n\s*\./g, '.').split(/[;\n]/) : objectsIn(inside);
  const empty = columns.some((column) => words.required.test(column) && !words.filled.test(column));
  return [
    words.rule.test(`${name}(${inside}`) ? unknown('a rule on a table that was there: older code may write what it does not allow') : ADDITIVE,
    empty ? destructive('a new column that older code does not fill in') : ADDITIVE,
  ];
}

function isCode(inside: string): boolean {
  return /=>|\bfunction\b/.test(inside);
}
