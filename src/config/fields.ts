import * as z from 'zod';
import { parseDuration } from '../domain/duration.js';
import { mustBe } from './issue-text.js';
import { parseSize } from './size.js';

/** Longer than any name, path or address that is meant. */
const MAX_FIELD_CHARS = 2_048;

const A_DURATION = 'a duration like 500ms, 30s, 15m, 6h or 7d';

/** '30s' → 30000. Bounds are written as people write them, so that messages can repeat them. */
export function duration(least: string, most: string) {
  const [min, max] = [parseDuration(least) ?? 0, parseDuration(most) ?? Infinity];
  return z.string({ error: mustBe(A_DURATION) }).meta({ examples: ['30s', '15m', '6h', '7d'] }).transform((text, context) => {
    const ms = parseDuration(text);
    if (ms === null) return complain(context, text, `must be ${A_DURATION}`);
    if (ms < min || ms > max) return complain(context, text, `must lie between ${least} and ${most}`);
    return ms;
  });
}

/** '512MB' → 536870912. */
export function size() {
  return z.string({ error: mustBe('a size like 512MB or 1GB') }).meta({ examples: ['512MB', '1GB'] }).transform((text, context) => {
    return parseSize(text) || complain(context, text, 'must be a size like 512MB or 1GB');
  });
}

export function wholeNumber(min: number, max: number) {
  return z.int().min(min).max(max);
}

/** Text whose form is checked by `problemOf`, which says what it must be; null: it is right. */
export function checkedText(what: string, problemOf: (text: string) => string | null) {
  return z.string({ error: mustBe(what) }).max(MAX_FIELD_CHARS).superRefine((text, context) => {
    const problem = problemOf(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem, input: text });
  });
}

/** An http or https address. */
export function webUrl() {
  return checkedText('a URL that begins with http:// or https://', urlProblem);
}

/** A path on the app ('/health'), or a whole address. */
export function pathOrUrl() {
  return checkedText('a path like /health or a URL', (text) => {
    if (/^https?:/i.test(text)) return urlProblem(text);
    if (!text.startsWith('/') || text.startsWith('//')) return 'must be a path that begins with /, or a URL that begins with http:// or https://';
    return /[\s#\\]/.test(text) ? 'may hold no spaces, # or \\: encode them' : null;
  });
}

/** An absolute path below the root; '~/' stands for the home directory. */
export function absolutePath() {
  return checkedText('an absolute path', (text) => {
    if (!/^(\/|~\/)/.test(text)) return 'must be an absolute path: begin with / or ~/';
    if (/^[/.~]*$/.test(text) || text.split('/').includes('..')) return 'must name a directory of its own, without ..';
    return text.includes('\0') ? 'may hold no NUL' : null;
  });
}

/** A path that stays inside its directory. */
export function innerPath() {
  return checkedText('a path inside the directory', (text) => {
    const inside = text !== '' && !/^[/~]/.test(text) && !text.includes('\0') && !text.split('/').includes('..');
    return inside ? null : 'must be a path inside the directory, without a leading / and without ..';
  });
}

/** Names of apps and dependencies: they stand in commands, check names and file names. */
export function resourceName() {
  return z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, { error: 'this name must have 1 to 63 of a-z, 0-9, ".", "_" and "-", and begin with a letter or digit' });
}

/** One value or a list of them → a list. */
export function oneOrMany<T extends z.ZodType>(item: T, max: number) {
  return z.union([item.transform((one) => [one]), z.array(item).min(1).max(max)]);
}

/** None, one value or a list of them → a list; nothing after the colon counts as none. */
export function noneOrMany<T extends z.ZodType>(item: T, max: number) {
  const many = z.union([item.transform((one) => [one]), z.array(item).max(max)]);
  return z.preprocess((input) => input ?? [], many);
}

/** A mapping whose unknown keys are refused; nothing after the colon counts as an empty one. */
export function section<T extends z.ZodRawShape>(shape: T) {
  return z.preprocess(emptyMapping, z.strictObject(shape));
}

/** Named entries; nothing after the colon counts as none. */
export function entries<T extends z.ZodType>(name: z.ZodString, item: T, max: number) {
  const checked = z.record(name, item).refine((all) => Object.keys(all).length <= max, { error: `must have at most ${max} entries` });
  return z.preprocess(emptyMapping, checked);
}

/** A list; nothing after the colon counts as an empty one. */
export function list<T extends z.ZodType>(item: T, max: number) {
  return z.preprocess((input) => input ?? [], z.array(item).max(max));
}

function emptyMapping(input: unknown): unknown {
  return input ?? {};
}

function urlProblem(text: string): string | null {
  if (!/^https?:\/\/[^/]/i.test(text) || /[\s\\]/.test(text)) return 'must be a URL that begins with http:// or https://';
  if (!URL.canParse(text)) return 'is no URL that can be called: check host and port';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'may hold no user or password, because addresses are shown: send them in headers';
  return null;
}

function complain(context: z.RefinementCtx, input: string, message: string): never {
  context.addIssue({ code: 'custom', message, input });
  return z.NEVER;
}
