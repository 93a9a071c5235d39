import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Pm2 } from '../../../src/io/pm2.js';
import { startPm2Home } from '../../doubles/pm2-home.js';
import { client, emptyHome, failure, SECRET, shopAndWeb, throwaway } from './pm2-clients.js';

const { own, shop, pm2, only } = shopAndWeb();

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

test('the list tells each instance, and nothing of any environment', async () => {
  const listed = await pm2.list();
  expect(listed.map((one) => `${one.name} ${one.mode} ${one.status}`).sort()).toEqual(['shop fork online', 'web cluster online', 'web cluster online']);
  expect(await only('shop')).toMatchObject({ execPath: shop.script, cwd: shop.cwd, nodeVersion: process.versions.node, restarts: 0, autorestart: true });
  expect((await only('shop')).memoryBytes).toBeGreaterThan(10_000_000);
  const raw = await own.pm2('jlist');
  expect(raw, 'PM2 itself does show it').toContain(SECRET);
  expect(JSON.stringify(listed)).not.toContain(SECRET);
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
