import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { pm2Restart } from '../../../monitoring/repairs/pm2-restart.js';
import { systemClock } from '../../../src/io/clock.js';
import type { Io } from '../../../src/io/io.js';
import { restartAll } from '../../../src/io/pm2-acts.js';
import { openLine } from '../../../src/io/pm2-line.js';
import type { Step } from '../../../monitoring/repairs/repair.js';
import { appOf } from '../../doubles/pm2-list.js';
import { answers, faultyApp, startPm2Home, until } from '../../doubles/pm2-home.js';
import type { Pm2Home, StartedApp } from '../../doubles/pm2-home.js';
import { instancesOf, ioOf, positionsUntilAfter, prepareStep, restartsOf } from '../../doubles/pm2-repair.js';

let own: Pm2Home;
let shop: StartedApp;
let io: Io;

beforeAll(async () => {
  own = await startPm2Home();
  shop = await own.startApp({ name: 'shop' });
  io = ioOf(own.home);
});

afterAll(async () => {
  await io.pm2.close();
  await own.stop();
});

const prepare = (name = 'shop', at = io) => prepareStep(pm2Restart, name, {}, at);

test('with a dead daemon nothing can be told, and the act says why it failed', async () => {
  const mortal = await startPm2Home();
  await mortal.startApp({ name: 'shop' });
  const mortalIo = ioOf(mortal.home);
  onTestFinished(async () => {
    await mortalIo.pm2.close();
    await mortal.stop();
  });
  const restart = await prepare('shop', mortalIo);
  await mortal.killDaemon();
  expect(await restart.position()).toBe('unknown');
  await expect(restart.act()).rejects.toMatchObject({ code: 'pm2.dead' });
});

test('the app is restarted once, and answers again', async () => {
  const [before] = await restartsOf(io, 'shop');
  const restart = await prepare();
  expect(await restart.position()).toBe('before');
  expect(await restart.act()).toEqual({ asked: true });
  await positionsUntilAfter(restart);
  expect(await restartsOf(io, 'shop')).toEqual([before! + 1]);
  await until('shop to answer', () => answers(shop.url));
});

test('the step asked twice gives one restart: after the other', async () => {
  const [before] = await restartsOf(io, 'shop');
  const restart = await prepare();
  await restart.act();
  await positionsUntilAfter(restart);
  expect(await restart.act()).toEqual({ asked: false, position: 'after' });
  expect(await restartsOf(io, 'shop')).toEqual([before! + 1]);
});

test('the step asked twice gives one restart: at the same time, over two connections', async () => {
  const other = ioOf(own.home);
  onTestFinished(() => other.pm2.close());
  const heard: string[] = [];
  await other.pm2.subscribe((event) => void ('name' in event && event.name === 'shop' && heard.push(event.kind)));
  const restart = await prepare();
  await Promise.allSettled([restart.act(io), restart.act(other)]);
  await positionsUntilAfter(restart);
  await until('the new run to be told', () => heard.includes('online'));
  await own.pm2('ping');
  // PM2's own counter would not do: it stands still when the second request comes between the end and the new start.
  expect(heard).toEqual(['exit', 'online']);
});

test('when somebody else restarted the app since it was prepared, nothing is done', async () => {
  const restart = await prepare();
  await own.pm2('restart', 'shop');
  const [before] = await restartsOf(io, 'shop');
  expect(await restart.act()).toEqual({ asked: false, position: 'after' });
  expect(await restartsOf(io, 'shop')).toEqual([before]);
});

test('what PM2 gave up is started again', async () => {
  const code = "if (!require('node:fs').existsSync('well')) process.exit(1); setInterval(() => {}, 60000);";
  const app = await own.startApp({ name: 'given-up', code, pm2: { max_restarts: 1, min_uptime: 60_000 } });
  await until('PM2 to give up', async () => (await instancesOf(io, 'given-up'))[0]?.status === 'errored');
  const restart = await prepare('given-up');
  expect(await restart.position()).toBe('before');
  await writeFile(join(app.cwd, 'well'), '');
  await restart.act();
  await positionsUntilAfter(restart);
  expect((await instancesOf(io, 'given-up'))[0]?.status).toBe('online');
});

test.each([
  ['PM2 gave up under a growing restart delay', { exp_backoff_restart_delay: 100, max_restarts: 3, min_uptime: 60_000 }],
  ['PM2 waits with, for long', { restart_delay: 600_000 }],
])('what %s is stopped and restarted, a step each', async (_, pm2) => {
  const name = `waiting-${'restart_delay' in pm2 ? 'long' : 'for-ever'}`;
  const code = "if (!require('node:fs').existsSync('well')) process.exit(1); setInterval(() => {}, 60000);";
  const app = await own.startApp({ name, code, pm2 });
  const enough = 'restart_delay' in pm2 ? 0 : 2;
  await until('PM2 to hold it back', async () => (await instancesOf(io, name)).some(({ status, restarts }) => status === 'waiting restart' && restarts >= enough));
  const target = appOf([name]);
  const prepared = await pm2Restart.prepare(target, {}, io, new AbortController().signal);
  if ('refused' in prepared) throw new Error(prepared.refused);
  const [stop, start] = pm2Restart.steps(target, {}, prepared);
  const position = (step: Step | undefined) => step?.state(prepared.witness, {}, io);
  const act = (step: Step | undefined) => step?.act(prepared.witness, {}, io, new AbortController().signal);
  expect([stop?.name, start?.name]).toEqual([`stop ${name}`, `restart ${name}`]);
  expect([await position(stop), await position(start)]).toEqual(['before', 'moving']);
  await writeFile(join(app.cwd, 'well'), '');
  expect(await act(stop)).toEqual({ asked: true });
  expect([await position(stop), await position(start)]).toEqual(['after', 'before']);
  expect(await act(stop)).toEqual({ asked: false, position: 'after' });
  await act(start);
  await until('the start to be done', async () => (await position(start)) === 'after');
  expect((await instancesOf(io, name))[0]?.status).toBe('online');
  expect([await position(stop), await act(start)]).toEqual(['after', { asked: false, position: 'after' }]);
});

test('an aborted act lets go at once; what PM2 was asked goes on, and the step tells', async () => {
  await own.startApp({ name: 'stubborn', code: `process.on('SIGINT', () => {}); ${faultyApp}`, awaitAnswer: true, pm2: { kill_timeout: 1_000 } });
  const restart = await prepare('stubborn');
  const aborting = new AbortController();
  const act = restart.act(io, aborting.signal);
  await until('PM2 to be at it', async () => (await restart.position()) === 'moving');
  aborting.abort(new Error('shutting down'));
  await expect(act).rejects.toThrow('shutting down');
  expect(await restart.position()).toBe('moving');
  expect((await positionsUntilAfter(restart)).at(-1)).toBe('after');
});

test('a restart that a frozen daemon did not answer fires after the thaw, once, and is never taken for undone', async () => {
  const [before] = await restartsOf(io, 'shop');
  const restart = await prepare();
  const hasty = ioOf(own.home, { timeoutMs: 400 });
  onTestFinished(() => hasty.pm2.close());
  // The daemon freezes in the one moment in which a restart can be lost: it has answered the list, and is asked to restart.
  const line = await openLine(own.home, 1_000);
  const hands = {
    home: own.home,
    clock: systemClock,
    actTimeoutMs: 300,
    list: async () => hasty.pm2.list().finally(() => own.freeze()),
    call: (method: string, args: readonly unknown[], timeoutMs: number) => line.call(method, args, timeoutMs),
  };
  const freezing = { ...hasty, pm2: { ...hasty.pm2, restart: (name: string) => restartAll(hands, name) } };
  await expect(restart.act(freezing)).rejects.toMatchObject({ code: 'pm2.timeout' });
  expect(await restart.position(hasty)).toBe('unknown');
  await own.thaw();
  const positions = await positionsUntilAfter(restart);
  expect(positions).not.toContain('before');
  expect(await restart.act()).toEqual({ asked: false, position: 'after' });
  expect(await restartsOf(io, 'shop')).toEqual([before! + 1]);
});
