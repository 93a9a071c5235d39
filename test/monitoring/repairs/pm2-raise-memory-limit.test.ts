import { totalmem } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pm2RaiseMemoryLimit } from '../../../monitoring/repairs/pm2-raise-memory-limit.js';
import type { Io } from '../../../src/io/io.js';
import { repairContract } from '../../contracts/repair.js';
import { startPm2Home, until } from '../../doubles/pm2-home.js';
import type { Pm2Home } from '../../doubles/pm2-home.js';
import { appOf, ioListing, listed } from '../../doubles/pm2-list.js';
import { instancesOf, ioOf, prepareStep } from '../../doubles/pm2-repair.js';
import { openPm2World, refusedOfAll } from '../../doubles/pm2-world.js';

const MIB = 1_048_576;

/** Tells what of its environment must live through the change. */
const TELLING = "require('node:http').createServer((request, response) => response.end(JSON.stringify([process.env.KEPT, process.env.current_conf]))).listen(Number(process.env.PORT), '127.0.0.1');";

let home: Pm2Home;
let io: Io;

beforeAll(async () => {
  home = await startPm2Home({ PM2_WORKER_INTERVAL: '200' });
  io = ioOf(home.home);
});
afterAll(async () => {
  await io.pm2.close();
  await home.stop();
});

describe.each([['in a cluster of two', 2], ['in fork mode', undefined]] as const)('%s', (_, cluster) => {
  repairContract({
    repair: pm2RaiseMemoryLimit,
    open: () => openPm2World({
      home, args: {}, app: { pm2: { max_memory_restart: '300M' }, ...(cluster === undefined ? {} : { cluster }) },
      essence: (instances) => instances.map(({ pmId, maxMemoryRestartBytes, status }) => ({ pmId, maxMemoryRestartBytes, status })),
    }),
    refused: cluster === undefined ? {} : {
      ...refusedOfAll(),
      'an app without a limit': async ({ target }) => ({ io: ioListing([listed({ name: target.processes[0] ?? '' })]) }),
      'instances with different limits': async ({ target }) => ({ io: ioListing([1, 2].map((pmId) => listed({ pmId, name: target.processes[0] ?? '', maxMemoryRestartBytes: pmId * 100 * MIB }))) }),
      'more than the machine has': async ({ target }) => ({ io: ioListing([listed({ name: target.processes[0] ?? '', maxMemoryRestartBytes: 2 * totalmem() })]) }),
      'what is stopped': async ({ target }) => ({ io: ioListing([listed({ name: target.processes[0] ?? '', status: 'stopped', maxMemoryRestartBytes: 100 * MIB })]) }),
    },
  });
});

test('the new limit is the one that PM2 goes by, and the environment stays as it was', async () => {
  const hungry = `${TELLING} globalThis.kept = Buffer.alloc(60 * 1048576, 1);`;
  const app = await home.startApp({ name: 'hungry', code: hungry, env: { KEPT: 'as it was' }, pm2: { max_memory_restart: '90M' } });
  await until('PM2 to restart it for its memory', async () => (await instancesOf(io, 'hungry')).some(({ restarts }) => restarts >= 2));
  await until('it to be online', async () => (await instancesOf(io, 'hungry')).every(({ status }) => status === 'online'));
  const raise = await prepareStep(pm2RaiseMemoryLimit, 'hungry', {}, io);
  expect(raise.prepared.does.map(({ does }) => does)).toEqual(['pm2 reload hungry with max_memory_restart 135 MB, now 90 MB']);
  expect(raise.prepared.wayBack).toBe('pm2 restart hungry --max-memory-restart 90M');
  await raise.act();
  await until('the step to be done', async () => (await raise.position()) === 'after');
  const [after] = await instancesOf(io, 'hungry');
  expect(after?.maxMemoryRestartBytes).toBe(135 * MIB);
  await until('PM2 to have looked at it several times', async () => io.clock.now() - ((await instancesOf(io, 'hungry'))[0]?.startedAt ?? Number.MAX_VALUE) > 1_500);
  expect((await instancesOf(io, 'hungry'))[0]?.startedAt).toBe(after?.startedAt);
  expect(await (await fetch(app.url)).json()).toEqual(['as it was', null]);
});

test('a limit that somebody else changed meanwhile is not written over unseen', async () => {
  const prepared = await pm2RaiseMemoryLimit.prepare(appOf(['shop']), {}, ioListing([listed({ maxMemoryRestartBytes: 100 * MIB })]), new AbortController().signal);
  if ('refused' in prepared) throw new Error(prepared.refused);
  const [step] = pm2RaiseMemoryLimit.steps(appOf(['shop']), {}, prepared);
  expect(await step?.state(prepared.witness, {}, ioListing([listed({ maxMemoryRestartBytes: 400 * MIB })]))).toBe('unknown');
});

test('a limit that a person has set since is not taken back', async () => {
  await home.startApp({ name: 'raised', code: TELLING, pm2: { max_memory_restart: '300M' }, awaitAnswer: true });
  const raise = await prepareStep(pm2RaiseMemoryLimit, 'raised', {}, io);
  const receipt = await raise.act();
  await until('the step to be done', async () => (await raise.position()) === 'after');
  await home.pm2('restart', 'raised', '--max-memory-restart', '700M');
  const [set] = await instancesOf(io, 'raised');
  await raise.step.undo?.(receipt, io, new AbortController().signal);
  const [left] = await instancesOf(io, 'raised');
  expect([left?.maxMemoryRestartBytes, left?.startedAt]).toEqual([700 * MIB, set?.startedAt]);
});
