import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { standsStill } from '../../../src/io/process-state.js';
import { until } from '../../doubles/pm2-home.js';

it.each([{ name: 'node' }, { name: 'a) T (b' }])('tells a process called “$name” that a signal has stopped, until it goes on', async ({ name }) => {
  const dir = await mkdtemp(join(tmpdir(), 'hc-still-'));
  const program = join(dir, name);
  await symlink(process.execPath, program);
  const child = spawn(program, ['-e', "process.stdout.write('runs'); setInterval(() => undefined, 1_000);"], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });
  await once(child.stdout, 'data');
  const pid = child.pid as number;
  expect(await standsStill(pid)).toBe(false);
  child.kill('SIGSTOP');
  await until('it to be seen standing', () => standsStill(pid));
  child.kill('SIGCONT');
  await until('it to be seen going on', async () => !(await standsStill(pid)));
});

it('claims nothing of what cannot be read', async () => {
  expect(await Promise.all([0, -1, Number.NaN, 4_194_711].map(standsStill))).toEqual([false, false, false, false]);
});
