import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { HypercareError } from '../../../src/domain/errors.js';
import { systemClock } from '../../../src/io/clock.js';
import { readPoints, type KillPoint } from '../kill-point.js';
import { readTrace } from '../trace.js';
import { wholeNumber } from '../whole-number.js';
import { jobsAt, jobsOf, type Walked } from './deck.js';
import { makeGround, MODES, type Ground, type Mode } from './ground.js';
import { ROADS, type Road } from './road.js';
import { runAsked, runDir, type AskedRan, type Job } from './run-asked.js';
import { sayAsked, sayAskedAgain, summaryOfAsked } from './say-asked.js';

const EXAMPLE = 'npm run crash -- rollback --runs 60 --seed 7 --beside 2';
const MOST_RUNS = 10_000;
const MOST_BESIDE = 8;
const DAY_S = 86_400;

interface Options {
  readonly runs: number;
  readonly seed: number;
  /** No run is begun after this. */
  readonly forMs: number;
  /** So many apps of each mode are rolled back at once. */
  readonly beside: number;
  readonly roads: readonly Road[];
  /** These deaths instead of drawn ones. */
  readonly at: readonly KillPoint[];
}

/**
 * `npm run crash -- rollback`. Options: --runs N, --seed S, --for SECONDS (no new run is begun after), --beside APPS (of
 * each mode at once), --road NAME (this one alone), --at POINTS (these instead of drawn ones). Walks every road once without a death, which has to be whole and
 * shows what there is to die at; then dies. 1 where a run broke.
 */
export async function crashAsked(words: readonly string[]): Promise<number> {
  const options = readOptions([...words]);
  const place = await mkdtemp(join(tmpdir(), 'hypercare-crash-'));
  const yard = makeYard(place);
  const began = systemClock.monotonic();
  const patience = { until: began + options.forMs };
  const interrupted = (): void => {
    if (patience.until === 0) return void yard.end().finally(() => process.exit(1));
    patience.until = 0;
    process.stdout.write('no new run is begun; once more, and it ends at once\n');
  };
  process.on('SIGINT', interrupted);
  let broken: readonly AskedRan[] = [];
  let ended = false;
  try {
    const walks = await runAll(yard, options.beside, patience, options.roads.map((road, n) => ({ n, road, points: [], serving: true })));
    const jobs = walks.some(({ wrong }) => wrong.length > 0) ? [] : draw(walks, options);
    const runs = [...walks, ...(await runAll(yard, options.beside, patience, jobs))];
    broken = runs.filter(({ wrong }) => wrong.length > 0);
    ended = true;
    process.stdout.write(`${summaryOfAsked(runs, systemClock.monotonic() - began)}\n${broken.map((one) => `broken: run ${one.n}, kept in ${one.dir}; ${sayAskedAgain(one, options.seed)}\n`).join('')}`);
    return broken.length > 0 ? 1 : 0;
  } finally {
    process.removeListener('SIGINT', interrupted);
    await yard.end();
    if (ended && broken.length === 0) await rm(place, { recursive: true, force: true, maxRetries: 3 });
  }
}

function draw(walks: readonly AskedRan[], { at, runs, seed, roads }: Options): readonly Job[] {
  const walked: readonly Walked[] = walks.map(({ road, dir }) => ({ road, trace: readTrace(dir, 'monitor') }));
  const drawn = at.length > 0 ? jobsAt(roads, at, runs) : jobsOf(walked, seed, runs);
  return drawn.map((job, n) => ({ ...job, n: walks.length + n }));
}

/** Apps stand beside each other, each in a PM2 of its own, and take the next run of their mode. */
async function runAll(yard: Yard, beside: number, patience: { readonly until: number }, jobs: readonly Job[]): Promise<readonly AskedRan[]> {
  const done: AskedRan[] = [];
  const lane = async (mode: Mode, nth: number, waiting: Job[]): Promise<void> => {
    for (let job = waiting.shift(); job && systemClock.monotonic() < patience.until; job = waiting.shift()) {
      const ran = await runAsked(await yard.ground(mode, nth), runDir(yard.place, job), job);
      process.stdout.write(`${sayAsked(ran)}\n`);
      done.push(ran);
      if (ran.wrong.length > 0) await yard.leave(mode, nth);
      else if (ran.points.length > 0) await rm(ran.dir, { recursive: true, force: true }).catch(() => undefined);
    }
  };
  await Promise.all(MODES.flatMap((mode) => {
    const waiting = jobs.filter(({ road }) => road.mode === mode);
    return Array.from({ length: beside }, (_, nth) => lane(mode, nth, waiting));
  }));
  return done.toSorted((a, b) => a.n - b.n);
}

interface Yard {
  readonly place: string;
  ground(mode: Mode, nth: number): Promise<Ground>;
  /** What a run broke is left as it is, and the next run begins on another app. */
  leave(mode: Mode, nth: number): Promise<void>;
  end(): Promise<void>;
}

function makeYard(place: string): Yard {
  const grounds = new Map<string, Promise<Ground>>();
  let made = 0;
  return {
    place,
    ground(mode, nth) {
      const key = `${mode} ${nth}`;
      const known = grounds.get(key) ?? makeGround(mode, join(place, `${mode}-${(made += 1)}`));
      grounds.set(key, known);
      return known;
    },
    async leave(mode, nth) {
      const key = `${mode} ${nth}`;
      const left = grounds.get(key);
      grounds.delete(key);
      await (await left)?.end();
    },
    async end() {
      await Promise.all([...grounds.values()].map(async (ground) => (await ground.catch(() => null))?.end()));
      grounds.clear();
    },
  };
}

function readOptions(words: string[]): Options {
  const { values } = parseArgs({ args: words, options: { runs: { type: 'string', default: '40' }, seed: { type: 'string', default: '1' }, for: { type: 'string', default: String(DAY_S) }, beside: { type: 'string', default: '1' }, road: { type: 'string' }, at: { type: 'string', default: '' } } });
  const roads = ROADS.filter(({ name }) => values.road === undefined || name === values.road);
  if (roads.length === 0) throw new HypercareError('usage', 'invalid', `there is no road “${values.road}”`, `One of: ${ROADS.map(({ name }) => name).join(', ')}.`);
  const number = (name: 'runs' | 'seed' | 'for' | 'beside', most: number): number => wholeNumber(name, values[name], most, EXAMPLE);
  return { roads, runs: number('runs', MOST_RUNS), seed: number('seed', 2 ** 32 - 1), forMs: number('for', DAY_S) * 1_000, beside: Math.max(1, number('beside', MOST_BESIDE)), at: readPoints(values.at) };
}
