import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/io/clock.js';
import { openLaunches } from '../../src/store/launches.js';
import { hostByName } from '../../src/store/hosts.js';
import { listResources } from '../../src/store/resources.js';
import type { Store } from '../../src/store/store.js';
import { percentile } from '../../src/domain/statistics.js';
import { packageRoot } from '../../src/io/package-root.js';
import { until } from '../until.js';
import { startChild } from './child.js';
import { seedHistory } from './history.js';
import { appOf, ENDPOINTS_AN_APP, LOAD_INTERVAL_MS, loadConfig, type Sleepers } from './load-setting.js';
import { startPair } from './pair.js';
import type { Place } from './place.js';
import { lateness, startTarget, type Target } from './target.js';
import { usageOf } from './usage.js';

const HOST = 'bench';
const LAUNCHED = { withinMs: 90_000, everyMs: 200 };
/** After a start everything is compiled and connected for the first time; that is not what watching costs. */
const WARM_UP_MS = 12_000;

export interface LoadFigures {
  readonly who: 'hypercare' | 'bare loop';
  readonly checks: number;
  /** Checks that were asked for in the time measured, and those that came. */
  readonly due: number;
  readonly made: number;
  readonly cpuSecondsPer1000: number;
  readonly lateP99Ms: number | null;
  readonly rssBytes: number;
}

export interface Load {
  readonly checks: number;
  readonly forMs: number;
  /** V8's CPU profile of the monitor is written here; null: none is taken. */
  readonly profile: string | null;
}

/** The monitor and the bare loop at the same time, each asking a server of its own for the same number of pages. */
export async function benchLoad(place: Place, sleepers: Sleepers, load: Load): Promise<readonly LoadFigures[]> {
  await sleepers.upTo(Math.ceil(load.checks / ENDPOINTS_AN_APP));
  const [forOurs, forBare] = [await startTarget(place), await startTarget(place)];
  const ours = await startOurs(place, sleepers, forOurs, load);
  const bare = await startBare(place, forBare, load);
  try {
    await systemClock.sleep(WARM_UP_MS);
    return await Promise.all([measure('hypercare', ours, forOurs, load), measure('bare loop', bare, forBare, load)]);
  } finally {
    await Promise.all([ours.stop(), bare.stop()]);
  }
}

interface Watcher {
  readonly pid: number;
  /** A time at which a path was due; it comes back each interval. Null for a path that is not looked at. */
  dueAt(): Promise<(path: string) => number | null>;
  stop(): Promise<void>;
}

async function measure(who: LoadFigures['who'], watcher: Watcher, target: Target, load: Load): Promise<LoadFigures> {
  const from = systemClock.now();
  const before = await usageOf(watcher.pid);
  await systemClock.sleep(load.forMs);
  const after = await usageOf(watcher.pid);
  const arrivals = target.arrivals(from);
  const late = lateness(arrivals, LOAD_INTERVAL_MS, await watcher.dueAt());
  return {
    who, checks: load.checks,
    due: Math.round((load.checks * load.forMs) / LOAD_INTERVAL_MS),
    made: arrivals.length,
    cpuSecondsPer1000: after.cpuMs - before.cpuMs === 0 ? 0 : (after.cpuMs - before.cpuMs) / Math.max(1, arrivals.length),
    lateP99Ms: percentile(late, 99),
    rssBytes: after.rssBytes,
  };
}

/** Started once to see the launches, then again with half an hour of their past behind them. */
async function startOurs(place: Place, sleepers: Sleepers, target: Target, load: Load): Promise<Watcher> {
  const dataDir = join(place.dir, `load-${load.checks}`);
  await mkdir(dataDir);
  const yaml = loadConfig({ checks: load.checks, origin: target.origin, pm2Home: sleepers.pm2Home, dataDir });
  const apps = Math.ceil(load.checks / ENDPOINTS_AN_APP);
  const first = await startPair(place, dataDir, yaml);
  await until('every app’s launch is seen', async () => (await launchesIn(first.store)).length === apps, LAUNCHED);
  await Promise.all([first.monitor.stop(), first.bot.stop()]);
  await seedHistory(first.store, HOST, LOAD_INTERVAL_MS);
  await first.stop();
  const profiling = load.profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${load.profile}`, `--cpu-prof-name=monitor-${load.checks}.cpuprofile`];
  const pair = await startPair(place, dataDir, yaml, profiling);
  return { pid: pair.monitor.pid, dueAt: () => ticksOf(pair.store), stop: () => pair.stop() };
}

async function launchesIn(store: Store) {
  const host = await hostByName(store.db, HOST);
  return host ? openLaunches(store.db, host.id) : [];
}

/** An app's endpoints are all due at its launch's ticks. */
async function ticksOf(store: Store): Promise<(path: string) => number | null> {
  const launches = await launchesIn(store);
  const host = await hostByName(store.db, HOST);
  const apps = host ? await listResources(store.db, host.id) : [];
  const byApp = new Map(apps.map(({ id, name }) => [name, launches.find(({ appId }) => appId === id)?.nextTickAt ?? null]));
  return (path) => byApp.get(appOf(path)) ?? null;
}

async function startBare(place: Place, target: Target, load: Load): Promise<Watcher> {
  const script = join(packageRoot(), 'dist', 'scripts', 'bench', 'bare-loop-child.js');
  const child = startChild(process.execPath, [script, target.origin, String(load.checks), String(LOAD_INTERVAL_MS)]);
  place.later(() => child.stop());
  const startsAt = await until('the bare loop runs', async () => Number(child.lines[0]?.text ?? 0) || null, LAUNCHED);
  const dueAt = (path: string) => startsAt + (Number(path.slice(1)) * LOAD_INTERVAL_MS) / load.checks;
  return { pid: child.pid, dueAt: async () => dueAt, stop: () => child.stop() };
}
