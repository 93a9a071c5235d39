import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/io/clock.js';
import { audit } from '../../../src/store/audits.js';
import { monitorSeen } from '../../../src/store/hosts.js';
import { syncPeople } from '../../../src/store/people.js';
import { compile, type Compiled } from '../../doubles/compiled.js';
import { broken, openStage, watchShop, type Stage } from '../commands/stage.js';
import { writeConfig } from './run.js';

let stage: Stage;
let compiled: Compiled;

beforeAll(async () => {
  stage = await openStage();
  await writeConfig(stage);
  await stage.store.write((tx) => syncPeople(tx, stage.hostId, [{ name: 'Me', role: 'approver', accounts: [{ platform: 'terminal', userId: userInfo().username }] }], stage.now));
  compiled = await compile('src/cli/main.ts');
});
afterAll(async () => {
  compiled.remove();
  await stage.close();
});

function start(...argv: readonly string[]) {
  const env = { PATH: process.env['PATH'] ?? '', HYPERCARE_CONFIG: join(stage.dir, 'hypercare.yaml'), HOME: stage.dir };
  return spawn(process.execPath, [join(compiled.dir, 'src/cli/main.js'), ...argv], { env, cwd: stage.dir, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function run(...argv: readonly string[]): Promise<{ readonly exit: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = start(...argv);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  const [exit] = (await once(child, 'close')) as [number | null];
  return { exit, stdout, stderr };
}

it('a real process reads the store, says who speaks, and ends with the exit code', async () => {
  expect(JSON.parse((await run('whoami', '--json')).stdout)).toMatchObject({ version: 1, name: 'Me', via: 'terminal', userId: userInfo().username });
  await watchShop(stage);
  const incident = await broken(stage);
  await stage.store.write((tx) => monitorSeen(tx, stage.hostId, systemClock.now()));
  const bad = await run('status', 'shop', '--json');
  expect(bad).toMatchObject({ exit: 1, stderr: '' });
  expect(JSON.parse(bad.stdout)).toMatchObject({ apps: [{ verdict: 'bad', incidents: [{ id: incident.id }] }] });
  const wrong = await run('stauts');
  expect(wrong).toMatchObject({ exit: 2, stdout: '' });
  expect(wrong.stderr).toContain('Did you mean “status”?');
});

it('lists the repairs there are', async () => {
  const listed = JSON.parse((await run('repairs', '--json')).stdout) as { repairs: { kind: string }[] };
  expect(listed.repairs.map(({ kind }) => kind)).toContain('pm2.reload');
});

it('a reader that stops reading is no failure', async () => {
  await stage.store.write(async (tx) => {
    for (let n = 0; n < 1_000; n += 1) await audit(tx, stage.hostId, { who: 'hypercare', what: `entry ${n}`, why: 'x'.repeat(300), body: {} }, stage.now);
  });
  const child = start('audit', '--limit', '1000', '--json');
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [exit] = (await once(child, 'close')) as [number | null];
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
});
