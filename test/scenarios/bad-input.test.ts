import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import { systemClock } from '../../src/io/clock.js';
import { eventsSince } from '../../src/store/events.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { ledgerOf } from '../../src/store/releases.js';
import { listResources } from '../../src/store/resources.js';
import { compile, type Compiled } from '../doubles/compiled.js';
import { idleApp, startPm2Home, until, type Pm2Home } from '../doubles/pm2-home.js';
import { TelegramDouble } from '../doubles/telegram.js';
import { startWatched, type Watched } from '../doubles/watched.js';
import { masked } from './masked.js';
import { beginWatch, BRISK, type Watch } from './watch.js';

let home: Pm2Home;
let scratch: string;
let compiled: Compiled;
let server: Server;
let watch: Watched | null = null;

beforeAll(async () => {
  home = await startPm2Home();
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'hypercare-shop-')));
  compiled = await compile('monitoring/main.ts', 'bot/main.ts');
  server = createServer((_request, response) => void response.end('ok'));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
});

afterEach(async () => {
  await watch?.stop();
  watch = null;
});

afterAll(async () => {
  await home.stop();
  await new Promise((closed) => server.close(closed));
  compiled.remove();
  rmSync(scratch, { recursive: true, force: true });
});

function config(app: string, more = ''): (dataDir: string) => string {
  return (dataDir) => `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(home.home)}
apps:
  shop:
    ${app}
policy:
  default: act-and-tell
${more}${BRISK}`;
}

function url(): string {
  return `url: http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a way back that leads nowhere', () => {
  const base = () => join(scratch, 'srv');
  const notARepo = () => join(scratch, 'not-a-repo');

  /** Goes live as by `ln -sfn` and `pm2 restart`. */
  function release(name: string): void {
    const dir = join(base(), 'releases', name);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'app.cjs'), idleApp);
    writeFileSync(join(dir, 'REVISION'), `${name.repeat(40).slice(0, 40)}\n`);
    symlinkSync(`releases/${name}`, join(base(), 'next'));
    renameSync(join(base(), 'next'), join(base(), 'current'));
  }

  it('is refused with what is wrong and what to do, and all that was known stays known', { timeout: 90_000 }, async () => {
    mkdirSync(notARepo());
    release('a');
    writeFileSync(join(base(), 'shop.config.json'), JSON.stringify({ apps: [{ name: 'shop', cwd: join(base(), 'current'), script: join(base(), 'current/app.cjs') }] }));
    await home.pm2('start', join(base(), 'shop.config.json'));
    const first = await beginWatch(config(`${url()}\n    liveness: { path: /, every: 1s }\n    release: { mode: releases, dir: ${base()}, repo: ${notARepo()} }`));
    watch = first;
    await first.say('restore-point', 'shop', '--reason', 'it ran well for a year');
    release('b');
    await home.pm2('restart', 'shop');
    await until('the second release to be watched', async () => (await ledgerOf(first.store.db, first.app.id)).length === 2);
    rmSync(join(base(), 'releases/a'), { recursive: true });
    const said = [await first.say('rollback', 'shop', '--plan')];
    await first.stop({ keep: true });
    for (const [mode, dir] of [['releases', join(scratch, 'missing')], ['in-place', join(base(), 'releases/b')]] as const) {
      const other: Watch = await beginWatch(config(`release: { mode: ${mode}, dir: ${dir} }`), { keepDir: first.dir });
      watch = other;
      said.push(await other.say('rollback', 'shop', '--plan'));
      expect((await ledgerOf(other.store.db, other.app.id)).map(({ verdict }) => verdict)).toEqual(['watching', 'stable']);
      await other.stop({ keep: mode === 'releases' });
    }
    expect(said.join('')).toMatchInlineSnapshot(`
      "
      ! WARNING  shop: rollback is not possible
        there is no git repository in ‹dir›/not-a-repo (fatal: not a git repository (or any of the parent directories): .git). Correct the path of the repository in the config

      ! WARNING  shop: rollback is not possible
        ‹dir›/missing/current is not there, so nothing says what is live; correct the release's dir in the config, or make that link to the live release

      ! WARNING  shop: rollback is not possible
        ‹dir›/srv/releases/b is no git tree, so there is nothing to go back in; correct the release's dir or mode in the config
      "
    `);
  });
});

describe('a name that PM2 does not know', () => {
  it('is told with what is missing, and nothing is done to anything', { timeout: 60_000 }, async () => {
    watch = await startWatched(config('pm2: shpo'));
    const { store, monitor } = watch;
    await until('people to be called', async () => (await recentIncidents(store.db, monitor.ctx.hostId, 1))[0]?.state === 'escalated', 30_000);
    const [incident] = await recentIncidents(store.db, monitor.ctx.hostId, 1);
    expect([incident?.title, incident?.reason]).toMatchInlineSnapshot(`
      [
        "shpo is not in PM2's list: 0 of 0 instances online",
        "nothing is left to try: pm2.restart not possible (PM2 lists no process named "shpo"; start it, or correct the app's pm2 in the config); release.rollback not possible (What runs of shop is not known yet, so there is no way to say back from what)",
      ]
    `);
    expect(await run(['restore-point', 'shop', '--reason', 'because'], watch.dir)).toMatchInlineSnapshot(`
      "
      ! ERROR  no running release of shop has been seen yet: no worker is online
        Check that its processes run (pm2 status), wait for the next reading, and ask
        again.
      exit 3
      "
    `);
  });
});

describe('a PM2 daemon that dies', () => {
  it('is one incident of the host, blames no app, and is over when it is back', { timeout: 60_000 }, async () => {
    await home.startApp({ name: 'survivor', code: idleApp, awaitAnswer: false });
    await home.pm2('save');
    watch = await startWatched((dir) => config(`${url()}\n    liveness: { path: /, every: 500ms }`)(dir).replace('  shop:', '  survivor:').replace('default: act-and-tell', 'default: observe'));
    const { store, monitor } = watch;
    const told = async () => (await eventsSince(store.db, monitor.ctx.hostId, 0, 100)).map(({ kind }) => kind);
    const [app] = (await listResources(store.db, monitor.ctx.hostId)).filter(({ kind }) => kind === 'app');
    await until('a launch', async () => (await openLaunchOf(store.db, app?.id as never)) !== null);
    const orphans = await pidsOf('survivor');
    await home.killDaemon();
    try {
      await until('it to be told', async () => (await told()).includes('incident.escalated'));
      const then = systemClock.monotonic() + 4_000;
      await until('more looks', () => systemClock.monotonic() >= then);
      expect(await told()).toEqual(['monitor.started', 'launch.started', 'incident.opened', 'incident.escalated']);
      expect((await run(['status', 'survivor'], watch.dir)).replaceAll(/\s+/g, ' ')).toContain('PM2’s daemon has not answered since');
      expect((await run(['repair', 'pm2.reload', 'survivor', '--dry-run'], watch.dir)).replaceAll(/\s+/g, ' ')).toMatch(/no PM2 daemon runs for .* "pm2 resurrect" brings back.* exit 3/);
    } finally {
      for (const pid of orphans) if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGKILL');
    }
    await home.pm2('resurrect');
    await until('it to be told', async () => (await told()).includes('incident.resolved'));
    const then = systemClock.monotonic() + 3_000;
    await until('more looks', () => systemClock.monotonic() >= then);
    expect(await told()).toEqual(['monitor.started', 'launch.started', 'incident.opened', 'incident.escalated', 'incident.resolved']);
    expect((await recentIncidents(store.db, monitor.ctx.hostId, 10)).map(({ kind }) => kind)).toEqual(['pm2-dead']);
  });
});

async function pidsOf(name: string): Promise<readonly number[]> {
  const listed = JSON.parse((await home.pm2('jlist')).split('\n').at(-1) || '[]') as { name: string; pid: number }[];
  return listed.filter((one) => one.name === name).map(({ pid }) => pid);
}

describe('mistakes in the configuration', () => {
  it.each(['monitoring/main.js', 'bot/main.js'])('keep %s from starting, each with its line', async (main) => {
    const file = join(scratch, 'hypercare.yaml');
    writeFileSync(file, `data_dir: ${scratch}\napps:\n  shop:\n    url: http//127.0.0.1\n    livenes: { every: 30 }\npolicy:\n  default: act\n`);
    const { exit, stderr } = await start(main, { HYPERCARE_CONFIG: file }).ended;
    expect(exit).toBe(2);
    expect(masked(stderr).replace(/^.*does not start/, '… does not start')).toMatchInlineSnapshot(`
      "… does not start: its configuration has mistakes.
        ‹dir›/hypercare.yaml:4:10: apps.shop.url: must be a URL that begins with http:// or https://
        ‹dir›/hypercare.yaml:5:5: apps.shop.livenes: unknown key; did you mean "liveness"? (known here: pm2, url, endpoints, liveness, release, uses, limiters, limits, runbook)
        ‹dir›/hypercare.yaml:7:12: policy.default: must be one of observe, suggest, ask, act-and-tell; did you mean "act-and-tell"?
      "
    `);
  });
});

describe('a token that the platform does not accept', () => {
  it('is told in the log with what to do, and the bot goes on trying', { timeout: 60_000 }, async () => {
    const telegram = await TelegramDouble.start();
    watch = await startWatched(config(url()));
    const file = join(scratch, 'hypercare.yaml');
    writeFileSync(file, `${config(url())(watch.dir)}channels: { telegram: { api_root: '${telegram.wire.origin}', chat: -500 } }\n`);
    writeFileSync(join(scratch, '.env'), `TELEGRAM_BOT_TOKEN=${telegram.token.replace(/.$/, 'X')}\n`, { mode: 0o600 });
    const bot = start('bot/main.js', { HYPERCARE_CONFIG: file });
    try {
      await until('it to be told', () => bot.said().includes('could not be delivered'), 20_000);
      expect(bot.said()).toContain('Telegram does not accept TELEGRAM_BOT_TOKEN');
      expect(bot.said()).toContain('Ask @BotFather for the token');
      expect(bot.said()).toContain('it is tried again');
      expect(bot.said()).not.toContain(telegram.token.slice(8, -1));
    } finally {
      bot.kill();
      await bot.ended;
      await telegram.close();
    }
  });
});

describe('words at the terminal that lead nowhere', () => {
  it('get an answer that says what would, and a code for scripts', { timeout: 30_000 }, async () => {
    watch = await startWatched(config(url()));
    const said: string[] = [];
    for (const words of ['stauts', 'status shpo', 'repair pm2.reboot shop', 'repair pm2.restart', 'rollback shop --too abc1234', 'approve shop', 'restore-point shop', 'config check nowhere.yaml']) {
      said.push(`\n$ hypercare ${words}${await run(words.split(' '), watch.dir)}`);
    }
    expect(said.join('')).toMatchInlineSnapshot(`
      "
      $ hypercare stauts
      ! ERROR  there is no command “stauts”
        Did you mean “status”? Usage: status [app]. “hypercare help” lists all.
      exit 2

      $ hypercare status shpo
      ! ERROR  there is no app “shpo” here
        Did you mean “shop”? Watched are: shop.
      exit 2

      $ hypercare repair pm2.reboot shop
      ! ERROR  there is no repair “pm2.reboot”
        Did you mean “pm2.reload”? “repairs” lists them.
      exit 2

      $ hypercare repair pm2.restart
      ! ERROR  repair: <target> is missing
        Usage: repair <repair|general> <target> [--with name=value] [--dry-run], for
        example: repair pm2.reload shop
      exit 2

      $ hypercare rollback shop --too abc1234
      ! ERROR  rollback: there is no flag --too; did you mean --to?
        Usage: rollback <app> --reason <why> [--to <release>], or rollback <app>
        --plan, or rollback <app> --rehearse, for example: rollback shop --plan
      exit 2

      $ hypercare approve shop
      ! ERROR  about shop nothing was ever asked
        No question is open now.
      exit 2

      $ hypercare restore-point shop
      ! ERROR  restore-point: --reason is missing
        Usage: restore-point <app> --reason <why> [--force], for example:
        restore-point shop --reason "ran well for a year"
      exit 2

      $ hypercare config check nowhere.yaml
      ✗ ERROR  the configuration has 1 mistake
        ‹dir›/nowhere.yaml: there is no such file: copy
        hypercare.example.yaml there, or name another with HYPERCARE_CONFIG

        ‹dir›/nowhere.yaml
      exit 2
      "
    `);
  });
});

/** The command line in this process, on the store of a running monitor. */
async function run(argv: readonly string[], dir: string): Promise<string> {
  let text = '';
  const sink = { write: (more: string) => (text += more), columns: 200 };
  const exit = await runCli({ argv, env: { HYPERCARE_CONFIG: join(dir, 'hypercare.yaml') }, cwd: dir, home: dir, user: 'tester', timeZone: 'UTC', stdout: sink, stderr: sink, clock: systemClock });
  return masked(`\n${text}exit ${exit}\n`);
}

function start(main: string, env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [join(compiled.dir, main)], { env: { PATH: process.env['PATH'] ?? '', HOME: scratch, TZ: 'UTC', ...env }, cwd: scratch, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  const ended = once(child, 'close').then(([exit]) => ({ exit: exit as number | null, stderr }));
  return { ended, said: () => stdout + stderr, kill: () => child.kill('SIGKILL') };
}
