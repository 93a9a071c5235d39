import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Pool } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pm2DrainRestart } from '../../../monitoring/repairs/pm2-drain-restart.js';
import type { Io } from '../../../src/io/io.js';
import { repairContract } from '../../contracts/repair.js';
import { startPm2Home, until } from '../../doubles/pm2-home.js';
import type { Pm2Home, StartedApp } from '../../doubles/pm2-home.js';
import { appOf, ioListing, listed } from '../../doubles/pm2-list.js';
import { instancesOf, ioOf } from '../../doubles/pm2-repair.js';
import { openPm2World, refusedOfAll } from '../../doubles/pm2-world.js';

/** Finishes what it has on SIGINT, and closes its connections; begins to listen after BOOT ms, or not at all. */
const DRAINING = `
if (require('node:fs').existsSync(require('node:path').join(__dirname, 'sick'))) process.exit(1);
let draining = false;
const server = require('node:http').createServer((request, response) => setTimeout(() => {
  if (draining) response.setHeader('connection', 'close');
  response.end(String(process.pid));
}, 10));
setTimeout(() => server.listen(Number(process.env.PORT), '127.0.0.1'), Number(process.env.BOOT));
process.on('SIGINT', () => { draining = true; setTimeout(() => server.close(), 200); setTimeout(() => process.exit(0), 800); });
`;

const STEADY = { steadyMs: 1_000 };

let home: Pm2Home;
let io: Io;

beforeAll(async () => {
  home = await startPm2Home();
  io = ioOf(home.home);
});
afterAll(async () => {
  await io.pm2.close();
  await home.stop();
});

repairContract({
  repair: pm2DrainRestart,
  open: () => openPm2World({ home, app: { cluster: 2 }, args: STEADY, essence: (instances) => instances.map(({ pid }) => pid) }),
  refused: {
    ...refusedOfAll(),
    'fork mode': async ({ target }) => ({ io: ioListing([listed({ name: target.processes[0] ?? '' })]) }),
    'a single worker': async ({ target }) => ({ io: ioListing([listed({ name: target.processes[0] ?? '', mode: 'cluster' })]) }),
    'workers of which one is down': async ({ target }) => ({ io: ioListing([0, 1].map((pmId) => listed({ pmId, name: target.processes[0] ?? '', mode: 'cluster', status: pmId === 0 ? 'errored' : 'online' }))) }),
  },
});

function customers(app: StartedApp): { leave(): Promise<{ readonly served: number; readonly lost: readonly string[] }> } {
  const pool = new Pool(app.url, { connections: 6, pipelining: 1 });
  const lost: string[] = [];
  let served = 0;
  let here = true;
  const one = async (): Promise<void> => {
    while (here) await pool.request({ path: '/', method: 'GET' }).then(async ({ body }) => body.dump().then(() => void (served += 1)), (error: Error) => void lost.push(error.message));
  };
  const all = Array.from({ length: 6 }, one);
  return {
    async leave() {
      here = false;
      await Promise.all(all);
      await pool.close();
      return { served, lost };
    },
  };
}

/** The pids of the two workers, once each has answered. */
async function bothAnswer(app: StartedApp): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  await until('both to answer', async () => seen.add(await (await fetch(app.url, { headers: { connection: 'close' } })).text()).size === 2);
  return seen;
}

async function begun(name: string, steadyMs: number) {
  const target = appOf([name]);
  const prepared = await pm2DrainRestart.prepare(target, { steadyMs }, io, new AbortController().signal);
  if ('refused' in prepared) throw new Error(prepared.refused);
  const steps = pm2DrainRestart.steps(target, { steadyMs }, prepared);
  return { steps, act: (n: number) => steps[n]?.act(prepared.witness, {}, io, new AbortController().signal) };
}

test('an app that starts slower than PM2 waits loses no request', { timeout: 40_000 }, async () => {
  const app = await home.startApp({ name: 'slow', code: DRAINING, cluster: 2, awaitAnswer: true, env: { BOOT: '1500' }, pm2: { listen_timeout: 300, kill_timeout: 3_000 } });
  const before = await bothAnswer(app);
  const { act } = await begun('slow', 5_000);
  const crowd = customers(app);
  await act(0);
  await act(1);
  const { served, lost } = await crowd.leave();
  expect((await instancesOf(io, 'slow')).filter(({ pid }) => before.has(String(pid)))).toEqual([]);
  expect(served).toBeGreaterThan(100);
  expect(lost).toEqual([]);
});

test('where the new worker dies at boot the others are left alone, and serve on', async () => {
  const app = await home.startApp({ name: 'turned', code: DRAINING, cluster: 2, awaitAnswer: true, env: { BOOT: '0' }, pm2: { listen_timeout: 300, min_uptime: 60_000, max_restarts: 2 } });
  await bothAnswer(app);
  const { steps, act } = await begun('turned', 2_000);
  const [, second] = await instancesOf(io, 'turned');
  await writeFile(join(app.cwd, 'sick'), '');
  const crowd = customers(app);
  await expect(act(0)).rejects.toMatchObject({ code: 'repair.not_back' });
  expect(await steps[0]?.state({ processes: [] }, {}, io)).toBe('moving');
  expect((await instancesOf(io, 'turned')).find(({ pmId }) => pmId === second?.pmId)).toMatchObject({ pid: second?.pid, status: 'online' });
  const { served, lost } = await crowd.leave();
  expect(served).toBeGreaterThan(10);
  expect(lost).toEqual([]);
});
