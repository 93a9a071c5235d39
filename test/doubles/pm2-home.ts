/**
 * A real PM2 daemon in a home of its own, for tests. Its apps are started by PM2's command line in a child with a
 * minimal environment, because `pm2.start()` would hand the test runner's whole environment to them.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface AppOptions {
  readonly name: string;
  /** CommonJS source; default: `faultyApp`, which listens on 127.0.0.1:PORT. */
  readonly code?: string;
  /** Directory its script is written into; default: one of its own inside the home. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Instances in cluster mode; absent: one in fork mode. */
  readonly cluster?: number;
  /** Any other option of PM2's app declaration: kill_timeout, autorestart, max_memory_restart, … */
  readonly pm2?: Readonly<Record<string, unknown>>;
  /** Wait until its port answers (default true; false for code that does not listen). */
  readonly awaitAnswer?: boolean;
}

export interface StartedApp {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  readonly cwd: string;
  readonly script: string;
}

export interface Pm2Home {
  /** The PM2_HOME. */
  readonly home: string;
  startApp(options: AppOptions): Promise<StartedApp>;
  /** Runs PM2's command line on this home and returns what it printed. */
  pm2(...args: readonly string[]): Promise<string>;
  daemonPid(): Promise<number>;
  /** SIGSTOP to the daemon: it keeps its sockets and answers nothing. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** SIGKILL to the daemon; resolves when it is gone. */
  killDaemon(): Promise<void>;
  /** Ends daemon and apps and removes the home. */
  stop(): Promise<void>;
}

/**
 * Answers 'ok <pid>' on every path, and has a fault on each of these: /exit?code=3 (exits), /throw (uncaught
 * exception), /hang (blocks its event loop for ever), /leak?mb=50 (keeps that much memory).
 */
export const faultyApp = `
const http = require('node:http');
const kept = [];
http.createServer((request, response) => {
  const url = new URL(request.url, 'http://app');
  if (url.pathname === '/exit') return process.exit(Number(url.searchParams.get('code') ?? 1));
  if (url.pathname === '/throw') return setImmediate(() => { throw new Error('thrown on request'); });
  if (url.pathname === '/hang') for (;;);
  if (url.pathname === '/leak') kept.push(Buffer.alloc(Number(url.searchParams.get('mb') ?? 50) * 1048576, 1));
  response.end('ok ' + process.pid);
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

/** Stays alive and does nothing. */
export const idleApp = 'setInterval(() => {}, 60_000);';

interface Home {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
}

/** No banner, and no call home for a newer version. */
const QUIET = { PM2_DISCRETE_MODE: '1', PM2_DISABLE_VERSION_CHECK: 'true' };

const pm2Bin = join(dirname(createRequire(import.meta.url).resolve('pm2/package.json')), 'bin', 'pm2');

/**
 * Starts no daemon yet: the first `startApp` or `pm2` does, as PM2's command line always does. `daemonEnv` is set for
 * the daemon and, as PM2 hands on what it has, for the apps: { PM2_WORKER_INTERVAL: '200' } checks memory more often.
 */
export async function startPm2Home(daemonEnv: Readonly<Record<string, string>> = {}): Promise<Pm2Home> {
  const dir = await mkdtemp(join(tmpdir(), 'hc-pm2-'));
  const home: Home = { dir, env: { ...daemonEnv, PM2_HOME: dir, HOME: dir, ...QUIET } };
  const daemonPid = async (): Promise<number> => Number(await readFile(join(dir, 'pm2.pid'), 'utf8'));
  return {
    home: dir,
    startApp: (options) => startApp(home, options),
    pm2: (...args) => runPm2(home, args),
    daemonPid,
    freeze: async () => void process.kill(await daemonPid(), 'SIGSTOP'),
    thaw: async () => void process.kill(await daemonPid(), 'SIGCONT'),
    killDaemon: async () => killMember(await daemonPid(), dir),
    stop: () => stopHome(dir),
  };
}

async function startApp(home: Home, options: AppOptions): Promise<StartedApp> {
  const port = await freePort();
  const cwd = options.cwd ?? join(home.dir, 'apps', options.name);
  const script = join(cwd, 'app.cjs');
  await mkdir(cwd, { recursive: true });
  await writeFile(script, options.code ?? faultyApp);
  const declaration = {
    ...options.pm2,
    name: options.name,
    script,
    cwd,
    env: { PORT: String(port), ...options.env },
    ...(options.cluster === undefined ? {} : { instances: options.cluster, exec_mode: 'cluster' }),
  };
  const file = join(home.dir, `${options.name}.config.json`);
  await writeFile(file, JSON.stringify({ apps: [declaration] }));
  await runPm2(home, ['start', file]);
  const url = `http://127.0.0.1:${port}/`;
  if (options.awaitAnswer ?? options.code === undefined) await until(`${options.name} to answer`, () => answers(url));
  return { name: options.name, port, url, cwd, script };
}

/** Polls until it is true; throws after `withinMs`, naming what it waited for. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what}`);
    await delay(20);
  }
}

/** Does a GET bring any answer? */
export async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
    (response) => response.arrayBuffer().then(() => true),
    () => false,
  );
}

function runPm2(home: Home, args: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'] ?? '', ...home.env };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [pm2Bin, ...args], { env, cwd: home.dir, timeout: 30_000, maxBuffer: 4 * 1_048_576 }, (error, stdout, stderr) =>
      error ? reject(new Error(`pm2 ${args.join(' ')}: ${error.message}\n${stdout}\n${stderr}`)) : resolve(stdout),
    );
  });
}

/**
 * By SIGKILL to each, which a frozen daemon obeys too and which takes a tenth of the time of `pm2 kill`. Who belongs to
 * the home is told by its path in their environment, so that no stranger's pid is signalled.
 */
async function stopHome(home: string): Promise<void> {
  const claimed = [join(home, 'pm2.pid'), ...(await filesIn(join(home, 'pids')))];
  const pids = await Promise.all(claimed.map(async (file) => Number(await readFile(file, 'utf8').catch(() => '0'))));
  for (const pid of pids) await killMember(pid, home);
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
}

async function filesIn(dir: string): Promise<readonly string[]> {
  return existsSync(dir) ? (await readdir(dir)).map((file) => join(dir, file)) : [];
}

async function killMember(pid: number, home: string): Promise<void> {
  if (pid <= 1 || !(await isOfHome(pid, home))) return;
  process.kill(pid, 'SIGKILL');
  await until(`process ${pid} to end`, async () => !(await isOfHome(pid, home)));
}

/** A process that has ended has no environment any more, though its pid may stay taken until its parent asks for it. */
async function isOfHome(pid: number, home: string): Promise<boolean> {
  const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return environ.includes(home);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
