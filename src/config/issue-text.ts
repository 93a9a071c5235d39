import type * as z from 'zod';
import { didYouMean, listed } from './did-you-mean.js';

const NOUN: Readonly<Record<string, string>> = {
  string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'a mapping', record: 'a mapping',
};

/** Known keys of the mapping, as the text of an unknown-key issue: only here is the schema still at hand. */
const KEYS_APART = '\n';

/**
 * What an issue says to people, where its schema has no words of its own. Handed to zod while it parses. No value is
 * ever repeated: any of them may have come from a secret.
 */
export function issueText(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return typeText(issue.expected, issue.input);
    case 'invalid_value':
      return valueText(issue.values.map(String), issue.input);
    case 'unrecognized_keys':
      return knownKeysOf(issue.inst).join(KEYS_APART);
    case 'invalid_union':
      return unionText(issue.errors, issue.input);
    case 'too_small':
      return `must ${amountText(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${amountText(issue.origin, 'at most', issue.maximum)}`;
    default:
      return undefined;
  }
}

export function unknownKeyText(key: string, known: string): string {
  const keys = known === '' ? [] : known.split(KEYS_APART);
  return `unknown key${didYouMean(key, keys)}${keys.length > 0 ? ` (known here: ${listed(keys)})` : ''}`;
}

/** 'must be a duration like 30s', or that it is missing; for schemas with words of their own. */
export function mustBe(what: string): (issue: { readonly input?: unknown }) => string {
  return (issue) => (issue.input === undefined ? `is missing: ${what}` : `must be ${what}`);
}

function valueText(values: readonly string[], input: unknown): string {
  return mustBe(`${values.length > 1 ? 'one of ' : ''}${listed(values)}${didYouMean(input, values)}`)({ input });
}

function typeText(expected: string, input: unknown): string {
  const noun = NOUN[expected] ?? expected;
  if (input === undefined) return `is missing: ${noun}`;
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean')) return 'must be text: put it in quotes';
  return `must be ${noun}, not ${nounOf(input)}`;
}

function nounOf(input: unknown): string {
  if (input === null) return 'empty';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'number' && !Number.isInteger(input)) return 'a fraction';
  return NOUN[typeof input] ?? typeof input;
}

function unionText(branches: readonly (readonly z.core.$ZodIssue[])[], input: unknown): string {
  const wanted = branches.map((branch) => (branch[0]?.message ?? '').replace(/^(must be|is missing:) /, '').replace(/, not .*|: put it in quotes$/, ''));
  return mustBe([...new Set(wanted)].filter(Boolean).join(' or '))({ input });
}

function amountText(origin: string, bound: string, count: unknown): string {
  if (origin === 'string') return `have ${bound} ${String(count)} characters`;
  if (origin === 'array' || origin === 'record') return `have ${bound} ${String(count)} entries`;
  return `be ${bound} ${String(count)}`;
}

function knownKeysOf(schema: unknown): readonly string[] {
  const shape = (schema as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def?.shape;
  return shape === undefined ? [] : Object.keys(shape);
}
