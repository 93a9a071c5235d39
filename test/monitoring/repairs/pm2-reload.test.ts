import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { pm2Reload } from '../../../monitoring/repairs/pm2-reload.js';
import type { Io } from '../../../src/io/io.js';
import { startPm2Home, until } from '../../doubles/pm2-home.js';
import type { Pm2Home, StartedApp } from '../../doubles/pm2-home.js';
import { instancesOf, ioOf, positionsUntilAfter, prepareStep, restartsOf } from '../../doubles/pm2-repair.js';

let own: Pm2Home;
let web: StartedApp;
let io: Io;

beforeAll(async () => {
  own = await startPm2Home();
  web = await own.startApp({ name: 'web', cluster: 2 });
  await own.startApp({ name: 'single' });
  io = ioOf(own.home);
});

afterAll(async () => {
  await io.pm2.close();
  await own.stop();
});

const prepare = (name: string) => prepareStep(pm2Reload, name, {}, io);

/**
 * Counts refused connections of one request after the other, each over its own connection, until stopped. A connection
 * that PM2 handed to an ending worker may be reset, or never be answered: hence the deadline.
 */
function hammer(url: string): { stop(): Promise<{ readonly asked: number; readonly refused: number }> } {
  let going = true;
  const counts = { asked: 0, refused: 0 };
  const done = (async () => {
    while (going) {
      counts.asked += 1;
      const request = fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(1_000) });
      await request.then((answer) => answer.text()).catch((error: { cause?: { code?: string } }) => {
        if (error.cause?.code === 'ECONNREFUSED') counts.refused += 1;
      });
    }
  })();
  return {
    async stop() {
      going = false;
      await done;
      return counts;
    },
  };
}

test('every worker of a cluster is replaced, and no connection is refused meanwhile', async () => {
  const before = await instancesOf(io, 'web');
  const reload = await prepare('web');
  expect(await reload.position()).toBe('before');
  const clients = hammer(web.url);
  expect(await reload.act()).toEqual({ asked: true });
  await positionsUntilAfter(reload);
  const { asked, refused } = await clients.stop();
  const after = await instancesOf(io, 'web');
  expect(after.map((one) => one.pid).filter((pid) => before.some((one) => one.pid === pid))).toEqual([]);
  expect(asked).toBeGreaterThan(2);
  expect(refused).toBe(0);
});

test('while it is under way it is moving', async () => {
  const reload = await prepare('web');
  const act = reload.act();
  const positions = await positionsUntilAfter(reload);
  await act;
  expect(positions).toContain('moving');
});

test('the step asked twice gives one reload', async () => {
  const before = await restartsOf(io, 'web');
  const other = ioOf(own.home);
  onTestFinished(() => other.pm2.close());
  const reload = await prepare('web');
  const outcomes = await Promise.allSettled([reload.act(io), reload.act(other)]);
  expect(outcomes.map((one) => one.status)).toContain('fulfilled');
  await positionsUntilAfter(reload);
  expect(await reload.act()).toEqual({ asked: false, position: 'after' });
  expect(await restartsOf(io, 'web')).toEqual(before.map((count) => count + 1));
});

test('in fork mode it is a restart, and people are told so before they say yes', async () => {
  const [before] = await restartsOf(io, 'single');
  const reload = await prepare('single');
  expect(reload.prepared.notes).toEqual(['single: one instance in fork mode, online: its reload is a restart, and nothing answers until it has started']);
  await reload.act();
  await positionsUntilAfter(reload);
  expect(await restartsOf(io, 'single')).toEqual([before! + 1]);
});

test('a reload into a release that dies at boot still ends the step, for the checks to judge', async () => {
  const code = "if (require('node:fs').existsSync('sick')) process.exit(1); setInterval(() => {}, 60000);";
  const flaky = await own.startApp({ name: 'flaky', cluster: 1, code, pm2: { max_restarts: 1, min_uptime: 60_000, listen_timeout: 300 } });
  const reload = await prepare('flaky');
  await writeFile(join(flaky.cwd, 'sick'), '');
  await reload.act();
  await positionsUntilAfter(reload);
  await until('PM2 to give up', async () => (await instancesOf(io, 'flaky'))[0]?.status === 'errored');
  expect(await reload.position()).toBe('after');
});
