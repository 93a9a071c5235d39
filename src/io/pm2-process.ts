import type { Pm2Process } from './pm2.js';

/** A PM2 process with these statuses has a pid that is alive; 'waiting restart' still shows the dead one's. */
const RUNNING = ['online', 'launching', 'stopping'];

const MOST_ACTIONS = 100;

export function isRunning(process: Pick<Pm2Process, 'status'>): boolean {
  return RUNNING.includes(process.status);
}

/**
 * An entry of PM2's raw list with its fields chosen one by one; null where it is none. The raw entry holds the app's
 * whole environment at two depths, so nothing of it is ever spread, kept or printed.
 */
export function toProcess(raw: unknown): Pm2Process | null {
  const entry = record(raw);
  const env = record(entry['pm2_env']);
  const monit = record(entry['monit']);
  const metrics = record(env['axm_monitor']);
  const pmId = number(env['pm_id']);
  const name = text(env['name']);
  const status = text(env['status']);
  if (pmId === null || name === null || status === null) return null;
  const memory = status === 'online' ? positive(monit['memory']) : null;
  return {
    pmId,
    name,
    pid: isRunning({ status }) ? (number(entry['pid']) ?? 0) : 0,
    status,
    mode: env['exec_mode'] === 'cluster_mode' ? 'cluster' : 'fork',
    startedAt: number(env['pm_uptime']) ?? 0,
    uniqueId: text(env['unique_id']) ?? '',
    restarts: number(env['restart_time']) ?? 0,
    exitCode: number(env['exit_code']),
    memoryBytes: memory,
    // PM2 shows 0 of both when it could not measure; a process of 0 bytes was not measured.
    cpuPercent: memory === null ? null : number(monit['cpu']),
    eventLoopP95Ms: metric(metrics['Event Loop Latency p95']),
    heapUsedBytes: mebibytes(metric(metrics['Used Heap Size'])),
    requestsPerS: status === 'online' ? requests(metrics) : null,
    execPath: text(env['pm_exec_path']) ?? '',
    cwd: text(env['pm_cwd']) ?? '',
    nodeVersion: text(env['node_version']),
    maxMemoryRestartBytes: positive(env['max_memory_restart']),
    autorestart: restartsItself(env),
    actions: actionNames(env['axm_actions']),
    outLog: text(env['pm_out_log_path']),
    errLog: text(env['pm_err_log_path']),
  };
}

/** The names are the app's own. */
function actionNames(raw: unknown): readonly string[] {
  return Array.isArray(raw) ? raw.slice(0, MOST_ACTIONS).map((action) => text(record(action)['action_name'])).filter((name) => name !== null) : [];
}

/** SIGKILL shows as exit code 0, so an app that stays down after code 0 stays down after a kill too. */
function restartsItself(env: Readonly<Record<string, unknown>>): boolean {
  if (env['autorestart'] === false || env['autorestart'] === 'false') return false;
  return ![env['stop_exit_codes']].flat().some((code) => code === 0 || code === '0');
}

/** PM2's agent reports some values as text: { value: '6.98', unit: 'MiB' }. */
function metric(raw: unknown): number | null {
  const value = record(raw)['value'];
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return number(parsed);
}

/** PM2 writes “req/min” beside them, but they are a second's (a moving average over a minute). */
function requests(metrics: Readonly<Record<string, unknown>>): number | null {
  const counted = [metric(metrics['HTTP']), metric(metrics['HTTPS'])].filter((rate) => rate !== null);
  return counted.length === 0 ? null : counted.reduce((sum, rate) => sum + rate, 0);
}

function mebibytes(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1_048_576);
}

export function record(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? (value as Readonly<Record<string, unknown>>) : {};
}

export function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function positive(value: unknown): number | null {
  const parsed = number(value);
  return parsed !== null && parsed > 0 ? parsed : null;
}
