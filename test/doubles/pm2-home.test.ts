import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answers, startPm2Home, until } from './pm2-home.js';

function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: unknown }).code === 'ESRCH';
  }
}

test('a home starts apps with a minimal environment, and leaves no process and no file behind', async () => {
  process.env['HC_RUNNER_SECRET'] = 'of the test runner';
  const own = await startPm2Home();
  let daemon: number;
  let appPid: number;
  try {
    const app = await own.startApp({ name: 'shop', env: { COLOUR: 'green' } });
    expect(await answers(app.url)).toBe(true);
    daemon = await own.daemonPid();
    appPid = Number((await (await fetch(app.url)).text()).split(' ')[1]);
    const environ = await readFile(`/proc/${appPid}/environ`, 'utf8');
    expect(environ).toContain('COLOUR=green');
    expect(environ).not.toContain('HC_RUNNER_SECRET');
  } finally {
    delete process.env['HC_RUNNER_SECRET'];
    await own.stop();
  }
  expect(existsSync(own.home)).toBe(false);
  await until('daemon and app to be gone', () => [daemon, appPid].every(isGone));
});

test('a home with a frozen daemon and one with a killed daemon are stopped too', async () => {
  const own = await startPm2Home();
  const app = await own.startApp({ name: 'orphan', pm2: { pmx: false } });
  const appPid = Number((await (await fetch(app.url)).text()).split(' ')[1]);
  await own.killDaemon();
  expect(await answers(app.url), 'an app without the agent outlives its daemon').toBe(true);
  await own.stop();
  await until('the app to be gone', () => isGone(appPid));

  const frozen = await startPm2Home();
  await frozen.startApp({ name: 'shop' });
  await frozen.freeze();
  await frozen.stop();
  expect(existsSync(frozen.home)).toBe(false);
  expect(existsSync(join(homedir(), '.pm2', 'pids', 'shop-0.pid'))).toBe(false);
});
