import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { exitsBetween } from '../../../src/io/pm2-missed.js';
import type { Pm2Event } from '../../../src/io/pm2.js';
import { answers, startPm2Home, until } from '../../doubles/pm2-home.js';
import { client, emptyHome, SECRET, shopAndWeb } from './pm2-clients.js';

const QUICK = { timeoutMs: 2_000 };
const { own, shop, pm2 } = shopAndWeb({ PM2_WORKER_INTERVAL: '300' }, QUICK);
let heard: Pm2Event[];
let unsubscribe: () => void;

beforeEach(async () => {
  await until('shop to answer', () => answers(shop.url));
  heard = [];
  unsubscribe = await pm2.subscribe((event) => heard.push(event));
});

afterEach(() => unsubscribe());

async function hear(kind: Pm2Event['kind'], name: string, times = 1): Promise<void> {
  await until(`${times} × ${kind} of ${name}, heard: ${JSON.stringify(heard)}`, () => told(kind, name).length >= times);
}

function told(kind: Pm2Event['kind'], name: string): readonly Pm2Event[] {
  return heard.filter((event) => event.kind === kind && 'name' in event && event.name === name);
}

async function request(path: string): Promise<void> {
  await fetch(shop.url + path).catch(() => undefined);
}

test('a crash is one exit with its code, then an online', async () => {
  await request('exit?code=3');
  await hear('online', 'shop');
  expect(told('exit', 'shop')).toMatchObject([{ code: 3, signal: null, manual: false, overMemory: false }]);
});

test('a killed process tells its signal', async () => {
  const [before] = (await pm2.list()).filter((one) => one.name === 'shop');
  await pm2.kill(before!, 'SIGKILL');
  await hear('online', 'shop');
  expect(told('exit', 'shop')).toMatchObject([{ code: 0, signal: 'SIGKILL', manual: false }]);
});

test('an uncaught exception is told with its text, before the exit', async () => {
  await request('throw');
  await hear('online', 'shop');
  expect(heard.map((event) => event.kind)).toEqual(['connected', 'exception', 'exit', 'online']);
  expect(told('exception', 'shop')).toMatchObject([{ text: expect.stringContaining('thrown on request') as string }]);
});

test('a deliberate restart is one exit, and it is manual', async () => {
  await own.pm2('restart', 'shop');
  await hear('online', 'shop');
  expect(told('exit', 'shop')).toMatchObject([{ manual: true }]);
});

test('a reload of a cluster is one exit for each worker, under the worker\'s own number', async () => {
  const workers = (await pm2.list()).filter((one) => one.name === 'web');
  await pm2.reload('web');
  await hear('exit', 'web', 2);
  expect(told('exit', 'web').map((event) => 'pmId' in event && event.pmId).sort()).toEqual(workers.map((one) => one.pmId).sort());
});

test('what the bus told and what two lists tell have the same key', async () => {
  const before = await pm2.list();
  await pm2.restart('shop');
  await pm2.restart('web');
  await hear('online', 'web', 2);
  const fromBus = heard.flatMap((event) => (event.kind === 'exit' ? [event.dedupe] : []));
  expect(exitsBetween(before, await pm2.list()).map((exit) => exit.dedupe).sort()).toEqual(fromBus.sort());
  expect(fromBus).toHaveLength(3);
});

test('an app that dies at each boot ends in overlimit', async () => {
  await own.startApp({ name: 'stillborn', code: 'process.exit(1);', pm2: { max_restarts: 3, min_uptime: 60_000 } });
  await hear('overlimit', 'stillborn');
  await hear('exit', 'stillborn', 3);
  expect((await pm2.list()).find((one) => one.name === 'stillborn')).toMatchObject({ status: 'errored', pid: 0, exitCode: 1 });
});

test('a restart because of memory is told as such, and is not manual', async () => {
  const leaky = await own.startApp({ name: 'leaky', pm2: { max_memory_restart: '90M' } });
  expect((await pm2.list()).find((one) => one.name === 'leaky')?.maxMemoryRestartBytes).toBe(94_371_840);
  await fetch(`${leaky.url}leak?mb=80`).catch(() => undefined);
  await hear('exit', 'leaky');
  expect(told('exit', 'leaky')).toMatchObject([{ overMemory: true, manual: false }]);
});

test('no event carries a secret of an app\'s environment', async () => {
  await request('throw');
  await hear('online', 'shop');
  await pm2.restart('shop');
  await hear('online', 'shop', 2);
  expect(JSON.stringify(heard)).not.toContain(SECRET);
});

test('a second listener is told that the bus stands, and one that fails does not keep others from hearing', async () => {
  const second: Pm2Event[] = [];
  const stopFailing = await pm2.subscribe(() => {
    throw new Error('listener fails');
  });
  const stopSecond = await pm2.subscribe((event) => second.push(event));
  onTestFinished(() => (stopFailing(), stopSecond()));
  expect(second.map((event) => event.kind)).toEqual(['connected']);
  await pm2.restart('shop');
  await hear('online', 'shop');
  expect(second.map((event) => event.kind)).toEqual(['connected', 'exit', 'online']);
});

test('after unsubscribing nothing is heard', async () => {
  unsubscribe();
  await pm2.restart('shop');
  expect(heard.map((event) => event.kind)).toEqual(['connected']);
});

test('the bus survives the daemon\'s death and return: lost once, connected once, and events again', async () => {
  await own.pm2('save');
  await own.killDaemon();
  await until('lost', () => heard.at(-1)?.kind === 'lost');
  // The daemon's death leaves the app alive, and its port taken: it would answer in the place of the resurrected one.
  await request('exit');
  await own.pm2('resurrect');
  await until('shop to answer', () => answers(shop.url));
  await until('connected', () => heard.some((event, n) => n > 0 && event.kind === 'connected'));
  heard.length = 0;
  await request('exit?code=7');
  await hear('exit', 'shop');
  expect(told('exit', 'shop')).toMatchObject([{ code: 7 }]);
});

test('subscribing to a home without a daemon does not wait: it is told as lost, and connects once there is one', async () => {
  const late = await startPm2Home();
  const early = client(late.home, QUICK);
  onTestFinished(async () => {
    await early.close();
    await late.stop();
  });
  const events: Pm2Event[] = [];
  await early.subscribe((event) => events.push(event));
  expect(events.map((event) => event.kind)).toEqual(['lost']);
  await late.pm2('ping');
  await until('connected', () => events.at(-1)?.kind === 'connected');
  expect(events).toHaveLength(2);
});

test('closing while nothing could be reached yet ends the attempts', async () => {
  const none = client(await emptyHome(), QUICK);
  const events: Pm2Event[] = [];
  const subscribing = none.subscribe((event) => events.push(event));
  await none.close();
  await subscribing;
  expect(events).toEqual([]);
});
