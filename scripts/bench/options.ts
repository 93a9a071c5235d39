import { parseArgs } from 'node:util';
import { HypercareError } from '../../src/domain/errors.js';

/** The parts of a run, in the order they are done. */
const PARTS = ['faults', 'load', 'idle', 'redis', 'postgres', 'pm2', 'rollback'] as const;
export type Part = (typeof PARTS)[number];

/** What is asked for by one name: what repairs come to, each beside the plain way in the same run. */
const GROUPS: Readonly<Record<string, readonly Part[]>> = { repairs: ['redis', 'postgres', 'pm2'] };

export interface BenchOptions {
  /** How often each fault is struck for each contender, and each way back is walked. */
  readonly reps: number;
  /** Numbers of checks that are watched for their cost, each once in LOAD_INTERVAL_MS. */
  readonly checks: readonly number[];
  /** How long each load is measured, and how long the pair is at rest. */
  readonly loadMs: number;
  readonly idleMs: number;
  readonly parts: readonly Part[];
  readonly json: boolean;
  /** A directory for V8's CPU profiles of the monitor; null: none are taken. */
  readonly profile: string | null;
}

const EXAMPLE = 'For example: npm run bench -- repairs, npm run bench -- --reps 30, or npm run bench -- --only load --checks 1000 --seconds 60';
/** An app has ten endpoints in a load, and a config holds a hundred apps. */
const MOST_CHECKS = 1_000;

export function readOptions(words: string[]): BenchOptions {
  const { values, positionals } = readWords(words);
  return {
    reps: number('reps', values.reps, { least: 1, most: 200 }),
    checks: values.checks.split(',').map((word) => number('checks', word, { least: 10, most: MOST_CHECKS })),
    loadMs: number('seconds', values.seconds, { least: 10, most: 3_600 }) * 1_000,
    idleMs: number('idle', values.idle, { least: 10, most: 3_600 }) * 1_000,
    parts: readParts(positionals, values.only),
    json: values.json,
    profile: values.profile === '' ? null : values.profile,
  };
}

function readWords(args: string[]) {
  const options = {
    reps: { type: 'string', default: '10' }, checks: { type: 'string', default: '100,1000' }, seconds: { type: 'string', default: '30' }, idle: { type: 'string', default: '60' },
    only: { type: 'string' }, json: { type: 'boolean', default: false }, profile: { type: 'string', default: '' },
  } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

/** Named by words, or by --only; all of them where none is named. */
function readParts(words: readonly string[], only: string | undefined): readonly Part[] {
  if (words.length > 0 && only !== undefined) throw usage('the parts are named by words or by --only, not by both');
  const named = words.length > 0 ? words : only?.split(',');
  if (named === undefined) return PARTS;
  const asked = named.flatMap((word): readonly string[] => GROUPS[word] ?? [word]);
  const unknown = asked.find((word) => !PARTS.some((part) => part === word));
  if (unknown !== undefined) throw usage(`${words.length > 0 ? 'a bench takes' : '--only takes'} ${[...Object.keys(GROUPS), ...PARTS].join(', ')}, not “${unknown}”`);
  return PARTS.filter((part) => asked.includes(part));
}

function number(name: string, text: string, { least, most }: { readonly least: number; readonly most: number }): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw usage(`--${name} takes a whole number from ${least} to ${most}, not “${text}”`);
}

function usage(message: string): HypercareError {
  return new HypercareError('usage', 'invalid', message, EXAMPLE);
}
