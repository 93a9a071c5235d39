import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { processEnv } from '../src/config/env.js';
import { HypercareError } from '../src/domain/errors.js';
import { packageRoot } from '../src/io/package-root.js';
import { run } from './run.js';

/** One PM2 process; a chosen few of its fields, for the raw entry carries the app's whole environment. */
export interface Pm2Entry {
  readonly pmId: number;
  readonly name: string;
  readonly pid: number;
  readonly status: string;
  /** The path PM2 was given, symlinks not resolved. */
  readonly script: string;
  /** Wall clock when its current run began, milliseconds. */
  readonly startedAt: number;
  readonly restarts: number;
  /** Where PM2 keeps its standard output; null where PM2 does not say. */
  readonly log: string | null;
  /** The variables HYPERCARE_* of its environment, which hold paths. */
  readonly paths: Readonly<Record<string, string>>;
}

const COMMAND_WITHIN_MS = 60_000;

/** The PM2 home a person's own `pm2` command uses. */
export function usersPm2Home(): string {
  return resolve(processEnv()['PM2_HOME'] || join(homedir(), '.pm2'));
}

/** Is a daemon alive there? Asking PM2 itself would start one. */
export function daemonRuns(home: string): boolean {
  try {
    process.kill(Number(readFileSync(join(home, 'pm2.pid'), 'utf8')), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The project's own `pm2` command, with a clean environment: an app that PM2 starts inherits all of its caller's.
 * Starts a daemon in `home` when none runs.
 */
export function pm2(home: string, args: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<string> {
  const bin = join(packageRoot(), 'node_modules', 'pm2', 'bin', 'pm2');
  return run(process.execPath, [bin, ...args], { cwd: packageRoot(), env: { PM2_HOME: home, PM2_DISCRETE_MODE: 'true', PM2_DISABLE_VERSION_CHECK: 'true', ...extra }, timeoutMs: COMMAND_WITHIN_MS });
}

/** All processes in that home; none, and no daemon started, where none runs. */
export async function listPm2(home: string): Promise<readonly Pm2Entry[]> {
  if (!daemonRuns(home)) return [];
  return parseList(await pm2(home, ['jlist']));
}

/** Exported for its test: PM2 may print other lines, some of them in brackets too, around the one line of JSON. */
export function parseList(printed: string): readonly Pm2Entry[] {
  for (const line of printed.split('\n').reverse()) {
    const list = parseArray(line);
    if (list) return list.map(entryOf);
  }
  throw new HypercareError('pm2.answer', 'transient', 'pm2 printed no list of its processes', 'Try `pm2 list`; if it hangs, its daemon does.');
}

function parseArray(line: string): readonly unknown[] | null {
  if (!line.startsWith('[')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function entryOf(raw: unknown): Pm2Entry {
  const entry = raw as { readonly name?: unknown; readonly pid?: unknown; readonly pm_id?: unknown; readonly pm2_env?: Readonly<Record<string, unknown>> };
  const env = entry.pm2_env ?? {};
  const paths = Object.entries(env).filter(([key, value]) => ['HYPERCARE_HOME', 'HYPERCARE_CONFIG'].includes(key) && typeof value === 'string');
  return {
    pmId: Number(entry.pm_id),
    name: String(entry.name),
    pid: Number(entry.pid ?? 0),
    status: String(env['status']),
    script: String(env['pm_exec_path']),
    startedAt: Number(env['pm_uptime'] ?? 0),
    restarts: Number(env['restart_time'] ?? 0),
    log: typeof env['pm_out_log_path'] === 'string' ? env['pm_out_log_path'] : null,
    paths: Object.fromEntries(paths) as Record<string, string>,
  };
}
