import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listPm2 } from '../../scripts/pm2-cli.js';
import { compile, type Compiled } from '../doubles/compiled.js';
import { startPm2Home, until, type Pm2Home } from '../doubles/pm2-home.js';

let home: Pm2Home;
let scratch: string;
let compiled: Compiled;
/** Whom a dead daemon left behind, to be ended if the test does not see it. */
let left: readonly number[] = [];

beforeAll(async () => {
  home = await startPm2Home();
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'hypercare-orphans-')));
  compiled = await compile('monitoring/main.ts', 'bot/main.ts');
  const config = join(scratch, 'hypercare.yaml');
  writeFileSync(config, `data_dir: ${scratch}\npm2_home: ${home.home}\n`);
  const apps = ['monitor', 'bot'].map((one) => ({
    name: `hypercare-${one}`, script: join(compiled.dir, one === 'bot' ? 'bot' : 'monitoring', 'main.js'), cwd: compiled.dir, pmx: false, treekill: false, env: { HYPERCARE_CONFIG: config },
  }));
  writeFileSync(join(scratch, 'own.config.json'), JSON.stringify({ apps }));
  await home.pm2('start', join(scratch, 'own.config.json'));
  await atWork(1);
}, 120_000);

afterAll(async () => {
  for (const pid of left) if (await lives(pid)) process.kill(pid, 'SIGKILL');
  await home.stop();
  compiled.remove();
  rmSync(scratch, { recursive: true, force: true });
});

it.each(['reload all', 'restart all', 'update'])('after “pm2 %s” both are at work again, each once', { timeout: 120_000 }, async (words) => {
  const before = (await listPm2(home.home)).map(({ pid }) => pid);
  const begun = await timesBegun();
  await home.pm2(...words.split(' '));
  await atWork(begun + 1);
  const listed = await listPm2(home.home);
  expect(listed.map(({ name, status }) => [name, status])).toEqual([['hypercare-monitor', 'online'], ['hypercare-bot', 'online']]);
  expect(await Promise.all(before.map(lives))).toEqual([false, false]);
});

it('after PM2’s daemon died, monitor and bot live on until it is back, and then give way to the new ones', { timeout: 180_000 }, async () => {
  await home.pm2('save');
  left = (await listPm2(home.home)).map(({ pid }) => pid);

  await home.killDaemon();
  expect(await Promise.all(left.map(lives))).toEqual([true, true]);

  await home.pm2('resurrect');
  await until('the old ones to give way', async () => !(await Promise.all(left.map(lives))).includes(true), 60_000);
  const listed = await listPm2(home.home);
  expect(listed.map(({ name, status }) => [name, status])).toEqual([['hypercare-monitor', 'online'], ['hypercare-bot', 'online']]);
  expect(listed.some(({ pid }) => left.includes(pid))).toBe(false);
});

/** How often the one of the two that began seldom did. */
async function timesBegun(): Promise<number> {
  const told = await logged();
  return Math.min(...['watches', 'speaks'].map((word) => told.split(word).length - 1));
}

async function atWork(times: number): Promise<void> {
  await until('both to be at work', async () => (await timesBegun()) >= times, 60_000);
}

async function logged(): Promise<string> {
  const files = ['monitor', 'bot'].map((one) => join(home.home, 'logs', `hypercare-${one}-out.log`));
  return (await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')))).join('');
}

/** Of this home, for a pid may be another's by now. */
async function lives(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).includes(home.home);
}
