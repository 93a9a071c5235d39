import { expect, test } from 'vitest';
import { toProcess } from '../../../src/io/pm2-process.js';

/** The shape of an entry as PM2 7.0.4 sends it, cut to what matters; the environment stands in it at both depths. */
function entry(env: Record<string, unknown> = {}, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    pid: 4711,
    name: 'shop',
    pm_id: 3,
    monit: { memory: 52_527_104, cpu: 1.4 },
    pm2_env: {
      name: 'shop', pm_id: 3, status: 'online', exec_mode: 'cluster_mode', pm_uptime: 1_795_305_730_000, restart_time: 2,
      unique_id: '059d3c', exit_code: 1, node_version: '20.20.2', pm_exec_path: '/srv/shop/app.cjs', pm_cwd: '/srv/shop',
      max_memory_restart: 104_857_600, autorestart: true, pm_out_log_path: '/home/ann/.pm2/logs/shop-out.log', pm_err_log_path: '/home/ann/.pm2/logs/shop-error.log', PAYMENT_KEY: 'leak-me', env: { PAYMENT_KEY: 'leak-me' },
      axm_monitor: { 'Event Loop Latency p95': { value: '1.03', unit: 'ms' }, 'Used Heap Size': { value: '5.29', unit: 'MiB' } },
      axm_actions: [{ action_name: 'km:heapdump', arity: 1 }, { action_name: 'gc' }, { nameless: true }],
      ...env,
    },
    ...rest,
  };
}

test('an entry is read field by field', () => {
  expect(toProcess(entry())).toEqual({
    pmId: 3, name: 'shop', pid: 4711, status: 'online', mode: 'cluster', startedAt: 1_795_305_730_000, uniqueId: '059d3c',
    restarts: 2, exitCode: 1, memoryBytes: 52_527_104, cpuPercent: 1.4, eventLoopP95Ms: 1.03, heapUsedBytes: 5_546_967, requestsPerS: null,
    execPath: '/srv/shop/app.cjs', cwd: '/srv/shop', nodeVersion: '20.20.2', maxMemoryRestartBytes: 104_857_600, actions: ['km:heapdump', 'gc'], autorestart: true,
    outLog: '/home/ann/.pm2/logs/shop-out.log', errLog: '/home/ann/.pm2/logs/shop-error.log',
  });
});

test('nothing of the environment comes through', () => {
  expect(JSON.stringify(toProcess(entry()))).not.toContain('leak-me');
});

test.each([
  ['nothing', null],
  ['a text', 'shop'],
  ['an entry without environment', { pid: 1, name: 'shop' }],
  ['the worker that a reload replaces', entry({ pm_id: '_old_3' })],
])('%s is no process', (_, raw) => {
  expect(toProcess(raw)).toBeNull();
});

test('memory and CPU of a process that is not online are not known, rather than 0', () => {
  expect(toProcess(entry({ status: 'errored' }, { monit: { memory: 0, cpu: 0 } }))).toMatchObject({ memoryBytes: null, cpuPercent: null });
});

test('0 bytes of an online process means that PM2 could not measure it', () => {
  expect(toProcess(entry({}, { monit: { memory: 0, cpu: 0 } }))).toMatchObject({ memoryBytes: null, cpuPercent: null });
});

test('an idle online process has a CPU of 0, not an unknown one', () => {
  expect(toProcess(entry({}, { monit: { memory: 1, cpu: 0 } }))).toMatchObject({ cpuPercent: 0 });
});

test('the pid that PM2 still shows while it waits to restart a dead process is not passed on', () => {
  expect(toProcess(entry({ status: 'waiting restart' }))?.pid).toBe(0);
});

test.each([
  ['by default', {}, true],
  ['with autorestart off', { autorestart: false }, false],
  ['with exit code 0 among the codes to stop at, since a kill shows as 0', { stop_exit_codes: [0] }, false],
  ['with another code to stop at', { stop_exit_codes: [7] }, true],
])('PM2 starts a killed process again: %s', (_, env, expected) => {
  expect(toProcess(entry(env))?.autorestart).toBe(expected);
});

test('requests are those of a second, over HTTP and HTTPS, whatever unit PM2 writes beside them', () => {
  expect(toProcess(entry({ axm_monitor: { HTTP: { value: 0.8, unit: 'req/min' }, HTTPS: { value: '1.2', unit: 'req/min' } } }))?.requestsPerS).toBe(2);
  expect(toProcess(entry({ axm_monitor: {} }))?.requestsPerS).toBeNull();
  expect(toProcess(entry({ status: 'stopped', axm_monitor: { HTTP: { value: 3 } } }))?.requestsPerS).toBeNull();
});

test('metrics are null when the agent reports none, or nonsense', () => {
  expect(toProcess(entry({ axm_monitor: {} }))).toMatchObject({ eventLoopP95Ms: null, heapUsedBytes: null });
  expect(toProcess(entry({ axm_monitor: { 'Used Heap Size': { value: 'many' } } }))?.heapUsedBytes).toBeNull();
});
