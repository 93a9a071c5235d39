import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { descriptorShare } from '../../../src/io/descriptor-use.js';
import { until } from '../../doubles/pm2-home.js';

/** It may open a hundred files and sockets, and opens so many. */
const HOARDER = "const { openSync } = require('node:fs'); for (let n = 0; n < 60; n += 1) openSync('/dev/null'); process.stdout.write('open'); setInterval(() => undefined, 1000);";

it('tells which part of what a process may open is open, and nothing of one that is gone', async () => {
  const child = spawn('prlimit', ['--nofile=100:100', process.execPath, '-e', HOARDER], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const share = await descriptorShare(child.pid as number);
  expect(share).toBeGreaterThan(0.6);
  expect(share).toBeLessThan(1);
  child.kill('SIGKILL');
  await until('it to be gone', async () => (await descriptorShare(child.pid as number)) === null);
  expect(await descriptorShare(0)).toBeNull();
});
