import { existsSync, statSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { HypercareError } from '../../../src/domain/errors.js';
import { systemClock } from '../../../src/io/clock.js';
import { createLogger } from '../../../src/io/log.js';
import { instancesOf } from '../../../src/io/pm2-acts.js';
import { createPm2 } from '../../../src/io/pm2-client.js';
import type { Pm2Options } from '../../../src/io/pm2-client.js';
import type { Pm2, Pm2Process } from '../../../src/io/pm2.js';
import { faultyApp, startPm2Home, until } from '../../doubles/pm2-home.js';
import type { Pm2Home, StartedApp } from '../../doubles/pm2-home.js';

const SECRET = 'payment-key-4711';
let own: Pm2Home;
let shop: StartedApp;
let pm2: Pm2;

beforeAll(async () => {
  own = await startPm2Home();
  shop = await own.startApp({ name: 'shop', env: { PAYMENT_KEY: SECRET } });
  await own.startApp({ name: 'web', cluster: 2 });
  pm2 = client(own.home);
});

afterAll(async () => {
  await pm2.close();
  await own.stop();
});

function client(home: string, options: Partial<Pm2Options> = {}): Pm2 {
  return createPm2({ home, clock: systemClock, log: createLogger({ format: 'json', level: 'silent' }), ...options });
}

function throwaway(home: string, options: Partial<Pm2Options> = {}): Pm2 {
  const made = client(home, options);
  onTestFinished(() => made.close());
  return made;
}

async function emptyHome(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'hc-none-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function named(name: string): Promise<readonly Pm2Process[]> {
  return (await pm2.list()).filter((one) => one.name === name);
}

async function only(name: string): Promise<Pm2Process> {
  const [one] = await named(name);
  if (one === undefined) throw new Error(`${name} is not listed`);
  return one;
}

async function failure(call: Promise<unknown>): Promise<HypercareError> {
  const thrown: unknown = await call.then(() => new Error('it did not fail'), (error: unknown) => error);
  if (thrown instanceof HypercareError) return thrown;
  throw thrown;
}

const startsOf = (instances: readonly Pm2Process[]): readonly number[] => instances.map((one) => one.startedAt);

test('a home without a daemon is dead to every call, and stays empty: nothing is started, nothing written', async () => {
  const home = await emptyHome();
  const none = throwaway(home);
  expect(await none.alive()).toBe(false);
  const errors = await Promise.all(
    [none.list(), none.restart('shop'), none.reload('shop'), none.stop('shop'), none.kill({ pmId: 0, pid: 1, startedAt: 0 }, 'SIGKILL')].map(failure),
  );
  expect(errors.map((error) => [error.code, error.errorClass])).toEqual(errors.map(() => ['pm2.dead', 'transient']));
  expect(await readdir(home)).toEqual([]);
});

test('a daemon that was killed leaves its files behind, and is dead all the same until it is back', async () => {
  const mortal = await startPm2Home();
  onTestFinished(() => mortal.stop());
  await mortal.pm2('ping');
  const seen = throwaway(mortal.home);
  expect(await seen.list()).toEqual([]);
  await mortal.killDaemon();
  expect(existsSync(join(mortal.home, 'rpc.sock'))).toBe(true);
  expect(await failure(seen.list())).toMatchObject({ code: 'pm2.dead' });
  await mortal.pm2('ping');
  expect(await seen.alive()).toBe(true);
});

test.skipIf(process.getuid?.() !== 0)('the daemon of another user is a clear error, and the process lives on', async () => {
  const denied = throwaway(own.home);
  process.seteuid?.(65_534);
  try {
    expect(await failure(denied.list())).toMatchObject({ code: 'pm2.denied', errorClass: 'denied' });
    expect(await denied.alive()).toBe(false);
  } finally {
    process.seteuid?.(0);
  }
  expect(await denied.alive()).toBe(true);
});

test.each(['shopp', 'all', 'default', '0', '/sh/', '*', ''])('"%s" is no name of a process: the error tells the names, and nothing is touched', async (name) => {
  const before = startsOf(await pm2.list());
  for (const error of await Promise.all([pm2.restart(name), pm2.reload(name), pm2.stop(name)].map(failure))) {
    expect(error).toMatchObject({ code: 'pm2.unknown_process', errorClass: 'invalid' });
    expect(error.message).toContain('shop, web');
  }
  expect(startsOf(await pm2.list())).toEqual(before);
});

test('a script\'s path is no name either', async () => {
  expect(await failure(pm2.restart(shop.script))).toMatchObject({ code: 'pm2.unknown_process' });
});

test('the process that asks is never acted upon', async () => {
  const self = { ...(await only('shop')), pid: process.pid };
  const hands = { home: own.home, clock: systemClock, actTimeoutMs: 1, list: async () => [self], call: async () => null };
  expect(await failure(instancesOf(hands, 'shop'))).toMatchObject({ code: 'pm2.own_process', errorClass: 'denied' });
});

test('the list tells each instance, and nothing of any environment', async () => {
  const listed = await pm2.list();
  expect(listed.map((one) => `${one.name} ${one.mode} ${one.status}`).sort()).toEqual(['shop fork online', 'web cluster online', 'web cluster online']);
  expect(await only('shop')).toMatchObject({ execPath: shop.script, cwd: shop.cwd, nodeVersion: process.versions.node, restarts: 0, autorestart: true });
  expect((await only('shop')).memoryBytes).toBeGreaterThan(10_000_000);
  const raw = await own.pm2('jlist');
  expect(raw, 'PM2 itself does show it').toContain(SECRET);
  expect(JSON.stringify(listed)).not.toContain(SECRET);
});

test('a restart gives the process a new start, keeps its environment and takes nothing of ours along', async () => {
  process.env['HC_WATCHDOG_TOKEN'] = 'bot-token';
  onTestFinished(() => void delete process.env['HC_WATCHDOG_TOKEN']);
  const before = await only('shop');
  const web = startsOf(await named('web'));
  await pm2.restart('shop');
  const after = await only('shop');
  expect(after.startedAt).toBeGreaterThan(before.startedAt);
  expect(after).toMatchObject({ pmId: before.pmId, restarts: before.restarts + 1, status: 'online' });
  expect(startsOf(await named('web'))).toEqual(web);
  const environ = await readFile(`/proc/${after.pid}/environ`, 'utf8');
  expect(environ).toContain(SECRET);
  expect(environ).not.toContain('bot-token');
  expect(await own.pm2('jlist')).not.toContain('bot-token');
});

test('a restart of a process that is being restarted says that PM2 is busy, and is not done', async () => {
  await own.startApp({ name: 'stubborn', code: `process.on('SIGINT', () => {}); ${faultyApp}`, awaitAnswer: true, pm2: { kill_timeout: 1_000 } });
  onTestFinished(() => own.pm2('delete', 'stubborn').then(() => undefined));
  const first = pm2.restart('stubborn');
  await until('it to be stopping', async () => (await only('stubborn')).status === 'stopping');
  expect(await failure(pm2.restart('stubborn'))).toMatchObject({ code: 'pm2.busy', errorClass: 'transient' });
  await first;
  expect(await only('stubborn')).toMatchObject({ status: 'online', restarts: 1 });
});

test('a reload replaces every worker of a cluster', async () => {
  const before = await named('web');
  await pm2.reload('web');
  const after = await named('web');
  expect(after.map((one) => one.status)).toEqual(['online', 'online']);
  expect(after.filter((one) => startsOf(before).includes(one.startedAt))).toEqual([]);
  expect(await readFile(join(own.home, 'reload.lock'), 'utf8'), 'the lock is given back').toBe('');
});

test('while another reload holds PM2\'s lock ours waits, and is done afterwards', async () => {
  const before = await only('web');
  const lock = join(own.home, 'reload.lock');
  await writeFile(lock, String(systemClock.now()));
  const reload = pm2.reload('web');
  await systemClock.sleep(300);
  expect(startsOf(await named('web'))).toContain(before.startedAt);
  await writeFile(lock, '');
  await reload;
  expect(startsOf(await named('web'))).not.toContain(before.startedAt);
});

test('a lock that is not given back in time is pm2.busy, and nothing is reloaded', async () => {
  const impatient = throwaway(own.home, { actTimeoutMs: 300 });
  const before = startsOf(await named('web'));
  await writeFile(join(own.home, 'reload.lock'), String(systemClock.now()));
  expect(await failure(impatient.reload('web'))).toMatchObject({ code: 'pm2.busy', errorClass: 'transient' });
  await writeFile(join(own.home, 'reload.lock'), '');
  expect(startsOf(await named('web'))).toEqual(before);
});

test('when somebody else restarted the process while ours waited, it is not reloaded a second time', async () => {
  await writeFile(join(own.home, 'reload.lock'), String(systemClock.now()));
  const reload = failure(pm2.reload('shop'));
  await systemClock.sleep(100);
  await own.pm2('restart', 'shop');
  const restarts = (await only('shop')).restarts;
  await writeFile(join(own.home, 'reload.lock'), '');
  expect((await reload).message).toContain('somebody else');
  expect((await only('shop')).restarts).toBe(restarts);
});

test('a lock that was forgotten half a minute ago is no lock', async () => {
  const before = await only('shop');
  await writeFile(join(own.home, 'reload.lock'), String(systemClock.now() - 31_000));
  await pm2.reload('shop');
  expect((await only('shop')).restarts).toBe(before.restarts + 1);
});

test('a kill ends the pid it names, and PM2 starts the process again', async () => {
  const before = await only('shop');
  expect(await pm2.kill(before, 'SIGKILL')).toBe(true);
  await until('shop to be back', async () => {
    const now = await only('shop');
    return now.status === 'online' && now.startedAt !== before.startedAt;
  });
});

test('a pid that PM2 no longer lists with that start time is not signalled', async () => {
  const now = await only('shop');
  expect(await pm2.kill({ ...now, startedAt: now.startedAt - 1 }, 'SIGKILL')).toBe(false);
  expect(await pm2.kill({ ...now, pid: process.pid }, 'SIGKILL')).toBe(false);
  expect((await only('shop')).pid).toBe(now.pid);
});

test('a stopped process is listed without pid, memory and CPU, and cannot be killed', async () => {
  await pm2.stop('shop');
  const stopped = await only('shop');
  expect(stopped).toMatchObject({ status: 'stopped', pid: 0, memoryBytes: null, cpuPercent: null });
  expect(await pm2.kill(stopped, 'SIGKILL')).toBe(false);
  await pm2.restart('shop');
  expect((await only('shop')).status).toBe('online');
});

test('a frozen daemon is a timeout within the deadline, for the calls beside it too, and answers again once it thaws', async () => {
  const hasty = throwaway(own.home, { timeoutMs: 250 });
  await hasty.list();
  await own.freeze();
  try {
    const began = performance.now();
    const errors = await Promise.all([failure(hasty.list()), failure(hasty.restart('shop'))]);
    expect(errors.map((error) => [error.code, error.errorClass])).toEqual([['pm2.timeout', 'transient'], ['pm2.timeout', 'transient']]);
    expect(await hasty.alive()).toBe(false);
    expect(performance.now() - began).toBeLessThan(1_500);
  } finally {
    await own.thaw();
  }
  const restarts = (await only('shop')).restarts;
  expect((await hasty.list()).length).toBe(3);
  expect((await only('shop')).restarts, 'the restart was never sent: its list came first').toBe(restarts);
});

test('a daemon that dies in the middle of a call is dead, without waiting for the deadline', async () => {
  const mortal = await startPm2Home();
  onTestFinished(() => mortal.stop());
  await mortal.pm2('ping');
  const seen = throwaway(mortal.home, { timeoutMs: 20_000 });
  await seen.list();
  await mortal.freeze();
  const call = failure(seen.list());
  await mortal.killDaemon();
  expect(await call).toMatchObject({ code: 'pm2.dead' });
});

test('several homes are spoken to from one process, and neither PM2_HOME nor ~/.pm2 is touched', async () => {
  const elsewhere = join(await emptyHome(), 'never');
  const usual = join(homedir(), '.pm2');
  const touched = (): number | null => (existsSync(usual) ? statSync(usual).mtimeMs : null);
  const before = touched();
  process.env['PM2_HOME'] = elsewhere;
  onTestFinished(() => void delete process.env['PM2_HOME']);
  const other = await startPm2Home();
  onTestFinished(() => other.stop());
  await other.startApp({ name: 'cart' });
  const second = throwaway(other.home);
  await second.restart('cart');
  await second.reload('cart');
  await pm2.reload('shop');
  expect((await second.list()).map((one) => [one.name, one.restarts])).toEqual([['cart', 2]]);
  expect((await pm2.list()).map((one) => one.name)).not.toContain('cart');
  expect(existsSync(elsewhere)).toBe(false);
  expect(touched()).toBe(before);
});

/** A daemon that gives this reply to every call, over PM2's own server side of the wire. */
async function answering(reply: unknown): Promise<Pm2> {
  const home = await emptyHome();
  const axon = createRequire(import.meta.url)('pm2/modules/pm2-axon/index.js') as { socket(type: 'rep'): RepSocket };
  const server = axon.socket('rep');
  onTestFinished(() => server.close());
  server.on('message', (_message, answer) => answer(reply));
  await new Promise<void>((resolve) => {
    server.on('bind', () => resolve());
    server.bind(join(home, 'rpc.sock'));
  });
  return throwaway(home);
}

interface RepSocket {
  on(event: 'message' | 'bind', listen: (message: unknown, answer: (reply: unknown) => void) => void): void;
  bind(path: string): void;
  close(): void;
}

test('an answer that is no list is an error, not a PM2 without processes', async () => {
  const odd = await answering({ args: [{}] });
  expect(await failure(odd.list())).toMatchObject({ code: 'pm2.failed' });
});

test.each([
  ['a text', 'Script not found'],
  ['an array of errors', [{ message: 'Script not found' }, { message: 'and more' }]],
  ['an object of the daemon\'s', { type: 'param', msg: 'Script not found' }],
])('an error that comes as %s is told by its text', async (_, error) => {
  const odd = await answering({ error });
  const told = await failure(odd.list());
  expect(told).toMatchObject({ code: 'pm2.failed', errorClass: 'permanent' });
  expect(told.message).toContain('Script not found');
});

test('after close no call is made', async () => {
  const done = client(own.home);
  await done.list();
  await done.close();
  expect(await failure(done.list())).toMatchObject({ code: 'pm2.closed' });
  expect(await done.alive()).toBe(false);
});
