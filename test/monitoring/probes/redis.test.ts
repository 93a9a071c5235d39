import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { redis as probe } from '../../../monitoring/probes/redis.js';
import { freePort } from '../../../scripts/free-port.js';
import type { Reading } from '../../../src/domain/check.js';
import { REDIS_FAULTS, sayRedisFault, type RedisFault } from '../../../src/domain/redis-fault.js';
import { valueNamed } from '../../../src/domain/series.js';
import { systemClock } from '../../../src/io/clock.js';
import type { Io } from '../../../src/io/io.js';
import { createRedis, type RedisCommand } from '../../../src/io/redis.js';
import { soundReading } from '../../contracts/probe.js';
import { until } from '../../doubles/pm2-home.js';
import { fillKeys } from '../../doubles/redis-target.js';
import { noRedis, ownRedis, type OwnRedis } from '../../doubles/redis.js';

let io: Io;

beforeEach(() => {
  io = { clock: systemClock, redis: createRedis() } as unknown as Io;
});

afterEach(() => io.redis.close());

async function measure(url: string, timeoutMs = 2_000): Promise<Reading> {
  return soundReading(probe, await probe.measure({ url, timeoutMs }, io, new AbortController().signal));
}

function valueOf(reading: Reading, name: string): number | null {
  return valueNamed(probe.fields, reading.values, name);
}

function expectFault(reading: Reading, fault: RedisFault): void {
  expect(reading.verdict).toBe('bad');
  expect(valueOf(reading, 'fault')).toBe(REDIS_FAULTS.indexOf(fault) + 1);
}

it('is bad where nobody listens, and says nothing of the address', async () => {
  const reading = await measure(`redis://ann:hunter2@127.0.0.1:${await freePort()}`);
  expectFault(reading, 'down');
  expect(reading.note).toBe('it does not take connections');
});

it('is an error where the name cannot be resolved: nobody is blamed', async () => {
  await expect(measure('redis://nobody.invalid')).rejects.toMatchObject({ code: 'redis.name' });
});

describe.skipIf(noRedis)('a Redis', () => {
  let own: OwnRedis;

  beforeAll(async () => {
    own = await ownRedis();
  });

  afterAll(() => own.stop());

  /** Makes it so for this test. */
  async function arrange(command: RedisCommand, back: RedisCommand): Promise<void> {
    await own.say(...command);
    onTestFinished(async () => void (await own.say(...back)));
  }

  it('is good when it can be written and read, leaves no key, and its numbers are there', async () => {
    const reading = await measure(own.url);
    expect(reading).toMatchObject({ verdict: 'good', note: null, ms: expect.any(Number) });
    expect(reading.values.every((value) => value !== null)).toBe(true);
    expect(valueOf(reading, 'max_clients')).toBeGreaterThan(100);
    expect(await own.say('DBSIZE')).toBe(0);
  });

  it('is bad while it hangs, within the deadline, whether connected before or not', async () => {
    await measure(own.url);
    own.freeze();
    onTestFinished(() => own.thaw());
    const began = performance.now();
    for (const _ of ['connected', 'not connected']) {
      const reading = await measure(own.url, 300);
      expectFault(reading, 'hung');
      expect(reading.note).toBe('no answer within 300 ms');
    }
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('is bad when its memory is full, although PING is answered', async () => {
    await arrange(['CONFIG', 'SET', 'maxmemory', '1mb'], ['CONFIG', 'SET', 'maxmemory', '0']);
    expect(await own.say('PING')).toBe('PONG');
    const reading = await measure(own.url);
    expectFault(reading, 'full');
    expect(valueOf(reading, 'max_bytes')).toBe(1_048_576);
    expect(valueOf(reading, 'evicts')).toBe(0);
  });

  it('is bad as a replica, and says whether it reaches its primary', async () => {
    await arrange(['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']);
    const reading = await measure(own.url);
    expectFault(reading, 'read-only');
    expect(valueOf(reading, 'link_down')).toBe(1);
  });

  it('is bad where the password is wrong', async () => {
    await arrange(['CONFIG', 'SET', 'requirepass', 'right'], ['CONFIG', 'SET', 'requirepass', '']);
    expectFault(await measure(own.url.replace('//', '//:wrong@')), 'auth');
    expectFault(await measure(own.url), 'auth');
    expect(await measure(own.url.replace('//', '//:right@'))).toMatchObject({ verdict: 'good' });
  });

  it('is bad when it takes no more clients, seen by ours that stays and by a new one', async () => {
    await measure(own.url);
    await arrange(['CONFIG', 'SET', 'maxclients', '2'], ['CONFIG', 'SET', 'maxclients', '100']);
    const reading = await measure(own.url);
    expectFault(reading, 'clients');
    expect(valueOf(reading, 'max_clients')).toBe(2);
    await io.redis.close();
    io = { clock: systemClock, redis: createRedis() } as unknown as Io;
    const third = createRedis();
    onTestFinished(() => third.close());
    await until('the third to take the place', async () => (await third.call(own.url, ['PING']).catch(() => null)) === 'PONG');
    expectFault(await measure(own.url), 'clients');
  });

  it('is bad while one script keeps it busy', async () => {
    await arrange(['CONFIG', 'SET', 'busy-reply-threshold', '50'], ['PING']);
    const long = own.say('EVAL', 'while true do end', '0').catch(() => null);
    await until('it to be busy', async () => (await measure(own.url, 500)).verdict === 'bad');
    expectFault(await measure(own.url), 'blocked');
    await io.redis.call(own.url, ['SCRIPT', 'KILL']);
    await long;
    expect(await measure(own.url)).toMatchObject({ verdict: 'good' });
  });

  it('is an error where our own user lacks a right', async () => {
    await arrange(['ACL', 'SETUSER', 'poor', 'on', '>pw', '+ping', '+hello'], ['ACL', 'DELUSER', 'poor']);
    await expect(measure(own.url.replace('//', '//poor:pw@'))).rejects.toMatchObject({ code: 'redis.rights' });
  });

  it('counts what it removed before its time', async () => {
    await arrange(['CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru'], ['CONFIG', 'SET', 'maxmemory-policy', 'noeviction']);
    expect(valueOf(await measure(own.url), 'evicts')).toBe(1);
  });
});

describe.skipIf(noRedis)('a Redis that cannot save', () => {
  it('is bad as soon as it refuses writes for it', async () => {
    const own = await ownRedis();
    onTestFinished(async () => {
      await own.say('CONFIG', 'SET', 'save', ''); // Else it would not end.
      await own.stop();
    });
    const [, dir] = (await own.say('CONFIG', 'GET', 'dir')) as [string, string];
    await own.say('CONFIG', 'SET', 'save', '1 1');
    await own.say('SET', 'a', '1');
    await rm(dir, { recursive: true });
    await own.say('BGSAVE');
    await until('the save to fail', async () => (await measure(own.url)).verdict === 'bad');
    const reading = await measure(own.url);
    expectFault(reading, 'save-failed');
    expect(valueOf(reading, 'save_failed')).toBe(1);
  });
});

describe.skipIf(noRedis)('a Redis that loads its data', () => {
  /** Started with a dump of some thousand keys, of which it loads one in half a millisecond. */
  async function slowStart(): Promise<string> {
    const own = await ownRedis();
    const dir = await mkdtemp(join(tmpdir(), 'hypercare-redis-'));
    await fillKeys(own, 'page:', 4_000);
    await own.say('SAVE');
    const [, from = ''] = (await own.say('CONFIG', 'GET', 'dir')) as string[];
    await copyFile(join(from, 'dump.rdb'), join(dir, 'dump.rdb'));
    await own.stop();
    const port = await freePort();
    // It answers often meanwhile, as one does that loads more than 2 MB.
    const child = spawn('redis-server', ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', dir, '--key-load-delay', '500', '--loading-process-events-interval-bytes', '1024'], { stdio: 'ignore' });
    onTestFinished(async () => {
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await gone;
      await rm(dir, { recursive: true, force: true });
    });
    return `redis://127.0.0.1:${port}`;
  }

  it('is unknown, because it comes back by itself, and bad when that takes longer than a minute', async () => {
    const url = await slowStart();
    let reading: Reading | null = null;
    await until('it to load', async () => (reading = await measure(url)).note === sayRedisFault('loading'));
    expect(reading).toMatchObject({ verdict: 'unknown' });
    const { redis } = io;
    const call: typeof redis.call = async (at, command, limits) => {
      const answer = await redis.call(at, command, limits);
      return command[0] === 'INFO' ? String(answer).replace(/loading_start_time:\d+/, 'loading_start_time:1') : answer;
    };
    io = { ...io, redis: { ...redis, call } };
    expectFault(await measure(url), 'loading');
    await until('it to be good by itself', async () => (await measure(url)).verdict === 'good');
  });
});
