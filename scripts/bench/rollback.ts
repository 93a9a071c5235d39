import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/io/clock.js';
import { pm2 as pm2Cli } from '../pm2-cli.js';
import { until } from '../until.js';
import { customers } from './customers.js';
import { summaryOf, type Summary } from './figures.js';
import { watchOutside } from './outside.js';
import type { Place } from './place.js';
import { makeOrigin, type Mode } from './rollback-app.js';
import { pm2Deploy } from './rollback-deploy.js';
import { hypercareWays } from './rollback-hypercare.js';
import type { RollbackWay } from './rollback-way.js';

/** What one way back came to. */
export interface RollbackFigures {
  readonly mode: Mode;
  readonly way: string;
  readonly ours: boolean;
  /** From the yes to the first good answer of the page that was broken, and to the first of five in a row; milliseconds. */
  readonly first: Summary;
  readonly all: Summary;
  /** How long of it the command took to start and to write the yes down, which a press in a chat does not. */
  readonly typed: Summary;
  /** Requests for a page that is well in both releases that failed on the way, and for how long some of them did. */
  readonly failed: Summary;
  readonly brokenMs: Summary;
}

interface Round {
  readonly firstMs: number | null;
  readonly allMs: number | null;
  readonly typedMs: number | null;
  readonly failed: number;
  readonly brokenMs: number;
}

/** A bad release is so old when somebody says yes: hypercare reloads only workers that serve for ten seconds. */
const OLD_ENOUGH_MS = 11_000;
/** The crowd is there before the yes, and stays so long after everything is well. */
const BEFORE_MS = 500;
const AFTER_MS = 2_000;
const GOOD_WITHIN = { withinMs: 60_000, everyMs: 10 } as const;

/** A bad release goes live everywhere, then each way back is walked, one at a time, while customers ask. */
export async function benchRollback(place: Place, options: { readonly reps: number; readonly user: string }, tell: (text: string) => void): Promise<readonly RollbackFigures[]> {
  tell('rollback: six apps go live');
  const origin = await makeOrigin(place.dir);
  const good = await origin.release('good');
  const [home, theirs] = [await pm2Home(place, 'pm2'), await pm2Home(place, 'pm2-deploy')];
  const ours = await hypercareWays(place, origin, { good, home, user: options.user });
  const others = [await pm2Deploy(place, origin, { home: theirs, mode: 'cluster' }), await pm2Deploy(place, origin, { home: theirs, mode: 'fork' })];
  for (const way of others) await way.deploy(good);
  const ways = [...ours, ...others].toSorted((a, b) => (a.mode < b.mode ? -1 : a.mode > b.mode ? 1 : 0));
  const rounds = new Map<RollbackWay, Round[]>(ways.map((way) => [way, []]));
  for (let rep = 1; rep <= options.reps; rep += 1) {
    const bad = await origin.release('bad');
    for (const way of ways) await way.deploy(bad);
    await systemClock.sleep(OLD_ENOUGH_MS);
    for (const way of ways) rounds.get(way)?.push(await goBack(way));
    tell(`rollback: round ${rep} of ${options.reps} is done`);
  }
  return ways.map((way) => figuresOf(way, rounds.get(way) ?? []));
}

async function pm2Home(place: Place, name: string): Promise<string> {
  const home = join(place.dir, name);
  await mkdir(home, { recursive: true, mode: 0o700 });
  place.later(() => pm2Cli(home, ['kill']));
  return home;
}

async function goBack(way: RollbackWay): Promise<Round> {
  await way.ready();
  const outside = watchOutside(`${way.url}/checkout`);
  const crowd = customers(`${way.url}/`);
  try {
    await systemClock.sleep(BEFORE_MS);
    const yes = systemClock.now();
    const done = way.back();
    const healedAt = await until(`${way.name} (${way.mode}) is back`, async () => outside.healedAt(yes), GOOD_WITHIN).catch(() => null);
    const writtenAt = await done;
    await systemClock.sleep(AFTER_MS);
    const goodAt = outside.goodAt(yes);
    const { failed, brokenMs } = await crowd.leave();
    const since = (at: number | null) => (at === null ? null : at - yes);
    return { firstMs: since(goodAt), allMs: since(healedAt), typedMs: since(writtenAt), failed, brokenMs };
  } finally {
    outside.stop();
    await crowd.leave();
  }
}

function figuresOf({ mode, name, ours }: RollbackWay, rounds: readonly Round[]): RollbackFigures {
  return {
    mode, way: name, ours,
    first: summaryOf(rounds.map(({ firstMs }) => firstMs)), all: summaryOf(rounds.map(({ allMs }) => allMs)), typed: summaryOf(rounds.map(({ typedMs }) => typedMs)),
    failed: summaryOf(rounds.map(({ failed }) => failed)), brokenMs: summaryOf(rounds.map(({ brokenMs }) => brokenMs)),
  };
}
