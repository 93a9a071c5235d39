import { expect, it } from 'vitest';
import { until } from '../doubles/pm2-home.js';
import { virtualTime } from '../doubles/virtual-time.js';
import { newestIncident, startWatched } from '../doubles/watched.js';
import { FRAGILE } from './breaking-apps.js';
import { watchedHome } from './watched-home.js';

const MINUTE = 60_000;

const home = watchedHome();

it('more workers go back after half an hour, also when the monitor died meanwhile', { timeout: 90_000 }, async () => {
  const app = await home.pm2.startApp({ name: 'crowd', code: FRAGILE, awaitAnswer: true, cluster: 1 });
  const yaml = (every: string): string => `apps:
  crowd:
    url: ${app.url}
    endpoints: [{ path: /, samples: 1 }]
    liveness: { path: /, every: ${every} }
policy: { default: act-and-tell }
people: [{ name: Ann, role: approver, terminal: tester }]
`;
  const first = await home.watch(yaml('1s'));
  const workers = async (): Promise<number> => (await first.monitor.ctx.io.pm2.list().catch(() => [])).filter(({ name, status }) => name === 'crowd' && status === 'online').length;
  await first.steady();
  await first.say('repair', 'pm2.scale-up', 'crowd');
  await until('a second worker', async () => (await workers()) === 2);
  const { reason, closedAt } = await first.incident('resolved');
  expect(reason).toMatch(/^pm2\.scale-up mended it/);
  await first.stop({ keep: true });

  const over = (closedAt ?? 0) + 30 * MINUTE;
  const time = virtualTime(over - 3 * MINUTE);
  const calm = (dataDir: string): string => `data_dir: ${JSON.stringify(dataDir)}\npm2_home: ${JSON.stringify(home.pm2.home)}\n${yaml('1m')}`;
  const second = await startWatched(calm, { keepDir: first.dir, time });
  const left = async (): Promise<number> => (await second.monitor.ctx.io.pm2.list()).filter(({ name }) => name === 'crowd').length;
  try {
    await time.reach(over - MINUTE);
    expect(await left()).toBe(2);
    await time.reach(over + 5 * MINUTE);
    expect(await left()).toBe(1);
    expect(await newestIncident(second)).toMatchObject({ kind: 'manual', state: 'resolved', title: 'pm2.scale-up was for 30 min, and they are over: pm2.scale-down' });
    await time.reach(over + 12 * MINUTE);
    expect(await left()).toBe(1);
  } finally {
    await second.stop();
  }
});
