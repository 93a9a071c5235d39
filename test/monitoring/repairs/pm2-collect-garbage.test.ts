import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { pm2CollectGarbage } from '../../../monitoring/repairs/pm2-collect-garbage.js';
import type { Io } from '../../../src/io/io.js';
import { repairContract } from '../../contracts/repair.js';
import { faultyApp, startPm2Home, until } from '../../doubles/pm2-home.js';
import type { AppOptions, Pm2Home } from '../../doubles/pm2-home.js';
import { instancesOf, ioOf, prepareStep } from '../../doubles/pm2-repair.js';
import { openPm2World, refusedOfAll } from '../../doubles/pm2-world.js';

/** Holds 200 MB of garbage again a while after it was collected. */
const LITTERING = `
const litter = () => { let kept = []; for (let n = 0; n < 20; n += 1) kept.push(Buffer.alloc(10 * 1048576, 1)); kept = []; };
let low = 0;
setInterval(() => { low = process.memoryUsage.rss() < 200 * 1048576 ? low + 1 : 0; if (low === 10) litter(); }, 150);
litter();
`;

const LITTERED = 190 * 1_048_576;

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

async function littered(name: string, at = io): Promise<void> {
  await until('it to hold garbage, and to offer its actions', async () => (await instancesOf(at, name)).every(({ memoryBytes, actions }) => (memoryBytes ?? 0) > LITTERED && actions.length > 0));
}

repairContract({
  repair: pm2CollectGarbage,
  async open() {
    const world = await openPm2World({ home, app: { code: LITTERING }, args: {}, essence: (instances) => instances.map(({ pmId, startedAt }) => ({ pmId, startedAt })) });
    await littered(world.app.name);
    return world;
  },
  refused: {
    ...refusedOfAll(),
    'what is stopped': (at) => at.io.pm2.stop(at.target.processes[0] ?? ''),
  },
});

async function started(options: AppOptions): Promise<void> {
  await home.startApp(options);
  onTestFinished(async () => void (await home.pm2('delete', options.name)));
}

test('the garbage of each worker is given back, and no worker is restarted', async () => {
  await started({ name: 'crowd', code: LITTERING, cluster: 2 });
  await littered('crowd');
  const before = await instancesOf(io, 'crowd');
  const collect = await prepareStep(pm2CollectGarbage, 'crowd', {}, io);
  const { before: held, after } = (await collect.act()) as { before: number; after: number };
  expect(after).toBeLessThan(held * 0.7);
  expect((await instancesOf(io, 'crowd')).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
});

test('the app’s own action is preferred', async () => {
  const code = `${LITTERING}
process.send({ type: 'axm:action', data: { action_name: 'gc', action_type: 'custom' } });
process.on('message', (message) => message === 'gc' && global.gc());`;
  await started({ name: 'own', code, pm2: { node_args: ['--expose-gc'], pmx: false } });
  await littered('own');
  const collect = await prepareStep(pm2CollectGarbage, 'own', {}, io);
  expect(collect.prepared.does[0]?.does).toBe('pm2 trigger own gc, one instance after the other');
  const { before: held, after } = (await collect.act()) as { before: number; after: number };
  expect(after).toBeLessThan(held * 0.7);
});

test('where nothing was freed the step fails, and says what is still held', async () => {
  await started({ name: 'hoarder', code: faultyApp, awaitAnswer: true });
  await until('it to offer its actions', async () => (await instancesOf(io, 'hoarder')).every(({ actions }) => actions.length > 0));
  const collect = await prepareStep(pm2CollectGarbage, 'hoarder', {}, io);
  await expect(collect.act()).rejects.toMatchObject({ code: 'repair.nothing_freed', message: expect.stringMatching(/still holds \d+ MiB of \d+ MiB/) as unknown });
  expect(await collect.position()).toBe('before');
});

test('an app without PM2’s agent and without an action is refused', async () => {
  await started({ name: 'plain', pm2: { pmx: false } });
  await expect(prepareStep(pm2CollectGarbage, 'plain', {}, io)).rejects.toThrow('"plain" offers no garbage collection: it runs without PM2\'s agent (pmx: false), and has no action named gc');
});
