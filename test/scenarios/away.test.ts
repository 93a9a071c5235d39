import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { actsOn } from '../../src/store/acts.js';
import { listResources } from '../../src/store/resources.js';
import { startPm2Home, type Pm2Home } from '../doubles/pm2-home.js';
import { virtualTime } from '../doubles/virtual-time.js';
import { newestIncident, startWatched } from '../doubles/watched.js';

const START = Date.UTC(2026, 10, 22, 10, 0, 0);
const MINUTE = 60_000;

let server: Server;
let pm2: Pm2Home;
let broken = false;

beforeAll(async () => {
  server = createServer((request, response) => void response.writeHead(broken && request.url === '/checkout' ? 500 : 200).end());
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  pm2 = await startPm2Home();
  await pm2.startApp({ name: 'shop', code: 'setInterval(() => undefined, 1000);', awaitAnswer: false });
});
afterAll(async () => {
  await pm2.stop();
  await new Promise((done) => server.close(done));
});

const config = (rung: string) => (dataDir: string): string => `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(pm2.home)}
apps:
  shop:
    url: http://127.0.0.1:${(server.address() as AddressInfo).port}
    endpoints: [{ path: /checkout, samples: 1 }]
    liveness: { path: /health, every: 10s }
policy: { default: ${rung} }
`;

it('a monitor that was away for hours repairs nothing that is well by then', { timeout: 90_000 }, async () => {
  const before = virtualTime(START);
  const first = await startWatched(config('observe'), { time: before });
  await before.reach(START + 2 * MINUTE);
  broken = true;
  await before.reach(START + 20 * MINUTE);
  expect(await newestIncident(first)).toMatchObject({ state: 'escalated', reason: expect.stringContaining('only observes') as unknown });
  await first.stop({ keep: true });

  broken = false;
  const after = virtualTime(START + 360 * MINUTE);
  const second = await startWatched(config('act-and-tell'), { keepDir: first.dir, time: after });
  try {
    await after.reach(START + 365 * MINUTE);
    const [shop] = (await listResources(second.store.db, second.monitor.ctx.hostId)).filter(({ name }) => name === 'shop');
    expect(await newestIncident(second)).toMatchObject({ state: 'resolved', reason: expect.stringContaining('good again by itself') as unknown });
    expect((await actsOn(second.store.db, shop?.id as never, 0)).filter(({ by }) => by === 'us')).toEqual([]);
  } finally {
    await second.stop();
  }
});
