import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pm2Stop } from '../../../monitoring/repairs/pm2-stop.js';
import type { Io } from '../../../src/io/io.js';
import { repairContract } from '../../contracts/repair.js';
import { answers, startPm2Home, until } from '../../doubles/pm2-home.js';
import type { Pm2Home, StartedApp } from '../../doubles/pm2-home.js';
import { appOf, ioListing, listed } from '../../doubles/pm2-list.js';
import { instancesOf, ioOf, prepareStep, restartsOf } from '../../doubles/pm2-repair.js';
import { openPm2World, refusedOfAll } from '../../doubles/pm2-world.js';

/** Serves, and ends itself again and again once it is told to. */
const LOOPING = `
const sick = () => require('node:fs').existsSync(require('node:path').join(__dirname, 'sick'));
if (sick()) process.exit(1);
require('node:http').createServer((request, response) => response.end('ok')).listen(Number(process.env.PORT), '127.0.0.1');
`;

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
  repair: pm2Stop,
  open: () => openPm2World({ home, app: {}, args: {}, essence: (instances) => instances.map(({ pmId, status }) => ({ pmId, status })) }),
  refused: {
    ...refusedOfAll(),
    'what has crashed for the last time long ago': async ({ target }) => ({ io: { ...ioListing([listed({ name: target.processes[0] ?? '' })]), clock: { ...io.clock, now: () => 3_600_000 } } }),
    'what is stopped already': (at) => at.io.pm2.stop(at.target.processes[0] ?? ''),
  },
});

async function looping(name: string, pm2: Readonly<Record<string, unknown>>, cluster?: number): Promise<StartedApp> {
  const app = await home.startApp({ name, code: LOOPING, awaitAnswer: true, pm2: { min_uptime: 0, max_restarts: 100_000, ...pm2 }, ...(cluster === undefined ? {} : { cluster }) });
  await writeFile(join(app.cwd, 'sick'), '');
  await home.pm2('restart', name);
  await until('it to loop', async () => (await restartsOf(io, name)).every((count) => count >= 4));
  return app;
}

test.each<[string, Readonly<Record<string, unknown>>, number?]>([
  ['as fast as PM2 can', {}],
  ['as fast as PM2 can, in a cluster of two', {}, 2],
  ['with a delay between', { restart_delay: 150 }],
  ['with a growing delay', { exp_backoff_restart_delay: 50 }],
])('a loop %s ends, and goes on no more', async (how, pm2, cluster) => {
  const name = `loop-${how.length}`;
  const app = await looping(name, pm2, cluster);
  const stop = await prepareStep(pm2Stop, name, {}, io);
  await stop.act();
  await until('the step to be done', async () => (await stop.position()) === 'after');
  const ended = await restartsOf(io, name);
  await io.clock.sleep(1_000);
  expect(await restartsOf(io, name)).toEqual(ended);
  expect((await instancesOf(io, name)).map(({ status }) => status)).toEqual(ended.map(() => 'stopped'));
  await rm(join(app.cwd, 'sick'));
  await stop.step.undo?.({}, io, new AbortController().signal);
  await until('it to serve again', () => answers(app.url));
});

test('in the midst of a loop a look never takes it for stopped', async () => {
  await looping('flicker', {});
  const stop = await prepareStep(pm2Stop, 'flicker', {}, io);
  const seen = new Set<string>();
  for (let looks = 0; looks < 60; looks += 1) seen.add(await stop.position());
  expect([...seen]).toEqual(['before']);
});

test('people are told how it fares, what it costs and how to go back, before they say yes', async () => {
  const now = 1_000_000;
  const fares = { ...ioListing([listed({ restarts: 110, startedAt: now - 2_000, status: 'launching' })]), clock: { ...io.clock, now: () => now } };
  const prepared = await pm2Stop.prepare(appOf(['shop']), {}, fares, new AbortController().signal);
  if ('refused' in prepared) throw new Error(prepared.refused);
  expect(prepared.does.map(({ does }) => does)).toEqual(['pm2 stop shop']);
  expect(prepared.wayBack).toBe('pm2 restart shop');
  expect(prepared.notes[0]).toBe('shop: one instance in fork mode, launching; restarted 110 times, the last time 2 s ago');
  expect(prepared.notes.slice(1).join('; ')).toMatch(/^the machine: a load of [\d.]+ on \d+ cores; it is away from then on, until somebody starts it$/);
});
