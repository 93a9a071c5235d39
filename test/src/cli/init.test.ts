import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startPm2Home, type Pm2Home, type StartedApp } from '../../doubles/pm2-home.js';
import { cli } from './run.js';

const PASSWORD = 'gehe im';

let pm2: Pm2Home;
let tree: string;
let blog: StartedApp;
let front: StartedApp;
let dir: string;

beforeAll(async () => {
  pm2 = await startPm2Home();
  tree = realpathSync(mkdtempSync(join(tmpdir(), 'hc-init-tree-')));
  writeFileSync(join(tree, '.env'), `DATABASE_URL="postgres://blog:${PASSWORD}@127.0.0.1:1/blog"\n`);
  blog = await pm2.startApp({ name: 'blog', cwd: tree });
  execFileSync('git', ['init', '--quiet'], { cwd: tree });
  execFileSync('git', ['add', '--all', '--', ':!.env'], { cwd: tree });
  execFileSync('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@shop.example', 'commit', '--quiet', '--message', 'first'], { cwd: tree });
  front = await pm2.startApp({ name: 'Front', cluster: 2, env: { REDIS_URL: 'redis://127.0.0.1:1/0' } });
  await pm2.startApp({ name: 'worker', code: 'setInterval(() => undefined, 1000);', awaitAnswer: false });
}, 60_000);
afterAll(async () => {
  await pm2.stop();
  rmSync(tree, { recursive: true, force: true });
});
beforeEach(() => (dir = realpathSync(mkdtempSync(join(tmpdir(), 'hc-init-')))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const run = (words: readonly string[], env: Readonly<Record<string, string>> = { PM2_HOME: pm2.home }) =>
  cli({ dir, now: 0, meanwhile: async () => undefined }, ['init', '--config', join(dir, 'hypercare.yaml'), ...words], { env });
const written = () => parse(readFileSync(join(dir, 'hypercare.yaml'), 'utf8')) as Record<string, unknown>;
const envText = () => readFileSync(join(dir, '.env'), 'utf8');

describe('hypercare init --yes', () => {
  it('watches what PM2 runs, as it is found: addresses, git trees, and the servers that settings name', async () => {
    const { exit, stdout } = await run(['--yes']);
    expect({ exit, stdout }).toMatchObject({ exit: 0 });
    expect(written()).toMatchObject({
      apps: {
        blog: { url: blog.url.replace(/\/$/, ''), release: { mode: 'in-place', dir: tree }, uses: ['postgres'] },
        front: { pm2: 'Front', url: front.url.replace(/\/$/, ''), uses: ['redis'] },
      },
      policy: { default: 'observe' },
      people: [{ name: 'ann', role: 'approver', terminal: 'ann' }],
    });
    expect(stdout).toContain('worker: no port that speaks HTTP');
    expect(stdout.replace(/\s+/g, ' ')).toContain(`Next: HYPERCARE_CONFIG=${join(dir, 'hypercare.yaml')} npm start`);
  });

  it('writes a configuration that the check finds right', async () => {
    await run(['--yes']);
    const check = await cli({ dir, now: 0, meanwhile: async () => undefined }, ['config', 'check', join(dir, 'hypercare.yaml'), '--json'], { env: { PM2_HOME: pm2.home } });
    expect(JSON.parse(check.stdout)).toMatchObject({ ok: true, mistakes: [], warnings: [] });
  });

  it('puts addresses with passwords into a file that its owner alone can read, and shows them nowhere', async () => {
    const { stdout } = await run(['--yes', '--json']);
    expect(envText()).toContain(`BLOG_DATABASE_URL="postgres://blog:${PASSWORD}@127.0.0.1:1/blog"`);
    expect(statSync(join(dir, '.env')).mode & 0o777).toBe(0o600);
    expect(stdout + readFileSync(join(dir, 'hypercare.yaml'), 'utf8')).not.toContain(PASSWORD);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, written: true, apps: [{ name: 'Front' }, { name: 'blog' }, { name: 'worker', url: null }] });
  });

  it('leaves what stands in .env as it is, and adds to it', async () => {
    writeFileSync(join(dir, '.env'), 'TOKEN=1\nBLOG_DATABASE_URL=mine');
    const { stdout } = await run(['--yes']);
    expect(envText()).toBe('TOKEN=1\nBLOG_DATABASE_URL=mine\nFRONT_REDIS_URL=redis://127.0.0.1:1/0\n');
    expect(stdout).toContain('BLOG_DATABASE_URL stood in .env before');
  });
});

describe('hypercare init', () => {
  it('never writes over a configuration that is there', async () => {
    writeFileSync(join(dir, 'hypercare.yaml'), 'apps: {}\n');
    const { exit, stderr } = await run(['--yes']);
    expect({ exit, stderr }).toMatchObject({ exit: 2, stderr: expect.stringContaining('there is a configuration already') as string });
    expect(readFileSync(join(dir, 'hypercare.yaml'), 'utf8')).toBe('apps: {}\n');
  });

  it.each([
    ['HYPERCARE_CONFIG names', [], 'said.yaml'],
    ['--config names, before HYPERCARE_CONFIG', ['--config', 'other.yaml'], 'other.yaml'],
  ])('writes the file that %s', async (_, words, file) => {
    const { exit, stdout } = await cli({ dir, now: 0, meanwhile: async () => undefined }, ['init', '--yes', ...words], { env: { PM2_HOME: pm2.home, HYPERCARE_CONFIG: 'said.yaml' } });
    expect({ exit, stdout }).toMatchObject({ exit: 0, stdout: expect.stringContaining(join(dir, file)) as string });
    expect(readdirSync(dir).filter((name) => name.endsWith('.yaml'))).toEqual([file]);
    expect(stdout.replace(/\s+/g, ' ')).toContain(words.length === 0 ? 'Next: npm start' : `Next: HYPERCARE_CONFIG=${join(dir, file)} npm start`);
  });

  it('says in its help how another file is named', async () => {
    const { stdout } = await run(['--help']);
    expect(stdout).toContain('--config');
  });

  it('asks nobody where there is no terminal, and says how it goes without', async () => {
    const { exit, stderr } = await run([]);
    expect(exit).toBe(2);
    expect(stderr).toContain('hypercare init --yes');
  });

  it('says that no PM2 runs, and starts none', async () => {
    mkdirSync(join(dir, 'none'));
    const { exit, stderr } = await run(['--yes'], { PM2_HOME: join(dir, 'none') });
    expect(exit).toBe(2);
    expect(stderr).toContain('no PM2 runs for');
  });

  it('says so where nothing can be written', async () => {
    const { exit, stderr } = await cli({ dir, now: 0, meanwhile: async () => undefined }, ['init', '--yes', '--config', join(dir, 'nowhere', 'hypercare.yaml')], { env: { PM2_HOME: pm2.home } });
    expect(exit).toBe(3);
    expect(stderr).toContain('cannot be written');
  });
});
