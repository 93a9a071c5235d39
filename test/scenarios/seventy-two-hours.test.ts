import { describe, expect, it } from 'vitest';
import { DEFAULT_TIERS, tickOffsets } from '../../src/domain/tiers.js';
import { checksOf } from '../../src/store/checks.js';
import { eventsSince } from '../../src/store/events.js';
import { newestLaunchOf } from '../../src/store/launches.js';
import { getRelease } from '../../src/store/releases.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { listResources } from '../../src/store/resources.js';
import { recentSamples } from '../../src/store/samples.js';
import { servePages } from '../doubles/pages.js';
import { virtualTime } from '../doubles/virtual-time.js';
import { startWatched, type Watched } from '../doubles/watched.js';

const HOUR = 3_600_000;
// A Saturday on which the clocks of Europe go back in the middle of the window.
const START = Date.UTC(2026, 9, 24, 10, 0, 0);

let status = 200;

const pages = servePages((_request, response) => void response.writeHead(status).end('ok'));

function config(dataDir: string): string {
  return `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(pages.pm2.home)}
apps:
  shop:
    url: ${pages.url}
    endpoints: [{ path: /, samples: 1 }]
    liveness: { path: /health, every: 10m }
host: { every: 1h }
`;
}

async function shopOf(watched: Watched) {
  const apps = await listResources(watched.store.db, watched.monitor.ctx.hostId);
  return apps.find((one) => one.kind === 'app')?.id as never;
}

/**
 * Times after the launch's start at which the endpoint was measured, on the grid of the ticks. Off it stand fast
 * confirmations, which a slow answer of this machine may bring.
 */
async function ticksOf(watched: Watched): Promise<readonly number[]> {
  const app = await shopOf(watched);
  const check = (await checksOf(watched.store.db, app)).find((one) => one.cadence === 'tick');
  const launch = await newestLaunchOf(watched.store.db, app);
  const samples = await recentSamples(watched.store.db, check?.id as number, (launch?.startedAt ?? 0) - 1, 1_000);
  return samples.map((sample) => sample.at - (launch?.startedAt ?? 0)).filter((at) => at % (15 * 60_000) === 0);
}

describe('a launch over 72 hours', { timeout: 120_000 }, () => {
  it('is measured at exactly its 73 ticks, costs three messages, and ends stable', async () => {
    const time = virtualTime(START);
    const watched = await startWatched(config, { time });
    try {
      await time.reach(START + 73 * HOUR);
      const app = await shopOf(watched);
      const launch = await newestLaunchOf(watched.store.db, app);
      expect(launch?.state).toBe('stable');
      expect((await getRelease(watched.store.db, launch?.releaseId as never)).verdict).toBe('stable');
      expect((await ticksOf(watched)).filter((at) => at <= 72 * HOUR)).toEqual(tickOffsets(DEFAULT_TIERS));
      const told = (await eventsSince(watched.store.db, watched.monitor.ctx.hostId, 0, 1_000)).map((event) => event.kind);
      expect(told).toEqual(['monitor.started', 'launch.started', 'launch.six_hours', 'launch.ended']);
      expect(await recentIncidents(watched.store.db, watched.monitor.ctx.hostId, 10)).toEqual([]);
    } finally {
      await watched.stop();
    }
  });

  it('makes at most one missed tick good after a sleep of five hours', async () => {
    const time = virtualTime(START);
    const watched = await startWatched(config, { time });
    try {
      await time.reach(START + HOUR);
      const before = await ticksOf(watched);
      time.step(5 * HOUR);
      await time.reach(START + 7 * HOUR);
      const after = (await ticksOf(watched)).slice(before.length);
      expect(after).toEqual([6 * HOUR, 6.5 * HOUR, 7 * HOUR].filter((at) => at > 6 * HOUR || after[0] === 6 * HOUR));
      expect(after.length).toBeLessThanOrEqual(3);
    } finally {
      await watched.stop();
    }
  });

  it('doubles no tick when the clock is set back by an hour', async () => {
    const time = virtualTime(START);
    const watched = await startWatched(config, { time });
    try {
      await time.reach(START + 2 * HOUR);
      const before = await ticksOf(watched);
      time.step(-HOUR);
      await time.reach(START + 3 * HOUR);
      expect(await ticksOf(watched)).toEqual([...before, ...tickOffsets(DEFAULT_TIERS).filter((at) => at > 2 * HOUR && at <= 3 * HOUR)]);
    } finally {
      await watched.stop();
    }
  });

  it('goes on where it was after the monitor was away for a while', async () => {
    const time = virtualTime(START);
    const first = await startWatched(config, { time });
    await time.reach(START + HOUR);
    const before = await ticksOf(first);
    await first.stop({ keep: true });
    time.step(HOUR / 2);
    const second = await startWatched(config, { time, keepDir: first.dir });
    try {
      await time.reach(START + 2 * HOUR);
      const ticks = await ticksOf(second);
      expect(ticks.slice(0, before.length)).toEqual(before);
      expect(ticks.slice(before.length)).toEqual([1.5, 1.75, 2].map((hours) => hours * HOUR));
    } finally {
      await second.stop({ keep: false });
    }
  });

  it('turns hot in trouble: fast confirmation in any tier, and then the first tier’s cadence', async () => {
    const time = virtualTime(START);
    const watched = await startWatched(config, { time });
    try {
      await time.reach(START + 30 * HOUR + 60_000);
      status = 500;
      await time.reach(START + 30 * HOUR + 20 * 60_000);
      status = 200;
      const [incident] = await recentIncidents(watched.store.db, watched.monitor.ctx.hostId, 1);
      expect(incident).toBeDefined();
      expect((incident?.openedAt ?? 0) - START).toBeLessThan(30 * HOUR + 11 * 60_000);
      await time.reach(START + 31 * HOUR);
      expect((await recentIncidents(watched.store.db, watched.monitor.ctx.hostId, 1))[0]?.state).toBe('resolved');
      const launch = await newestLaunchOf(watched.store.db, await shopOf(watched));
      expect((launch?.nextAt ?? 0) - START).toBeLessThanOrEqual(31 * HOUR + 15 * 60_000);
    } finally {
      status = 200;
      await watched.stop();
    }
  });

  it('ends unproven when its checks could not be made', async () => {
    // Names that cannot be resolved are our trouble, not the app's: unknown is not healthy.
    const time = virtualTime(START);
    const watched = await startWatched((dir) => config(dir).replace(/http:\/\/127\.0\.0\.1:\d+/, 'http://no-such-host.invalid'), { time });
    try {
      await time.reach(START + 73 * HOUR);
      const launch = await newestLaunchOf(watched.store.db, await shopOf(watched));
      expect(launch?.state).toBe('unproven');
      expect(await recentIncidents(watched.store.db, watched.monitor.ctx.hostId, 10)).toEqual([]);
      const told = await eventsSince(watched.store.db, watched.monitor.ctx.hostId, 0, 100);
      expect(told.filter(({ kind }) => kind === 'monitor.blind').map(({ at, body }) => [at - START < HOUR, (body as { checks: { check: string }[] }).checks.some(({ check }) => check === 'liveness')])).toEqual([[true, true]]);
    } finally {
      await watched.stop();
    }
  });
});
