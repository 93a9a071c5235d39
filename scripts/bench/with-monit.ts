import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { childEnv } from '../../src/io/child-env.js';
import { systemClock } from '../../src/io/clock.js';
import { freePort } from '../free-port.js';
import { run } from '../run.js';
import { askShop, type Shop } from '../shop/shop.js';
import { until } from '../until.js';
import { startChild } from './child.js';
import type { Contender } from './contender.js';
import type { Place } from './place.js';
import { BENCH_FAULTS } from './bench-fault.js';

/** Monit pauses the tests of what it restarted for its start timeout, which counts in seconds; a cycle goes by besides. */
const START_TIMEOUT_S = 2;
const REST_MS = (START_TIMEOUT_S + 2) * 1_000;
const OPEN = { withinMs: 30_000, everyMs: 50 };
const NOTHING_WITHIN_MS = 5_000;

/** The program, where it is installed; looked for as the shell would. */
export function findMonit(): string | null {
  return (childEnv()['PATH'] ?? '').split(delimiter).concat('/usr/sbin', '/usr/local/sbin').map((dir) => join(dir, 'monit')).find((file) => existsSync(file)) ?? null;
}

/** Monit at its quickest, a cycle a second and no second look, running a copy of the shop by itself: one process, no PM2. */
export async function monit(place: Place, program: string, of: Shop): Promise<Contender> {
  const dir = join(place.dir, 'monit');
  const port = await freePort();
  const files = await writeFiles(dir, of, port);
  place.later(() => run(files.stop, [], { timeoutMs: NOTHING_WITHIN_MS }));
  const daemon = startChild(program, ['-I', '-c', files.control]);
  place.later(() => daemon.stop());
  const shop: Shop = { ...of, port, url: `http://127.0.0.1:${port}` };
  await until('Monit has started its shop', async () => {
    if (daemon.ended !== null) throw new Error(`Monit ended (${daemon.ended}): ${daemon.lines.map(({ text }) => text).slice(-3).join(' · ')}`);
    return (await askShop(shop, '/'))?.status === 200;
  }, OPEN);
  return {
    name: 'Monit',
    url: `${shop.url}/`,
    dataDir: join(dir, 'data'),
    sees: BENCH_FAULTS,
    workers: async () => [Number(await readFile(files.pid, 'utf8'))],
    calm: () => systemClock.sleep(REST_MS),
    noticedAt: async (since) => daemon.lines.find(({ at }) => at >= since)?.at ?? null,
    mend: async () => void (await run(files.start, [], { timeoutMs: OPEN.withinMs })),
  };
}

async function writeFiles(dir: string, { places }: Shop, port: number) {
  const files = { control: join(dir, 'control'), start: join(dir, 'start'), stop: join(dir, 'stop'), pid: join(dir, 'pid'), log: join(dir, 'log') };
  const data = join(dir, 'data');
  await mkdir(join(data, 'faults'), { recursive: true });
  await writeFile(join(data, 'prices.json'), await readFile(join(places.data, 'prices.json')));
  // The shell in between waits for the shop, or it would stay a zombie; what answers nowhere yet counts as not started.
  await script(files.start, `
    cd ${places.current} || exit 1
    : >${files.log}
    (PORT=${port} SHOP_DATA=${data} NODE_ENV=production ${process.execPath} server.js >>${files.log} 2>&1 & echo $! >${files.pid}; wait) &
    until grep -q open ${files.log}; do sleep 0.02; done`);
  await script(files.stop, `kill -9 $(cat ${files.pid})`);
  await writeFile(files.control, control(files, dir, port));
  await chmod(files.control, 0o600);
  return files;
}

function control(files: { readonly start: string; readonly stop: string; readonly pid: string }, dir: string, port: number): string {
  return `set daemon 1
set pidfile ${join(dir, 'monit.pid')}
set idfile ${join(dir, 'monit.id')}
set statefile ${join(dir, 'monit.state')}
check process shop with pidfile ${files.pid}
  start program = "${files.start}" with timeout ${START_TIMEOUT_S} seconds
  stop program = "${files.stop}" with timeout ${START_TIMEOUT_S} seconds
  if failed host 127.0.0.1 port ${port} type tcp protocol http request "/" responsetime 500 milliseconds with timeout 1 seconds then restart
`;
}

async function script(file: string, lines: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${lines.trim().replaceAll('\n    ', '\n')}\n`);
  await chmod(file, 0o700);
}
