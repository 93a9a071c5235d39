import { afterEach, describe, expect, it } from 'vitest';
import { pm2 } from '../../../monitoring/probes/pm2.js';
import type { Reading } from '../../../src/domain/check.js';
import { systemClock } from '../../../src/io/clock.js';
import { createLogger } from '../../../src/io/log.js';
import type { Pm2, Pm2Process } from '../../../src/io/pm2.js';
import { createPm2 } from '../../../src/io/pm2-client.js';
import { soundReading } from '../../contracts/probe.js';
import { startPm2Home, until, type Pm2Home } from '../../doubles/pm2-home.js';
import { ioOf } from './io.js';

const NOW = 1_800_000_000_000;
const MIB = 1_048_576;

const instance: Pm2Process = {
  pmId: 1, name: 'shop', pid: 4_194_711 /* more than any system gives */, status: 'online', mode: 'cluster', startedAt: NOW - 60_000, uniqueId: 'u', restarts: 2, exitCode: null,
  memoryBytes: 80 * MIB, cpuPercent: 12.5, eventLoopP95Ms: 11, heapUsedBytes: null, requestsPerS: null, execPath: '/srv/shop.js', cwd: '/srv', nodeVersion: '20.20.2', maxMemoryRestartBytes: null, actions: [], autorestart: true, outLog: null, errLog: null,
};
const down = { pid: 0, memoryBytes: null, cpuPercent: null, eventLoopP95Ms: null };

async function measure(listed: readonly Pm2Process[], processes: readonly string[] = ['shop']): Promise<Reading> {
  const list = { list: async () => listed } as unknown as Pm2;
  const clock = { ...systemClock, now: () => NOW };
  return soundReading(pm2, await pm2.measure(pm2.options.parse({ processes }), ioOf({ pm2: list, clock }), new AbortController().signal));
}

function named(reading: Reading): Readonly<Record<string, number | null>> {
  return Object.fromEntries(pm2.fields.map((name, index) => [name, reading.values[index] ?? null]));
}

describe('the verdict', () => {
  it.each([
    { rule: 'online', listed: [instance], note: null },
    { rule: 'launching', listed: [{ ...instance, ...down, status: 'launching' }], note: null },
    { rule: 'one instance of two is stopping, as in a reload', listed: [instance, { ...instance, pmId: 2, status: 'stopping' }], note: null },
    { rule: 'not listed', listed: [{ ...instance, name: 'other' }], note: "shop is not in PM2's list" },
    { rule: 'stopped', listed: [{ ...instance, ...down, status: 'stopped' }], note: 'shop is stopped' },
    { rule: 'waiting to be restarted', listed: [{ ...instance, ...down, status: 'waiting restart' }], note: 'shop is waiting restart' },
    { rule: 'one instance of two gave up', listed: [instance, { ...instance, ...down, pmId: 2, status: 'errored' }], note: 'shop is errored' },
  ])('of a process that is $rule: $note', async ({ listed, note }) => {
    expect(await measure(listed)).toMatchObject({ verdict: note === null ? 'good' : 'bad', note });
  });

  it('asks for every process of the app, and names what is wrong with each', async () => {
    const worker = { ...instance, ...down, pmId: 2, name: 'worker', status: 'errored' };
    expect(await measure([instance, worker], ['shop', 'worker', 'cron'])).toMatchObject({ verdict: 'bad', note: "worker is errored, cron is not in PM2's list" });
    expect(await measure([instance], ['shop', 'a', 'b', 'c', 'd'])).toMatchObject({ note: expect.stringMatching(/and 1 more$/) });
  });
});

describe('the values', () => {
  it('are sums, the largest instance, and the youngest', async () => {
    const second: Pm2Process = { ...instance, pmId: 2, restarts: 5, memoryBytes: 120 * MIB, cpuPercent: 3, eventLoopP95Ms: 40, startedAt: NOW - 5_000 };
    const stopped: Pm2Process = { ...instance, ...down, pmId: 3, status: 'stopped', restarts: 1 };
    expect(named(await measure([instance, second, stopped]))).toEqual({
      online: 2, instances: 3, restarts: 8, memory_bytes: 120 * MIB, cpu_percent: 12.5, event_loop_p95_ms: 40, uptime_ms: 5_000, memory_share: null, errored: 0, requests_per_s: null, descriptors_share: null, down: 0, standing: 0,
    });
  });

  it('sum up requests where every worker counts them: part of a sum is none', async () => {
    expect(named(await measure([{ ...instance, requestsPerS: 1.25 }, { ...instance, pmId: 2, requestsPerS: 0.5 }]))).toMatchObject({ requests_per_s: 1.75 });
    expect(named(await measure([{ ...instance, requestsPerS: 1.25 }, { ...instance, pmId: 2, requestsPerS: null }]))).toMatchObject({ requests_per_s: null });
    expect(named(await measure([{ ...instance, requestsPerS: 1.25 }, { ...instance, ...down, pmId: 2, status: 'stopped' }]))).toMatchObject({ requests_per_s: 1.25 });
  });

  it('tell of the instance that is nearest to its own limit', async () => {
    const near: Pm2Process = { ...instance, pmId: 2, memoryBytes: 45 * MIB, maxMemoryRestartBytes: 50 * MIB };
    expect(named(await measure([{ ...instance, maxMemoryRestartBytes: 800 * MIB }, near]))).toMatchObject({ memory_bytes: 80 * MIB, memory_share: 0.9 });
  });

  it('are null where nothing is online, not zero', async () => {
    expect(named(await measure([{ ...instance, ...down, status: 'errored' }]))).toMatchObject({
      online: 0, memory_bytes: null, cpu_percent: null, event_loop_p95_ms: null, uptime_ms: null, memory_share: null, errored: 1,
    });
  });

  it('show no negative uptime when the clock was set back', async () => {
    expect(named(await measure([{ ...instance, startedAt: NOW + 9_000 }]))).toMatchObject({ uptime_ms: 0 });
  });
});

describe('against a real PM2', () => {
  let home: Pm2Home | null = null;
  let client: Pm2 | null = null;

  afterEach(async () => {
    await client?.close();
    await home?.stop();
    home = client = null;
  });

  async function real(processes: readonly string[]): Promise<Reading> {
    if (home === null) throw new Error('no home');
    client ??= createPm2({ home: home.home, clock: systemClock, log: createLogger({ format: 'json', level: 'silent' }), timeoutMs: 3_000 });
    return soundReading(pm2, await pm2.measure(pm2.options.parse({ processes }), ioOf({ pm2: client }), new AbortController().signal));
  }

  it('reads an app that runs, and sees it stopped', async () => {
    home = await startPm2Home();
    await home.startApp({ name: 'shop', cluster: 2, pm2: { max_memory_restart: '500M', max_restarts: 0 } });
    await until('memory to be measured', async () => named(await real(['shop']))['memory_bytes'] !== null);
    const well = await real(['shop']);
    expect(well).toMatchObject({ verdict: 'good', note: null });
    expect(named(well)).toMatchObject({ online: 2, instances: 2, restarts: 0 });
    expect(named(well)['memory_share']).toBeCloseTo((named(well)['memory_bytes'] as number) / (500 * MIB), 5);
    expect(named(well)['uptime_ms']).toBeLessThan(60_000);
    await home.pm2('stop', 'shop');
    expect(await real(['shop', 'ghost'])).toMatchObject({ verdict: 'bad', note: "shop is stopped, ghost is not in PM2's list" });
  });

  it('sees a worker that is stopped by a signal, which PM2 calls online, until it goes on', async () => {
    home = await startPm2Home();
    await home.startApp({ name: 'shop', cluster: 2 });
    expect(await real(['shop'])).toMatchObject({ verdict: 'good' });
    const workers = (await client?.list() ?? []).map(({ pid }) => pid);
    const stops = async (n: number) => {
      process.kill(workers[n] as number, 'SIGSTOP');
      await until('the signal to arrive', async () => named(await real(['shop']))['standing'] === n + 1);
    };
    await stops(0);
    const still = await real(['shop', 'ghost']);
    expect(still).toMatchObject({ verdict: 'bad', note: `ghost is not in PM2's list, 1 of 2 processes of shop stands still (pid ${workers[0]} is stopped by a signal)` });
    expect(named(still)).toMatchObject({ online: 2, down: 1, standing: 1 });
    await stops(1);
    expect(await real(['shop'])).toMatchObject({ note: `2 of 2 processes of shop stand still (pids ${workers.join(', ')} are stopped by a signal)` });
    for (const pid of workers) process.kill(pid, 'SIGCONT');
    await until('them to go on', async () => (await real(['shop'])).verdict === 'good');
  });

  it('throws when the daemon is dead: the measuring failed, not the app', async () => {
    home = await startPm2Home();
    await home.startApp({ name: 'shop' });
    expect(await real(['shop'])).toMatchObject({ verdict: 'good' });
    await home.killDaemon();
    await expect(real(['shop'])).rejects.toMatchObject({ code: 'pm2.dead' });
  });
});
