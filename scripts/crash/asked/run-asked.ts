import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HypercareError } from '../../../src/domain/errors.js';
import { systemClock } from '../../../src/io/clock.js';
import { writeFates } from '../fate.js';
import { sayPoint, type KillPoint } from '../kill-point.js';
import { readTrace } from '../trace.js';
import { checkAsked, movesOf, type Outcome } from './check-asked.js';
import { dirOf, type Ground } from './ground.js';
import { liveAsked } from './live.js';
import { targetFrom, type Road } from './road.js';
import { liveRelease, standOf } from './stand.js';

/** What one run is to be. */
export interface Job {
  readonly n: number;
  readonly road: Road;
  readonly points: readonly KillPoint[];
  /** Its workers have served for ten seconds before it is asked for, so that they are reloaded and not restarted. */
  readonly serving: boolean;
}

export interface AskedRan extends Job {
  readonly dir: string;
  readonly ms: number;
  readonly outcome: Outcome;
  readonly wrong: readonly string[];
  readonly died: readonly KillPoint[];
}

/** From whichever release is live to the other one, in a store of its own; looked at from outside before and after. */
export async function runAsked(ground: Ground, dir: string, job: Job): Promise<AskedRan> {
  const { road, points, serving } = job;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  writeFates(dir, points);
  const from = await liveRelease(ground);
  const first = await standOf(ground);
  if (from === null || first.release !== from || first.wrong.length > 0) throw new HypercareError('crash.ground', 'permanent', `the app was not whole before run ${job.n}: ${first.wrong.join('; ')}`);
  const to = targetFrom(road, from);
  if (road.builds) await rm(dirOf(ground, to), { recursive: true, force: true });
  const movesBefore = await movesOf(ground);
  const began = systemClock.monotonic();
  const seen = await liveAsked(ground, dir, { points, serving, to: ground.commits[to] });
  const ms = systemClock.monotonic() - began;
  const stand = await standOf(ground);
  const checked = await checkAsked({ ground, road, dir, from, to, movesBefore, seen, stand });
  const deaths = new Set(readTrace(dir, 'monitor').filter(({ line }) => line === 'killed').map(({ what }) => what));
  return { ...job, dir, ms, ...checked, died: points.filter((point) => deaths.has(sayPoint(point))) };
}

export function runDir(place: string, { n }: Pick<Job, 'n'>): string {
  return join(place, `run-${n}`);
}
