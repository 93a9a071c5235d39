import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { accessSync, chownSync, constants, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { processEnv } from '../src/config/env.js';
import { HypercareError } from '../src/domain/errors.js';
import { freePort } from './free-port.js';

/** A server that tests started for themselves: on loopback, in its own temporary directory, nothing kept. */
export interface Service {
  /** 'redis://127.0.0.1:PORT' or 'postgresql://postgres@127.0.0.1:PORT/postgres'. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends it and starts it again on what it kept; its pid is another one then. */
  restart(): Promise<void>;
  /** Ends this one server by its own pid and removes its directory. Safe to call twice. */
  stop(): Promise<void>;
}

export type ServiceKind = 'redis' | 'postgres';

interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  /** What it prints once it takes connections. */
  readonly readyLine: RegExp;
  readonly dir: string;
  readonly owner: Owner | null;
  /** What asks this server to end at once, its clients cut off. */
  readonly stopSignal: NodeJS.Signals;
}

/** The Unix user a server runs as; null for our own. */
interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 5_000;
const INITDB_WITHIN_MS = 60_000;
/** Between finding a free port and listening on it another process may take it. */
const PORT_TRIES = 3;
const OUTPUT_KEPT = 4_000;

/**
 * Why this service cannot be started here, for the name of a skipped test; null when it can.
 * HYPERCARE_TEST_WITHOUT=redis,postgres makes it missing on purpose.
 */
export function missingService(kind: ServiceKind): string | null {
  const without = (processEnv()['HYPERCARE_TEST_WITHOUT'] ?? '').split(',').map((name) => name.trim());
  if (without.includes(kind)) return `${kind} is left out by HYPERCARE_TEST_WITHOUT`;
  if (kind === 'redis') return findProgram('redis-server') ? null : 'redis-server is not installed';
  if (!findProgram('initdb') || !findProgram('postgres')) return 'PostgreSQL (initdb, postgres) is not installed';
  if (isRoot() && !userOf('postgres')) return 'PostgreSQL refuses to run as root, and there is no user "postgres" to run it as';
  return null;
}

/** A Redis that keeps nothing, on a free port of 127.0.0.1. */
export async function startRedis(): Promise<Service> {
  const program = required('redis', 'redis-server');
  return onFreePort('redis', async (port, dir) => ({
    program,
    args: ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', dir],
    readyLine: /ready to accept connections/i,
    dir,
    owner: null,
    stopSignal: 'SIGTERM',
  }));
}

/** A PostgreSQL with one empty database, superuser "postgres" without password, on a free port of 127.0.0.1. `settings` as in postgresql.conf. */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<Service> {
  const initdb = required('postgres', 'initdb');
  return runPostgres(settings, (data, dir, owner) => runOnce(initdb, ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], dir, owner));
}

/** A standby that follows this one. */
export async function startStandby(of: Service, settings: Readonly<Record<string, string>> = {}): Promise<Service> {
  const baseBackup = required('postgres', 'pg_basebackup');
  return runPostgres(settings, (data, dir, owner) => runOnce(baseBackup, ['-D', data, '-R', '--no-sync', '-c', 'fast', '-h', '127.0.0.1', '-p', String(of.port), '-U', 'postgres'], dir, owner));
}

async function runPostgres(settings: Readonly<Record<string, string>>, makeData: (data: string, dir: string, owner: Owner | null) => void): Promise<Service> {
  const program = required('postgres', 'postgres');
  const owner = isRoot() ? userOf('postgres') : null;
  return onFreePort('postgres', async (port, dir) => {
    if (owner) chownSync(dir, owner.uid, owner.gid);
    const data = join(dir, 'data');
    makeData(data, dir, owner);
    return {
      program,
      args: ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', dir, ...Object.entries({ fsync: 'off', ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      readyLine: /ready to accept (?:read-only )?connections/,
      dir,
      owner,
      stopSignal: 'SIGINT',
    };
  });
}

async function onFreePort(kind: ServiceKind, prepare: (port: number, dir: string) => Promise<Launch>): Promise<Service> {
  let last: unknown;
  for (let attempt = 0; attempt < PORT_TRIES; attempt += 1) {
    const port = await freePort();
    const dir = await mkdtemp(join(tmpdir(), `hypercare-${kind}-`));
    try {
      return await launch(kind, port, await prepare(port, dir));
    } catch (error) {
      await rm(dir, { recursive: true, force: true });
      last = error;
    }
  }
  throw last;
}

async function launch(kind: ServiceKind, port: number, how: Launch): Promise<Service> {
  let child = await begin(kind, how);
  return {
    url: kind === 'redis' ? `redis://127.0.0.1:${port}` : `postgresql://postgres@127.0.0.1:${port}/postgres`,
    port,
    get pid() {
      return child.pid as number;
    },
    restart: async () => {
      await end(child, how.stopSignal);
      child = await begin(kind, how);
    },
    stop: async () => {
      await end(child, how.stopSignal);
      await rm(how.dir, { recursive: true, force: true });
    },
  };
}

async function begin(kind: ServiceKind, how: Launch): Promise<ChildProcess> {
  const child = spawn(how.program, how.args, {
    cwd: how.dir,
    env: smallEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(how.owner ?? {}),
  });
  try {
    await ready(child, how.readyLine, kind);
    return child;
  } catch (error) {
    await end(child, 'SIGKILL');
    throw error;
  }
}

function ready(child: ChildProcess, line: RegExp, kind: ServiceKind): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (what: string): void => {
      clearTimeout(timer);
      reject(new HypercareError('service.start', 'permanent', `The test's ${kind} ${what}. It printed: ${output.trim() || 'nothing'}`));
    };
    const hear = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-OUTPUT_KEPT);
      if (!line.test(output)) return;
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => fail(`was not ready after ${READY_WITHIN_MS / 1000} s`), READY_WITHIN_MS);
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', (error) => fail(`could not be started (${error.message})`));
    child.once('exit', (code, signal) => fail(`ended with ${signal ?? code}`));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  const hard = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await gone;
  clearTimeout(hard);
}

function runOnce(program: string, args: readonly string[], cwd: string, owner: Owner | null): void {
  execFileSync(program, args, { cwd, env: smallEnv(), stdio: 'pipe', timeout: INITDB_WITHIN_MS, ...(owner ?? {}) });
}

function required(kind: ServiceKind, program: string): string {
  const missing = missingService(kind);
  const path = findProgram(program);
  if (missing || !path) {
    throw new HypercareError('service.missing', 'permanent', missing ?? `${program} is not installed`, 'Install redis-server and postgresql, or run `npm test` as root on Debian, which installs them.');
  }
  return path;
}

/** Debian keeps PostgreSQL's own programs out of PATH; the newest version wins there. */
function findProgram(name: string): string | null {
  const debian = versionsUnder('/usr/lib/postgresql').map((version) => `/usr/lib/postgresql/${version}/bin`);
  const dirs = [...debian, ...(processEnv()['PATH'] ?? '').split(delimiter)].filter(Boolean);
  return dirs.map((dir) => join(dir, name)).find(isExecutable) ?? null;
}

function versionsUnder(dir: string): readonly string[] {
  try {
    return readdirSync(dir).sort((a, b) => Number(b) - Number(a));
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isRoot(): boolean {
  return userInfo().uid === 0;
}

function userOf(name: string): Owner | null {
  try {
    const id = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
}

function smallEnv(): NodeJS.ProcessEnv {
  return { PATH: processEnv()['PATH'] ?? '', LC_ALL: 'C' };
}
