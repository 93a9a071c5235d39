import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/io/clock.js';
import { instancesOf } from '../../../src/io/pm2-acts.js';
import { faultyApp, until } from '../../doubles/pm2-home.js';
import { failure, SECRET, shopAndWeb, startsOf } from './pm2-clients.js';

const { own, shop, pm2, named, only } = shopAndWeb();

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

test('a restart of a process that is being restarted is that restart: it starts once', async () => {
  const code = `require('node:fs').appendFileSync('starts', 'x'); process.on('SIGINT', () => {}); ${faultyApp}`;
  const { cwd } = await own.startApp({ name: 'stubborn', code, awaitAnswer: true, pm2: { kill_timeout: 1_000 } });
  onTestFinished(() => own.pm2('delete', 'stubborn').then(() => undefined));
  const first = pm2.restart('stubborn');
  await until('it to be stopping', async () => (await only('stubborn')).status === 'stopping');
  await Promise.all([first, pm2.restart('stubborn')]);
  await until('it to have started', async () => (await readFile(join(cwd, 'starts'), 'utf8')).length > 1);
  expect(await readFile(join(cwd, 'starts'), 'utf8')).toBe('xx');
  expect(await only('stubborn')).toMatchObject({ status: 'online' });
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
