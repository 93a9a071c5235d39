import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repair, RepairTarget } from '../../monitoring/repairs/repair.js';
import { pm2DrainRestart } from '../../monitoring/repairs/pm2-drain-restart.js';
import { pm2Reload } from '../../monitoring/repairs/pm2-reload.js';
import { systemClock } from '../../src/io/clock.js';
import type { Io } from '../../src/io/io.js';
import type { Logger } from '../../src/io/log.js';
import { createPm2 } from '../../src/io/pm2-client.js';
import type { Pm2 } from '../../src/io/pm2.js';
import { freePort } from '../free-port.js';
import { pm2 as pm2Cli } from '../pm2-cli.js';
import { until } from '../until.js';
import { customers, type Crowd } from './customers.js';
import type { Place } from './place.js';

/** What one way of starting two workers anew came to for ten customers who ask without a pause. */
export interface Pm2Figures extends Crowd {
  readonly release: string;
  readonly way: string;
  readonly seconds: number;
}

const PATIENCE = { withinMs: 60_000, everyMs: 50 } as const;
const AFTER_MS = 2_000;

/** Finishes what it has on SIGINT, closes its connections, and listens BOOT ms after its start, or dies at boot. */
const APP = `
if (require('node:fs').existsSync(require('node:path').join(__dirname, 'sick'))) process.exit(1);
let draining = false;
const server = require('node:http').createServer((request, response) => setTimeout(() => {
  if (draining) response.setHeader('connection', 'close');
  response.end(String(process.pid));
}, 25));
setTimeout(() => server.listen(Number(process.env.PORT), '127.0.0.1'), Number(process.env.BOOT));
process.on('SIGINT', () => { draining = true; setTimeout(() => server.close(), 200); setTimeout(() => process.exit(0), 800); });
`;

const RELEASES = [
  { release: 'starts in 0.8 s', bootMs: 800, dies: false },
  { release: 'starts in 8 s', bootMs: 8_000, dies: false },
  { release: 'dies at boot', bootMs: 800, dies: true },
] as const;

type Way = readonly [name: string, run: (app: string, io: Io, home: string) => Promise<unknown>];

const WAYS: readonly Way[] = [
  ['pm2 restart', (app, _io, home) => pm2Cli(home, ['restart', app])],
  ['hypercare: pm2.reload', (app, io) => done(pm2Reload, {}, app, io)],
  ['hypercare: pm2.drain-restart', (app, io) => done(pm2DrainRestart, { steadyMs: 10_000 }, app, io)],
];

export async function benchPm2(place: Place, log: Logger, tell: (text: string) => void): Promise<readonly Pm2Figures[]> {
  const home = join(place.dir, 'pm2-repairs');
  await mkdir(home, { recursive: true, mode: 0o700 });
  place.later(() => pm2Cli(home, ['kill']));
  const pm2 = createPm2({ home, clock: systemClock, log });
  place.later(() => pm2.close());
  const figures: Pm2Figures[] = [];
  for (const one of RELEASES) {
    for (const way of WAYS) {
      tell(`pm2: ${one.release}, ${way[0]}`);
      figures.push(await measure({ home, pm2 }, one, way));
    }
  }
  return figures;
}

async function measure({ home, pm2 }: { readonly home: string; readonly pm2: Pm2 }, { release, bootMs, dies }: (typeof RELEASES)[number], [way, run]: Way): Promise<Pm2Figures> {
  const name = `app-${await freePort()}`;
  const { url, dir } = await startApp(home, name, bootMs);
  await until('both workers serve', async () => (await workersAt(url)) === 2, PATIENCE);
  if (dies) await writeFile(join(dir, 'sick'), '');
  const crowd = customers(url);
  const began = systemClock.monotonic();
  await run(name, { clock: systemClock, pm2 } as unknown as Io, home).catch(() => undefined);
  const seconds = (systemClock.monotonic() - began) / 1_000;
  await systemClock.sleep(bootMs + AFTER_MS);
  const figures = { release, way, seconds, ...(await crowd.leave()) };
  await pm2Cli(home, ['delete', name]);
  return figures;
}

async function startApp(home: string, name: string, bootMs: number): Promise<{ readonly url: string; readonly dir: string }> {
  const dir = join(home, name);
  const port = await freePort();
  await mkdir(dir);
  await writeFile(join(dir, 'app.cjs'), APP);
  const declared = { name, script: join(dir, 'app.cjs'), cwd: dir, instances: 2, exec_mode: 'cluster', kill_timeout: 3_000, env: { PORT: String(port), BOOT: String(bootMs) } };
  await writeFile(join(dir, 'ecosystem.json'), JSON.stringify({ apps: [declared] }));
  await pm2Cli(home, ['start', join(dir, 'ecosystem.json')]);
  return { url: `http://127.0.0.1:${port}`, dir };
}

async function workersAt(url: string): Promise<number> {
  const asked = Array.from({ length: 8 }, () => fetch(url, { headers: { connection: 'close' } }).then((answer) => answer.text(), () => null));
  return new Set((await Promise.all(asked)).filter((pid) => pid !== null)).size;
}

async function done<A>(repair: Repair<A>, args: A, name: string, io: Io): Promise<void> {
  const target: RepairTarget = { id: 'bench' as RepairTarget['id'], kind: 'app', name, url: null, options: {}, users: [], uses: [], processes: [name], release: null, running: null, ledger: [], checks: [], settleMs: 0 };
  const signal = AbortSignal.timeout(PATIENCE.withinMs);
  const prepared = await repair.prepare(target, args, io, signal);
  if ('refused' in prepared) throw new Error(prepared.refused);
  for (const step of repair.steps(target, args, prepared)) await step.act(prepared.witness, {}, io, signal);
}
