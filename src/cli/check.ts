import { probes } from '../../monitoring/probes/index.js';
import type { Probe } from '../../monitoring/probes/probe.js';
import type { Card } from '../cards/card.js';
import { noteCard } from '../cards/note-card.js';
import { WORD } from '../cards/resource-lines.js';
import type { Exit, Result } from '../commands/command.js';
import type { Config } from '../config/config.js';
import { listed } from '../config/did-you-mean.js';
import { watchList, type WatchedCheck } from '../config/watch-list.js';
import type { Reading, Verdict } from '../domain/check.js';
import { HypercareError } from '../domain/errors.js';
import type { Io } from '../io/io.js';
import { createLogger } from '../io/log.js';
import { maskedError } from '../io/mask.js';
import { openIo } from '../io/open-io.js';
import type { CliIo } from './cli-io.js';
import { findConfig } from './find-config.js';
import { readConfig } from './load-config.js';
import { ownWords } from './usage.js';

const WITHIN_MS = 20_000;
/** So many are measured at once; more would slow each other down, and be called slow. */
const MOST_AT_ONCE = 20;

interface Measured {
  readonly check: WatchedCheck;
  readonly reading: Reading;
}

/**
 * Measures everything the configuration names, or one resource of it, once and now: without a store, a monitor, a history
 * or a repair. Exit 0: all is good · 1: something is bad · 3: nothing is bad, and something could not be measured.
 */
export async function check(words: readonly string[], io: CliIo, named: string | null): Promise<Result> {
  const [wanted] = ownWords('check', words).said;
  const { config } = await readConfig(io, findConfig(io, named));
  const checks = checksOf(config, wanted ?? null);
  const opened = openIo({ pm2Home: config.pm2Home, log: createLogger({ format: 'text', level: 'silent' }), clock: io.clock });
  try {
    return told(await measureAll(opened.io, checks));
  } finally {
    await opened.close();
  }
}

function checksOf(config: Config, wanted: string | null): readonly WatchedCheck[] {
  const { checks, resources } = watchList(config);
  // What a job told only the store knows.
  if (wanted === null) return checks.filter(({ probe }) => probe !== 'job');
  const of = checks.filter(({ resource }) => resource === wanted);
  if (of.length > 0) return of;
  throw new HypercareError('check.unknown', 'invalid', `nothing named “${wanted.slice(0, 60)}” is in the configuration`, `It names ${listed(resources.map(({ name }) => name))}.`);
}

async function measureAll(io: Io, checks: readonly WatchedCheck[]): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  const left = checks.entries();
  const worker = async () => {
    for (const [index, one] of left) measured[index] = { check: one, reading: await measure(io, one) };
  };
  await Promise.all(Array.from({ length: MOST_AT_ONCE }, worker));
  return measured;
}

async function measure(io: Io, { probe, options }: WatchedCheck): Promise<Reading> {
  try {
    return await (probes[probe] as Probe<unknown>).measure(options, io, AbortSignal.timeout(WITHIN_MS));
  } catch (error) {
    return { verdict: 'error', ms: null, values: [], note: maskedError(error) };
  }
}

const LEVEL: Readonly<Record<Verdict, Card['level']>> = { bad: 'critical', error: 'warning', unknown: 'warning', good: 'good' };
const EXIT: Readonly<Record<Verdict, Exit>> = { bad: 1, error: 3, unknown: 3, good: 0 };
const WORST: readonly Verdict[] = ['bad', 'error', 'unknown', 'good'];

function told(all: readonly Measured[]): Result {
  const worst = WORST.find((verdict) => all.some(({ reading }) => reading.verdict === verdict)) ?? 'unknown';
  const counted = WORST.map((verdict) => ({ verdict, count: all.filter(({ reading }) => reading.verdict === verdict).length })).filter(({ count }) => count > 0);
  return {
    data: {
      version: 1, verdict: worst,
      checks: all.map(({ check: { resource, name }, reading: { verdict, ms, note } }) => ({ resource, check: name, verdict, ms: ms === null ? null : Math.round(ms), note })),
    },
    card: noteCard({
      subject: 'check', level: LEVEL[worst], title: all.length === 0 ? 'the configuration names nothing to measure' : counted.map(({ verdict, count }) => `${count} ${WORD[verdict]}`).join(', '),
      body: [all.map(lineOf).join('\n')],
      footer: 'Measured once, just now; whether something lasts, and what is done about it, tells “hypercare status”.',
    }),
    exit: EXIT[worst],
  };
}

function lineOf({ check: { resource, name }, reading: { verdict, ms, note } }: Measured): string {
  const how = [ms === null ? null : `${Math.round(ms)} ms`, note].filter((part) => part !== null).join(', ');
  return `${resource === name ? name : `${resource} ${name}`}: ${WORD[verdict]}${how === '' ? '' : ` (${how})`}`;
}
