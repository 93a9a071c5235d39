import { parseArgs } from 'node:util';
import type { ZodError } from 'zod';
import { HypercareError } from '../domain/errors.js';
import { nearestWord } from '../domain/nearest.js';
import type { Command, WordsSpec } from './command.js';

const MOST_MISTAKES = 3;
/** What is shown of one word; words come from outside. */
const WORD_SHOWN = 40;
/** Flags of every command there, taken out before the words come here (src/cli/read-argv.ts). */
const IN_TERMINAL: readonly string[] = ['json', 'config', 'offline', 'help', 'version'];

/** The command's arguments, from the words after its name. Every mistake is told with the command's usage. */
export function parseWords<A>(command: Command<A>, words: readonly string[]): A {
  const raw = readWords(command, words);
  const parsed = command.args.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw usageError(command, sayMistakes(command.words, raw, parsed.error));
}

/** The same from a JSON object, whose members bear the names of the arguments. */
export function parseArguments<A>(command: Command<A>, given: unknown): A {
  const parsed = command.args.safeParse(given);
  if (parsed.success) return parsed.data;
  const said = parsed.error.issues.slice(0, MOST_MISTAKES).map(({ path, message }) => (path.length === 0 ? message : `“${shown(path.join('.'))}”: ${message}`));
  throw usageError(command, said.join('; '));
}

function readWords(command: Command<unknown>, words: readonly string[]): Readonly<Record<string, unknown>> {
  const { positionals: names, flags } = command.words;
  const read = readFlags(command, words);
  if (read.positionals.length > names.length) {
    const extra = read.positionals[names.length] as string;
    const hint = Object.values(flags).some(({ type }) => type === 'string') ? '; several words that belong together stand in quotes' : '';
    throw usageError(command, `“${shown(extra)}” is one word too many${hint}`);
  }
  const placed = Object.fromEntries(read.positionals.map((word, index) => [names[index] as string, word]));
  const flagged = Object.fromEntries(Object.entries(read.values).map(([flag, value]) => [argumentOf(flag), value]));
  return { ...placed, ...flagged };
}

/** Words and flags alone, for verbs that have no arguments to check. */
export function readFlags(command: Pick<Command<unknown>, 'name' | 'usage' | 'examples' | 'words'>, words: readonly string[]) {
  const options = Object.fromEntries(Object.entries(command.words.flags).map(([flag, { type }]) => [flag, { type }]));
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw usageError(command, sayFlagMistake(command.words, error));
  }
}

/** node:util's texts explain its own calling conventions; people need the flag's name and the nearest known one. */
function sayFlagMistake(spec: WordsSpec, error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message: string };
  const flag = shown(/'(?:-\w, )?(-[^\s'=<]*)/.exec(message)?.[1] ?? 'this');
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
    const takes = spec.flags[flag.replace(/^-+/, '')]?.type === 'boolean' ? 'takes no value' : 'needs a value (one that begins with - stands after =)';
    return `${flag} ${takes}`;
  }
  const name = flag.replace(/^-+/, '');
  if (IN_TERMINAL.includes(name)) return `${flag} is for the terminal`;
  const near = nearestWord(name, [...Object.keys(spec.flags), ...IN_TERMINAL]);
  return `there is no flag ${flag}${near === null ? '' : `; did you mean --${near}?`}`;
}

function sayMistakes(spec: WordsSpec, raw: Readonly<Record<string, unknown>>, error: ZodError): string {
  const said = error.issues.slice(0, MOST_MISTAKES).map((issue) => {
    const name = typeof issue.path[0] === 'string' ? issue.path[0] : null;
    const word = name === null ? null : spec.positionals.includes(name) ? `<${name}>` : `--${flagOf(name)}`;
    if (word !== null && name !== null && raw[name] === undefined && issue.code === 'invalid_type') return `${word} is missing`;
    return word === null ? issue.message : `${word}${issue.message.startsWith('is ') ? '' : ':'} ${issue.message}`;
  });
  return said.join('; ');
}

/** 'dry-run' → 'dryRun'. */
function argumentOf(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function flagOf(argument: string): string {
  return argument.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function usageError(command: Pick<Command<unknown>, 'name' | 'usage' | 'examples'>, message: string): HypercareError {
  const example = command.examples[0] === undefined ? '' : `, for example: ${command.examples[0]}`;
  return new HypercareError('usage', 'invalid', `${command.name}: ${message}`, `Usage: ${command.usage}${example}`);
}

function shown(word: string): string {
  return word.length > WORD_SHOWN ? `${word.slice(0, WORD_SHOWN)}…` : word;
}
