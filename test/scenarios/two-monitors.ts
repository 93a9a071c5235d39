import { actsOn } from '../../src/store/acts.js';
import { recentIncidents } from '../../src/store/incidents.js';
import type { Resource } from '../../src/domain/resource.js';
import { listResources } from '../../src/store/resources.js';
import { remediationsSince } from '../../src/store/remediations.js';
import { until, type Pm2Home, type StartedApp } from '../doubles/pm2-home.js';
import { startWatched, type Watched } from '../doubles/watched.js';
import { FRAGILE } from './breaking-apps.js';
import { brisk } from './brisk.js';
import { beginWatch } from './watch.js';

const END_MS = 60_000;

export interface Fight {
  /** What each monitor that lost its host left in its log as the reason of its end. */
  readonly ends: readonly string[];
  readonly monitors: number;
  /** Remediations of ours, and how each ended. */
  readonly remediations: readonly string[];
  readonly acts: number;
  /** Restarts that PM2 itself has counted. */
  readonly restarts: number;
}

/** Monitors without a seat on one store and one target: every `everyMs` a new one takes the host while the last one is at work. */
export async function fight(home: Pm2Home, options: { readonly troubles: number; readonly everyMs: number }): Promise<Fight> {
  const paths = Array.from({ length: options.troubles }, (_, n) => `p${n}`);
  const app = await home.startApp({ name: 'target', code: FRAGILE, awaitAnswer: true });
  const yaml = configOf(home, app, paths);
  const first = await beginWatch(yaml);
  const all: Watched[] = [first];
  const newest = (): Watched => all.at(-1) as Watched;
  let fighting = true;
  const takers = (async () => {
    while (fighting) {
      const then = performance.now() + options.everyMs;
      await until('the next one’s turn', async () => !fighting || performance.now() >= then);
      if (fighting) all.push(await startWatched(yaml, { keepDir: first.dir }));
    }
  })();
  try {
    await first.steady();
    for (const path of paths) {
      await fetch(`${app.url}break/${path}`);
      await until(`${path} to be mended`, async () => (await answers(`${app.url}${path}`)) && (await atRest(newest())), END_MS);
    }
    fighting = false;
    await takers;
    return await outcome(all);
  } finally {
    fighting = false;
    await takers;
    for (const one of all.toReversed()) await one.stop({ keep: one !== first });
  }
}

async function outcome(all: readonly Watched[]): Promise<Fight> {
  const losers = all.slice(0, -1);
  // One that was overtaken only just now learns of it at its next write.
  await until('every loser to know it', () => losers.every(({ logs }) => logs.some(isEnd)), END_MS);
  const { store, monitor } = all.at(-1) as Watched;
  const target = (await listResources(store.db, monitor.ctx.hostId)).find(({ name }) => name === 'target') as Resource;
  const remediations = (await remediationsSince(store.db, target.id, 0)).map(({ state }) => state);
  const acts = (await actsOn(store.db, target.id, 0)).filter(({ by }) => by === 'us').length;
  const [process] = (await monitor.ctx.io.pm2.list()).filter(({ name }) => name === 'target');
  const ends = losers.map(({ logs }) => logs.filter(isEnd).join());
  return { ends, monitors: all.length, remediations, acts, restarts: process?.restarts ?? -1 };
}

function isEnd(line: string): boolean {
  return line.startsWith('ended: ');
}

/** While it is restarted nobody is there. */
async function answers(url: string): Promise<boolean> {
  return fetch(url).then(({ status }) => status === 200, () => false);
}

async function atRest({ store, monitor }: Watched): Promise<boolean> {
  const incidents = await recentIncidents(store.db, monitor.ctx.hostId, 50);
  return incidents.length > 0 && incidents.every(({ state }) => state === 'resolved');
}

function configOf(home: Pm2Home, app: StartedApp, paths: readonly string[]): (dataDir: string) => string {
  return brisk(home, `apps:
  target:
    url: ${app.url}
    endpoints: [${paths.map((path) => `{ path: /${path}, samples: 1, timeout: 2s }`).join(', ')}]
    liveness: { path: /, every: 1s }
    runbook: { endpoint-failing: [pm2.restart], all-endpoints-failing: [pm2.restart] }
policy:
  default: act-and-tell
  restarts: { per_30m: 100, per_24h: 100 }
  remediations: { per_target_1h: 100, per_1h: 100 }
`);
}
