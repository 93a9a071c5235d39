import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/io/package-root.js';
import { listPm2 } from '../../scripts/pm2-cli.js';
import { type Pm2Home, startPm2Home } from '../doubles/pm2-home.js';

// A checkout of its own, with this one's scripts and two processes that merely stay alive in the place of monitor and bot.
// They look at no app, and a start that cannot tell how the apps are has failed: it exits with 1 and says so.
const STAYS = 'setInterval(() => undefined, 60_000);\nexport {};\n';

let home: Pm2Home;
let scratch: string;
let checkout: string;

beforeAll(async () => {
  home = await startPm2Home();
  scratch = await mkdtemp(join(tmpdir(), 'hypercare-start-'));
  checkout = makeCheckout('checkout');
  await home.startApp({ name: 'somebody-elses' });
});

afterAll(async () => {
  await home.stop();
  rmSync(scratch, { recursive: true, force: true });
});

describe('npm start', () => {
  it('refuses a configuration that is named and missing, and starts nothing', async () => {
    const { code, output } = await npm('start', { HYPERCARE_CONFIG: 'nowhere.yaml' });
    expect(code).toBe(2);
    expect(output).toContain('nowhere.yaml, and there is no such file');
    expect((await listPm2(home.home)).map((entry) => entry.name)).toEqual(['somebody-elses']);
  });

  it('builds, starts the sample shop, monitor and bot, and writes a configuration without asking', async () => {
    const { code, output } = await npm('start', { TELEGRAM_BOT_TOKEN: 'a secret' });
    expect(output).toContain('setting up the bundled sample shop');
    expect(output).toContain('TELEGRAM_BOT_TOKEN is set in this shell');
    expect(output).toContain('Monitor and bot run, but how the apps are cannot be told');
    expect(code).toBe(1);
    expect(await statuses()).toEqual({ 'somebody-elses': 'online', 'sample-shop': 'online', 'hypercare-monitor': 'online', 'hypercare-bot': 'online' });
    expect(readFileSync(join(scratch, 'data', 'hypercare.yaml'), 'utf8')).toContain('rung: ask');
    for (const { pid, name } of await listPm2(home.home)) {
      expect([name, readFileSync(`/proc/${pid}/environ`, 'utf8').includes('a secret')]).toEqual([name, false]);
    }
  });

  it('run again changes nothing, and says so', async () => {
    const before = await pids();
    const { code, output } = await npm('start');
    expect(output).toMatch(/Already running: hypercare-monitor \(pid \d+\) and hypercare-bot \(pid \d+\)\. Nothing was changed\./);
    expect(output).not.toContain('Building');
    expect(code).toBe(1);
    expect(await pids()).toEqual(before);
  });

  it('with a changed program starts monitor and bot anew, and nothing else', async () => {
    const before = await pids();
    appendFileSync(join(checkout, 'bot', 'main.ts'), '// changed\n');
    const { output } = await npm('start');
    expect(output).toContain('Building');
    expect(output).toContain('Started anew');
    const after = await pids();
    expect(Object.keys(after).filter((name) => String(after[name]) !== String(before[name])).sort()).toEqual(['hypercare-bot', 'hypercare-monitor']);
  });

  it('with a changed configuration starts monitor and bot anew, and nothing else', async () => {
    const before = await pids();
    appendFileSync(join(scratch, 'data', 'hypercare.yaml'), '# changed\n');
    const { output } = await npm('start');
    expect(output).toContain('Started anew, with program and configuration as they are now');
    const after = await pids();
    expect(Object.keys(after).filter((name) => String(after[name]) !== String(before[name])).sort()).toEqual(['hypercare-bot', 'hypercare-monitor']);
  });

  it('does not watch another configuration in secret while it runs', async () => {
    writeFileSync(join(checkout, 'hypercare.yaml'), 'apps: {}\n');
    const before = await pids();
    const { code, output } = await npm('start');
    expect(code).toBe(1);
    expect(output).toContain('already runs, with');
    expect(await pids()).toEqual(before);
    rmSync(join(checkout, 'hypercare.yaml'));
  });
});

describe('npm start with a bot that ends at once', () => {
  it('says so, and where to see why, instead of calling it started', async () => {
    const main = join(checkout, 'bot', 'main.ts');
    writeFileSync(main, 'process.exit(1);\nexport {};\n');
    const { code, output } = await npm('start');
    writeFileSync(main, STAYS);
    expect(output).toContain('hypercare-bot does not stay up');
    expect(output).toContain('npx pm2 logs hypercare-bot');
    expect(code).toBe(1);
    expect((await npm('start')).output).toContain('Monitor and bot run');
  });
});

describe('npm stop', () => {
  it('of another checkout leaves ours alone', async () => {
    const before = await pids();
    const other = makeCheckout('other');
    cpSync(join(checkout, 'dist'), join(other, 'dist'), { recursive: true });
    const { output } = await npm('stop', { HYPERCARE_HOME: join(scratch, 'other-data') }, other);
    expect(output).toContain('Left alone: hypercare-monitor');
    expect(output).toContain('Nothing to stop');
    expect(await pids()).toEqual(before);
  });

  it('ends monitor, bot and sample shop, and leaves the daemon and the others', async () => {
    const [daemon, others] = [await home.daemonPid(), (await pids())['somebody-elses']];
    const { code, output } = await npm('stop');
    expect(output).toContain('Stopped hypercare-monitor, hypercare-bot and sample-shop.');
    expect(code).toBe(0);
    expect(await pids()).toEqual({ 'somebody-elses': others });
    expect(await home.daemonPid()).toBe(daemon);
    expect((await npm('stop')).output).toContain('Nothing to stop');
  });

  it('ends what ran on after its daemon had died, and says so; what is another checkout’s it leaves', { timeout: 60_000 }, async () => {
    const mourned = await startPm2Home();
    const other = makeCheckout('mourning');
    cpSync(join(checkout, 'dist'), join(other, 'dist'), { recursive: true });
    try {
      for (const [at, name] of [[checkout, 'hypercare-monitor'], [checkout, 'hypercare-bot'], [other, 'hypercare-bot']] as const) {
        await mourned.pm2('start', join(at, 'dist', name === 'hypercare-bot' ? 'bot' : 'monitoring', 'main.js'), '--name', name, '--force');
      }
      const [monitor, bot, others] = (await listPm2(mourned.home)).map(({ pid }) => pid) as [number, number, number];
      await mourned.killDaemon();
      const { code, output } = await npm('stop', { PM2_HOME: mourned.home });
      expect(output).toBe(`Stopped hypercare-monitor (pid ${monitor}), which ran on after its PM2 daemon had died.\nStopped hypercare-bot (pid ${bot}), which ran on after its PM2 daemon had died.\n`);
      expect(code).toBe(0);
      expect([monitor, bot, others].map((pid) => existsSync(`/proc/${pid}/cwd`))).toEqual([false, false, true]);
      expect((await npm('stop', { PM2_HOME: mourned.home })).output).toContain('Nothing to stop');
    } finally {
      await mourned.stop();
    }
  });

  it('where nothing was ever built says so', async () => {
    const { code, output } = await npm('stop', {}, makeCheckout('unbuilt'));
    expect([code, output]).toEqual([0, expect.stringContaining('was never built')]);
  });

  it('without a daemon starts none', async () => {
    const pm2Home = join(scratch, 'no-pm2');
    expect((await npm('stop', { PM2_HOME: pm2Home })).output).toContain('Nothing to stop');
    expect(existsSync(join(pm2Home, 'pm2.pid'))).toBe(false);
  });
});

function makeCheckout(name: string): string {
  const [from, to] = [packageRoot(), join(scratch, name)];
  for (const part of ['package.json', 'package-lock.json', 'tsconfig.json', 'ecosystem.config.js', 'scripts', 'src/domain', 'src/io', 'src/config', 'src/policy', 'src/store', 'src/cards', 'bot/dashboard', 'monitoring/release']) {
    // With its times: a lock file younger than what is installed asks for a new install.
    cpSync(join(from, part), join(to, part), { recursive: true, preserveTimestamps: true });
  }
  writeFileSync(join(to, 'tsconfig.build.json'), JSON.stringify({ extends: './tsconfig.json', compilerOptions: { noEmit: false }, include: ['scripts/up.ts', 'scripts/down.ts', 'monitoring/main.ts', 'bot/main.ts'] }));
  for (const process of ['monitoring', 'bot']) {
    mkdirSync(join(to, process), { recursive: true });
    writeFileSync(join(to, process, 'main.ts'), STAYS);
  }
  symlinkSync(join(from, 'node_modules'), join(to, 'node_modules'));
  return to;
}

function npm(script: 'start' | 'stop', env: Readonly<Record<string, string>> = {}, cwd = checkout): Promise<{ code: number; output: string }> {
  const whole = { PATH: process.env['PATH'] ?? '', HOME: scratch, PM2_HOME: home.home, HYPERCARE_HOME: join(scratch, 'data'), ...env };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(cwd, 'scripts', `${script}.mjs`)], { cwd, env: whole, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, output: stdout + stderr }),
    );
  });
}

async function statuses(): Promise<Record<string, string>> {
  return Object.fromEntries((await listPm2(home.home)).map((entry) => [entry.name, entry.status]));
}

async function pids(): Promise<Record<string, number[]>> {
  const all: Record<string, number[]> = {};
  for (const { name, pid } of await listPm2(home.home)) all[name] = [...(all[name] ?? []), pid].sort();
  return all;
}
