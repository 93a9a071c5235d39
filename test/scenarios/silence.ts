/** Replays of 72 hours on the virtual clock: an app that is healthy and noisy, and the same with one real fault. */
import { actsOn } from '../../src/store/acts.js';
import { eventsSince } from '../../src/store/events.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { newestLaunchOf } from '../../src/store/launches.js';
import { listResources } from '../../src/store/resources.js';
import { systemClock } from '../../src/io/clock.js';
import { random } from '../monitoring/detectors/healthy-watch.js';
import { PLAYED_APP, playedApp, type Fault } from '../doubles/played-app.js';
import { startPm2Home, until } from '../doubles/pm2-home.js';
import { virtualTime, type VirtualTime } from '../doubles/virtual-time.js';
import { startWatched, type Watched } from '../doubles/watched.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** The last tier looks at an endpoint every four hours; a slow leak takes longer to be one. */
const FOUND_WITHIN_MS = 9 * HOUR;
const LOOK_EVERY_MS = 20 * MINUTE;
const CRASHES = 4;
const CRASH_EVERY_MS = 90_000;
const REAL_MS = 60_000;

/** What an incident of each fault may be called: by its cause, or by what it looks like from outside. */
export const FITTING: Readonly<Record<Fault['kind'], readonly string[]>> = {
  '500s': ['endpoint-failing'],
  slow: ['latency'],
  hang: ['hang', 'all-endpoints-failing'],
  'crash-loop': ['crash-loop'],
  leak: ['memory'],
  stopped: ['process-down', 'all-endpoints-failing'],
};

export function faultOf(seed: number): Fault {
  const roll = random(seed * 7_919);
  const fromMs = HOUR + roll() * 60 * HOUR;
  switch (seed % 6) {
    case 1: return { kind: '500s', fromMs, share: 0.8 + roll() * 0.2 };
    case 2: return { kind: 'slow', fromMs, times: 5 };
    case 3: return { kind: 'hang', fromMs };
    case 4: return { kind: 'crash-loop', fromMs };
    case 5: return { kind: 'leak', fromMs, mibPerHour: 60 + roll() * 120 };
    default: return { kind: 'stopped', fromMs };
  }
}

export interface Quiet {
  readonly launch: string | undefined;
  /** Titles. */
  readonly incidents: readonly string[];
  readonly plans: number;
  readonly questions: number;
  readonly acts: number;
  readonly messages: readonly string[];
}

/** Everything is allowed, so that nothing but the judgement stands between the noise and a repair. */
export async function healthy(seed: number, every: string): Promise<Quiet> {
  return replay({ seed, every, fault: null, rung: 'act-and-tell' }, async ({ watched, time, start, appId }) => {
    await time.reach(start + 73 * HOUR);
    const { db } = watched.store;
    const { hostId } = watched.monitor.ctx;
    const count = async (table: 'plans' | 'questions'): Promise<number> => (await db.selectFrom(table).select('id').execute()).length;
    return {
      launch: (await newestLaunchOf(db, appId))?.state,
      incidents: (await recentIncidents(db, hostId, 20)).map(({ title }) => title),
      plans: await count('plans'), questions: await count('questions'), acts: (await actsOn(db, appId, 0)).length,
      messages: (await eventsSince(db, hostId, 0, 1_000)).map(({ kind }) => kind).filter((kind) => kind !== 'monitor.started'),
    };
  });
}

export interface Found {
  /** Before the fault began. */
  readonly before: number;
  readonly kind: string | null;
  readonly afterMs: number;
}

export async function faulty(seed: number, every: string): Promise<Found> {
  const fault = faultOf(seed);
  return replay({ seed, every, fault, rung: 'observe' }, async (on) => {
    const { time, start } = on;
    const { db } = on.watched.store;
    const { hostId } = on.watched.monitor.ctx;
    await time.reach(start + fault.fromMs);
    // Time stands where something was last due.
    const from = time.clock.now();
    const fitting = async () => (await recentIncidents(db, hostId, 20)).find(({ kind, openedAt }) => openedAt >= from && FITTING[fault.kind].includes(kind));
    const before = (await recentIncidents(db, hostId, 20)).length;
    if (fault.kind === 'stopped') await crash(on, 1);
    if (fault.kind === 'crash-loop') await crashAgainAndAgain(on, from);
    for (let at = start + fault.fromMs; at <= start + fault.fromMs + FOUND_WITHIN_MS && !(await fitting()); at += LOOK_EVERY_MS) await time.reach(at);
    const found = await fitting();
    return { before, kind: found?.kind ?? null, afterMs: (found?.openedAt ?? 0) - from };
  });
}

interface On {
  readonly watched: Watched;
  readonly time: VirtualTime;
  readonly start: number;
  readonly appId: never;
  readonly url: string;
}

interface Replay {
  readonly seed: number;
  /** Between two light looks: at liveness, PM2 and the release. */
  readonly every: string;
  readonly fault: Fault | null;
  readonly rung: string;
}

async function replay<T>(of: Replay, play: (on: On) => Promise<T>): Promise<T> {
  const home = await startPm2Home();
  try {
    const app = await home.startApp({ name: 'shop', code: PLAYED_APP, awaitAnswer: true, pm2: { autorestart: of.fault?.kind !== 'stopped' } });
    const start = systemClock.now();
    const time = virtualTime(start);
    const { outside } = playedApp({ ...of, clock: time.clock, start });
    const watched = await startWatched((dataDir) => `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(home.home)}
host: { every: 1h, cpu: 100 }
apps:
  shop:
    url: ${app.url}
    endpoints: [{ path: /, critical: true }, { path: /checkout, critical: true }]
    liveness: { path: /health, every: ${of.every} }
policy: { default: ${of.rung} }
`, { time, outside });
    try {
      const appId = (await listResources(watched.store.db, watched.monitor.ctx.hostId)).find(({ kind }) => kind === 'app')?.id as never;
      return await play({ watched, time, start, appId, url: app.url });
    } finally {
      await watched.stop();
    }
  } finally {
    await home.stop();
  }
}

async function crashAgainAndAgain(on: On, from: number): Promise<void> {
  for (let n = 1; n <= CRASHES; n += 1) {
    await crash(on, n);
    await on.time.reach(from + n * CRASH_EVERY_MS);
  }
}

/** For real; over once PM2's bus has told it and, where PM2 starts it again, it answers. */
async function crash({ watched, appId, url }: On, times: number): Promise<void> {
  await fetch(`${url}exit`).catch(() => undefined);
  const ended = async (): Promise<number> => (await watched.store.db.selectFrom('signals').select('id').where('resource_id', '=', appId).where('kind', '=', 'pm2').execute()).length;
  await until('PM2 to tell of its end', async () => (await ended()) >= times, REAL_MS);
}
