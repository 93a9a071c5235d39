import { dirname, join, resolve } from 'node:path';
import { parseEnvFile } from './env-file.js';
import type { Lookup } from './interpolate.js';
import type { Mistake } from './mistake.js';
import { readText } from './read-text.js';
import { secretShapes } from './secret-shapes.js';
import { makeSecrets, SECRET_NAMES, type SecretName, type Secrets } from './secrets.js';

/** No token is longer; a larger file is the wrong one. */
const MAX_SECRET_BYTES = 8_192;
const MAX_ENV_FILE_BYTES = 262_144;

export type ProcessEnv = Readonly<Record<string, string | undefined>>;

export interface Environment {
  /** Any name, from the process first, then from .env; undefined where it is not set or empty. */
  readonly lookup: Lookup;
  readonly secrets: Secrets;
  /** MAX_ACTIONS_PER_HOUR; null: not set. */
  readonly mostPerHour: number | null;
  readonly mistakes: readonly Mistake[];
  readonly warnings: readonly Mistake[];
}

/** A copy of the process's environment; nothing else in the product looks at it. */
export function processEnv(): ProcessEnv {
  return { ...process.env };
}

/** Takes the secrets out of the process's own environment, which PM2 and children would hand on to the apps. */
export function forgetSecrets(): void {
  for (const name of SECRET_NAMES) delete process.env[name];
}

/** Where the configuration and its .env are: HYPERCARE_CONFIG, else hypercare.yaml in `cwd`. */
export function configPaths(env: ProcessEnv, cwd: string): { readonly file: string; readonly envFile: string } {
  const file = resolve(cwd, env['HYPERCARE_CONFIG'] || 'hypercare.yaml');
  return { file, envFile: join(dirname(file), '.env') };
}

/** The process's environment over the .env file, which may be absent. What is wrong comes back; nothing is thrown. */
export function readEnvironment(input: { readonly env: ProcessEnv; readonly envFile: string }): Environment {
  const mistakes: Mistake[] = [];
  const warnings: Mistake[] = [];
  const fromFile = readEnvFile(input.envFile, mistakes, warnings);
  const lookup: Lookup = (name) => own(input.env, name) || own(fromFile, name) || undefined;
  const given: Partial<Record<SecretName, string>> = {};
  for (const name of SECRET_NAMES) {
    const value = readSecret(name, lookup, input.envFile, mistakes);
    if (value !== undefined) given[name] = value;
  }
  const secrets = makeSecrets(given);
  warnings.push(...secretShapes(secrets).map((message) => inFile(input.envFile, null, message)));
  return { lookup, secrets, mostPerHour: readMostPerHour(lookup, input.envFile, mistakes), mistakes, warnings };
}

function readEnvFile(file: string, mistakes: Mistake[], warnings: Mistake[]): Readonly<Record<string, string>> {
  const read = readText(file, MAX_ENV_FILE_BYTES);
  if (!read.ok) {
    if (!read.missing) mistakes.push(inFile(file, read.line, read.problem));
    return {};
  }
  if (process.platform !== 'win32' && (read.mode & 0o077) !== 0) {
    warnings.push(inFile(file, null, `other users of this machine may read it: run chmod 600 ${quoted(file)}`));
  }
  const { values, problems } = parseEnvFile(read.text);
  mistakes.push(...problems.map((problem) => inFile(file, problem.line, problem.message)));
  return values;
}

/** NAME, or the content of the file that NAME_FILE names (relative to the .env file's directory). */
function readSecret(name: SecretName, lookup: Lookup, envFile: string, mistakes: Mistake[]): string | undefined {
  const direct = lookup(name);
  const named = lookup(`${name}_FILE`);
  if (named === undefined) return direct;
  if (direct !== undefined) {
    mistakes.push(inFile(envFile, null, `${name} and ${name}_FILE are both set: keep one of them`));
    return undefined;
  }
  const read = readText(resolve(dirname(envFile), named), MAX_SECRET_BYTES);
  const value = read.ok ? read.text.trim() : '';
  if (value !== '') return value;
  mistakes.push(inFile(envFile, null, `${name}_FILE: the file it names ${read.ok ? 'is empty' : read.missing ? 'does not exist' : read.problem}`));
  return undefined;
}

function readMostPerHour(lookup: Lookup, envFile: string, mistakes: Mistake[]): number | null {
  const text = lookup('MAX_ACTIONS_PER_HOUR');
  if (text === undefined) return null;
  if (/^\d{1,4}$/.test(text.trim())) return Number(text);
  mistakes.push(inFile(envFile, null, 'MAX_ACTIONS_PER_HOUR must be a whole number like 20'));
  return null;
}

function own(values: ProcessEnv, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function inFile(file: string, line: number | null, message: string): Mistake {
  return { file, line, column: line === null ? null : 1, path: [], message };
}

/** For pasting into a shell. */
function quoted(file: string): string {
  return /^[\w./~-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
}
