import { availableParallelism, totalmem } from 'node:os';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { pm2ScaleDown } from '../../../monitoring/repairs/pm2-scale-down.js';
import { pm2ScaleUp } from '../../../monitoring/repairs/pm2-scale-up.js';
import type { Io } from '../../../src/io/io.js';
import type { Pm2Process } from '../../../src/io/pm2.js';
import { repairContract } from '../../contracts/repair.js';
import { startPm2Home, until } from '../../doubles/pm2-home.js';
import type { Pm2Home, StartedApp } from '../../doubles/pm2-home.js';
import { appOf, ioListing, listed } from '../../doubles/pm2-list.js';
import { instancesOf, ioOf, prepareStep } from '../../doubles/pm2-repair.js';
import { openPm2World, refusedOfAll, type Pm2World } from '../../doubles/pm2-world.js';

/** Says which of the instances it is, and what of its environment must be in a copy too. */
const TELLING = "require('node:http').createServer((request, response) => response.end(JSON.stringify([process.pid, process.env.NODE_APP_INSTANCE, process.env.KEPT]))).listen(Number(process.env.PORT), '127.0.0.1');";

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

const count = (instances: readonly Pm2Process[]): number => instances.length;
const workers = (name: string, fields: Partial<Pm2Process>, n = 1): Io => ioListing(Array.from({ length: n }, (_, pmId) => listed({ pmId, name, mode: 'cluster', ...fields })));
const nameOf = ({ target }: Pick<Pm2World<unknown>, 'target'>): string => target.processes[0] ?? '';

repairContract({
  repair: pm2ScaleUp,
  open: () => openPm2World({ home, app: { cluster: 1 }, args: { by: 1 }, essence: count }),
  refused: {
    ...refusedOfAll(),
    'fork mode': async (at) => ({ io: workers(nameOf(at), { mode: 'fork' }) }),
    'more workers than cores': async (at) => ({ io: workers(nameOf(at), {}, availableParallelism()) }),
    'more memory than there is': async (at) => ({ io: workers(nameOf(at), { memoryBytes: totalmem() }) }),
    'an app with a worker that is down': async (at) => ({ io: workers(nameOf(at), { status: 'errored' }) }),
  },
});

repairContract({
  repair: pm2ScaleDown,
  open: () => openPm2World({ home, app: { cluster: 3 }, args: { to: 1 }, essence: count }),
  refused: {
    ...refusedOfAll(),
    'fork mode': async (at) => ({ io: workers(nameOf(at), { mode: 'fork' }, 2) }),
    'the last worker': async (at) => ({ args: {}, io: workers(nameOf(at), {}) }),
  },
});

async function instances(app: StartedApp): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  for (let asked = 0; asked < 12; asked += 1) seen.add((await (await fetch(app.url, { headers: { connection: 'close' } })).text()).replace(/^\[\d+,/, ''));
  return seen;
}

test('a worker more shares the port and has its environment, and the way back ends the newest', async () => {
  const app = await home.startApp({ name: 'shop', code: TELLING, cluster: 1, awaitAnswer: true, env: { KEPT: 'as it was' } });
  onTestFinished(async () => void (await home.pm2('delete', 'shop')));
  const [first] = await instancesOf(io, 'shop');
  const up = await prepareStep(pm2ScaleUp, 'shop', { by: 1 }, io);
  expect(up.prepared.followUp).toEqual({ repair: 'pm2.scale-down', args: { process: 'shop', from: 2, to: 1 }, afterMs: 1_800_000 });
  await up.act();
  await until('both to serve', async () => (await instances(app)).size === 2);
  expect([...(await instances(app))].toSorted()).toEqual(['"0","as it was"]', '"1","as it was"]']);
  const down = await prepareStep(pm2ScaleDown, 'shop', { process: 'shop', to: 1 }, io);
  expect(await down.act()).toMatchObject({ ended: [expect.any(Number)] });
  expect(await down.position()).toBe('after');
  expect((await instancesOf(io, 'shop')).map(({ pmId, pid }) => ({ pmId, pid }))).toEqual([{ pmId: first?.pmId, pid: first?.pid }]);
});

test('the workers that a person has added since stay, whether it is taken back at once or half an hour later', async () => {
  await home.startApp({ name: 'busy', code: TELLING, cluster: 1, awaitAnswer: true });
  onTestFinished(async () => void (await home.pm2('delete', 'busy')));
  const up = await prepareStep(pm2ScaleUp, 'busy', { by: 1 }, io);
  const receipt = await up.act();
  await home.pm2('scale', 'busy', '4');
  const later = await pm2ScaleDown.prepare(appOf(['busy']), { process: 'busy', from: 2, to: 1 }, io, new AbortController().signal);
  expect(later).toMatchObject({ refused: '"busy" has 4 workers, and not the 2 that hypercare left: somebody scaled it since, and it stays so' });
  const before = (await instancesOf(io, 'busy')).map(({ pmId }) => pmId);
  await up.step.undo?.(receipt, io, new AbortController().signal);
  expect((await instancesOf(io, 'busy')).map(({ pmId }) => pmId)).toEqual([before[0], before[2], before[3]]);
});

test('a number of workers that a person has set since is not taken back', async () => {
  await home.startApp({ name: 'idle', code: TELLING, cluster: 3, awaitAnswer: true });
  onTestFinished(async () => void (await home.pm2('delete', 'idle')));
  const down = await prepareStep(pm2ScaleDown, 'idle', { to: 2 }, io);
  const receipt = await down.act();
  await home.pm2('scale', 'idle', '1');
  await down.step.undo?.(receipt, io, new AbortController().signal);
  expect(await instancesOf(io, 'idle')).toHaveLength(1);
});
