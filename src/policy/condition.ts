import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import { nearestWord } from '../domain/nearest.js';
import { VARIABLES, type Values } from './variables.js';

/** When a rule holds: a CEL expression that was checked when it was read. */
export interface Condition {
  /** As it was written. */
  readonly text: string;
  /** Null where it cannot be told: a value is missing. Whoever asks takes the stricter outcome then. */
  holds(values: Values): boolean | null;
}

export type ReadCondition =
  | { readonly ok: true; readonly condition: Condition }
  /** `at`: where in the text, in characters. */
  | { readonly ok: false; readonly problem: string; readonly at: number };

const MAX_CHARS = 500;
/** A handful of comparisons: beyond this nobody can say what a rule means. */
const LIMITS = { maxAstNodes: 100, maxDepth: 20, maxListElements: 50, maxMapEntries: 10, maxCallArguments: 4 };
/** Its patterns can take for ever on a few characters. */
const NOT_HERE = 'matches';

/** Reads a condition and checks it against the variables there are; nothing is thrown. */
export function readCondition(text: string): ReadCondition {
  if (text.length > MAX_CHARS) return { ok: false, problem: `is longer than ${MAX_CHARS} characters`, at: 0 };
  const environment = environmentOf();
  const checked = environment.check(text);
  if (!checked.valid) return { ok: false, ...sayMistake(checked.error) };
  if (checked.type !== 'bool') return { ok: false, problem: `must be true or false, and this is ${checked.type ?? 'something else'}`, at: 0 };
  const evaluate = environment.parse(text);
  const foreign = callOf(evaluate.ast, NOT_HERE);
  if (foreign !== null) return { ok: false, problem: `${NOT_HERE}() is not there: use ==, in, startsWith(), endsWith() or contains()`, at: foreign };
  return { ok: true, condition: { text, holds: (values) => tell(() => evaluate(contextOf(values)) as unknown) } };
}

function environmentOf(): Environment {
  const environment = new Environment({ limits: LIMITS });
  for (const [name, type] of Object.entries(VARIABLES)) {
    if (typeof type === 'string') environment.registerVariable(name, type);
    else environment.registerVariable({ name, schema: type });
  }
  return environment;
}

function tell(evaluate: () => unknown): boolean | null {
  try {
    const value = evaluate();
    return typeof value === 'boolean' ? value : null;
  } catch {
    return null;
  }
}

/** CEL tells whole numbers from others by their type; what is not known is left out, so that using it is an error. */
function contextOf(values: Values): Record<string, unknown> {
  return Object.fromEntries(Object.entries(VARIABLES).flatMap(([name, type]): [string, unknown][] => {
    const value = values[name as keyof Values];
    if (typeof type === 'string') return value === null ? [] : [[name, typed(type, value)]];
    const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
    const known = Object.entries(type).filter(([field]) => fields[field] !== null && fields[field] !== undefined);
    return [[name, Object.fromEntries(known.map(([field, is]) => [field, typed(is, fields[field])]))]];
  }));
}

function typed(type: string, value: unknown): unknown {
  return type === 'int' && typeof value === 'number' ? BigInt(Math.trunc(value)) : value;
}

function sayMistake(error: { readonly code?: string; readonly summary?: string; readonly message: string; readonly range?: { readonly start: number } } | undefined): { readonly problem: string; readonly at: number } {
  const said = error?.summary ?? error?.message ?? 'cannot be read';
  const at = error?.range?.start ?? 0;
  const word = /: ([\w.]+)$/.exec(said)?.[1] ?? '';
  if (error?.code === 'unknown_variable') return { problem: `there is no variable “${word}”${meant(word, Object.keys(VARIABLES))} (known: ${Object.keys(VARIABLES).join(', ')})`, at };
  if (error?.code === 'no_such_key') return { problem: `there is no “${word}” here${meant(word, FIELDS)} (known: ${KNOWN})`, at };
  return { problem: `is no condition: ${said}`, at };
}

const FIELDS = Object.values(VARIABLES).flatMap((type) => (typeof type === 'string' ? [] : Object.keys(type)));
const KNOWN = Object.entries(VARIABLES).flatMap(([name, type]) => (typeof type === 'string' ? [] : Object.keys(type).map((field) => `${name}.${field}`))).join(', ');

function meant(word: string, known: readonly string[]): string {
  const near = nearestWord(word, known);
  return near === null ? '' : `; did you mean “${near}”?`;
}

/** Where a method of this name is called; null: nowhere. */
function callOf(node: unknown, name: string): number | null {
  if (Array.isArray(node)) return node.map((one) => callOf(one, name)).find((at) => at !== null) ?? null;
  if (node === null || typeof node !== 'object' || !('op' in node)) return null;
  const { op, args, start } = node as ASTNode;
  if ((op === 'rcall' || op === 'call') && (args as readonly unknown[])[0] === name) return start;
  return callOf(args, name);
}
