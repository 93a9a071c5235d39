import { afterEach, beforeEach, expect, it } from 'vitest';
import { findingsOf } from '../../src/store/findings.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { startPm2Home, until, type Pm2Home } from '../doubles/pm2-home.js';
import { brisk } from './brisk.js';
import { beginWatch, type Watch } from './watch.js';

/** From /slow on each answer takes longer than liveness waits for it; from /hang on none comes. */
const CODE = `
let lateMs = 0;
require('node:http').createServer((request, response) => {
  if (request.url === '/hang') for (;;);
  const late = lateMs;
  if (request.url === '/slow') lateMs = 2_500;
  setTimeout(() => response.end('ok'), late);
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

let home: Pm2Home;
let watch: Watch;
let url: string;

beforeEach(async () => {
  home = await startPm2Home();
  ({ url } = await home.startApp({ name: 'shop', code: CODE, awaitAnswer: true }));
  watch = await beginWatch(brisk(home, `
apps:
  shop:
    url: ${url}
    endpoints: [/, { path: /checkout, critical: true }]
    liveness: { path: /health, every: 1s }
policy: { default: observe }
`));
  await watch.steady();
});

afterEach(async () => {
  await watch.stop();
  await home.stop();
});

async function kinds(): Promise<ReadonlySet<string>> {
  const incidents = await recentIncidents(watch.store.db, watch.monitor.ctx.hostId, 20);
  const findings = await Promise.all(incidents.map(({ id }) => findingsOf(watch.store.db, id)));
  return new Set(findings.flat().map(({ kind }) => kind));
}

it('an app that answers slowly at every address is not taken for hung: to kill it would cut off what it is working on', { timeout: 120_000 }, async () => {
  await fetch(`${url}slow`);
  await until('it to be seen', async () => (await kinds()).has('latency'), 60_000);
  expect((await kinds()).has('hang')).toBe(false);
  void fetch(`${url}hang`).catch(() => undefined);
  await until('the real hang to be seen', async () => (await kinds()).has('hang'), 90_000);
});
