import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { listPm2 } from '../../scripts/pm2-cli.js';
import { compile } from '../doubles/compiled.js';
import { faultyApp, startPm2Home, until } from '../doubles/pm2-home.js';
import { brisk } from '../scenarios/brisk.js';

/** A reload of two workers is two calls, one after the other: killed between them, its monitor leaves one worker as it was. */
it('a monitor that is killed half way through a reload leaves no worker standing still, and does not call that good by itself', { timeout: 240_000 }, async () => {
  const home = await startPm2Home();
  const compiled = await compile('monitoring/main.ts');
  const dir = mkdtempSync(join(tmpdir(), 'hypercare-half-'));
  onTestFinished(async () => {
    await home.stop();
    compiled.remove();
    rmSync(dir, { recursive: true, force: true });
  });
  const app = await home.startApp({ name: 'halved', cluster: 2, code: faultyApp });
  writeFileSync(join(dir, 'hypercare.yaml'), brisk(home, `apps:
  halved:
    url: ${app.url}
    endpoints: [{ path: /, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
    runbook: { hang: [pm2.reload, pm2.restart], all-endpoints-failing: [pm2.reload, pm2.restart], endpoint-failing: [pm2.reload, pm2.restart] }
policy: { default: act-and-tell }
`)(dir));
  const start = () => {
    const child = compiled.start(`process.env.HYPERCARE_CONFIG = ${JSON.stringify(join(dir, 'hypercare.yaml'))};\nawait import('./monitoring/main.js');`);
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => (text += String(chunk)));
    onTestFinished(() => void child.kill('SIGKILL'));
    return { child, said: () => text };
  };
  const pids = async () => (await listPm2(home.home)).filter(({ name }) => name === 'halved').map(({ pid }) => pid as number);
  const still = (pid: number): boolean => {
    try {
      return /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  };

  const first = start();
  await until('its watch to be on', () => first.said().includes('launch of halved halved began'), 30_000);
  const frozen = await pids();
  for (const pid of frozen) process.kill(pid, 'SIGSTOP');
  await until('the reload to begin', () => first.said().includes('pm2.reload on halved began'), 60_000);
  await until('the first worker to be replaced', async () => (await pids()).some((pid) => !frozen.includes(pid)), 20_000);
  const died = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await died;
  await until('PM2 to be done with that worker', () => frozen.filter(still).length === 1, 20_000);

  const second = start();
  await until('the incident to be over', () => second.said().includes('incident over'), 180_000);
  expect(second.said()).toContain('pm2.reload on halved ended: failed');
  expect(second.said()).toContain('pm2.restart mended it');
  expect(frozen.map(still)).toEqual([false, false]);
  expect((await pids()).some((pid) => frozen.includes(pid))).toBe(false);
  expect(second.said()).not.toContain('good again by itself');
});
