import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { limiter as probe } from '../../../monitoring/probes/limiter.js';
import type { Reading } from '../../../src/domain/check.js';
import { systemClock } from '../../../src/io/clock.js';
import type { Io } from '../../../src/io/io.js';
import { createRedis } from '../../../src/io/redis.js';
import { soundReading } from '../../contracts/probe.js';
import { LIMITED, packageDir } from '../../doubles/limited-apps.js';
import { ioListing, listed } from '../../doubles/pm2-list.js';
import { fillKeys } from '../../doubles/redis-target.js';
import { noRedis, ownRedis, type OwnRedis } from '../../doubles/redis.js';

describe.skipIf(noRedis)('whom an app’s limiters count', () => {
  let own: OwnRedis;
  let dir: string;
  const redis = createRedis();

  beforeAll(async () => {
    own = await ownRedis();
    dir = await mkdtemp(join(tmpdir(), 'hc-limiter-'));
  });

  beforeEach(() => own.say('FLUSHALL'));

  afterAll(async () => {
    await redis.close();
    await own.stop();
    await rm(dir, { recursive: true, force: true });
  });

  async function measure(packages: readonly string[], limiters: readonly { readonly prefix: string; readonly limit: number | null }[] = [], url = own.url): Promise<{ readonly reading: Reading; readonly values: unknown }> {
    await packageDir(dir, packages);
    const io = { clock: systemClock, redis, pm2: ioListing([listed({ execPath: join(dir, 'src', 'app.cjs'), cwd: dir })]).pm2 } as unknown as Io;
    const reading = soundReading(probe, await probe.measure(probe.options.parse({ processes: ['shop'], limiters, servers: [{ name: 'cache', url }] }), io, new AbortController().signal));
    return { reading, values: Object.fromEntries(probe.fields.map((field, n) => [field, reading.values[n]])) };
  }

  it('are found by its package.json: how many, and who asked most', async () => {
    await own.say('MSET', 'rl:203.0.113.7', 412, 'rl:203.0.113.8', 12, 'other:1', 9, 'rl:text', 'x');
    const { reading, values } = await measure(LIMITED['express-rate-limit'].packages);
    expect(values).toEqual({ libraries: 1, counted: 2, blocked: null, near: null, stopped: 0 });
    expect(reading).toMatchObject({ verdict: 'good', note: '203.0.113.7 (412), 203.0.113.8 (12)' });
  });

  it('are blocked where they are above a limit that is known', async () => {
    await own.say('MSET', 'rl:203.0.113.7', 412, 'rl:203.0.113.8', 100, 'rl:127.0.0.1', 101);
    const { reading, values } = await measure(LIMITED['express-rate-limit'].packages, [{ prefix: 'rl:', limit: 100 }]);
    expect(values).toEqual({ libraries: 1, counted: 3, blocked: 2, near: 1, stopped: 0 });
    expect(reading.note).toBe('203.0.113.7 (412 of 100), 127.0.0.1 (101 of 100)');
  });

  it('are found from where its compiled code stands, and by its own package.json in a repository of several', async () => {
    await own.say('SET', 'rl:203.0.113.7', 412);
    const from = async (script: string, cwd: string) => {
      const io = { clock: systemClock, redis, pm2: ioListing([listed({ execPath: join(dir, script), cwd: join(dir, cwd) })]).pm2 } as unknown as Io;
      const reading = await probe.measure(probe.options.parse({ processes: ['shop'], limiters: [], servers: [{ name: 'cache', url: own.url }] }), io, new AbortController().signal);
      return reading.values.slice(0, 2);
    };
    await packageDir(dir, LIMITED['express-rate-limit'].packages);
    await mkdir(join(dir, 'dist'), { recursive: true });
    await writeFile(join(dir, 'dist/package.json'), '{"type":"module"}');
    expect(await from('dist/app.js', '.')).toEqual([1, 1]);
    // One above names other apps' packages; what the app names is its own.
    await mkdir(join(dir, 'packages/mails/dist'), { recursive: true });
    await writeFile(join(dir, 'packages/mails/package.json'), '{"name":"@shop/mails","dependencies":{"nodemailer":"1"}}');
    expect(await from('packages/mails/dist/app.js', '.')).toEqual([0, 0]);
    await writeFile(join(dir, 'packages/mails/package.json'), '{"name":"@shop/mails","dependencies":{"express-rate-limit":"7","rate-limit-redis":"4"}}');
    expect(await from('packages/mails/dist/app.js', '.')).toEqual([1, 1]);
  });

  it('are nobody where it has no limiter, or none that counts in a Redis', async () => {
    await own.say('SET', 'rl:203.0.113.7', 412);
    expect((await measure(['express'])).values).toEqual({ libraries: 0, counted: 0, blocked: null, near: null, stopped: 0 });
    expect((await measure(['express-rate-limit'])).values).toMatchObject({ libraries: 1, counted: 0 });
  });

  it('wait where a limiter of jobs is empty', async () => {
    await own.say('HSET', 'b_mails_settings', 'id', 'mails', 'reservoir', 0, 'reservoirRefreshAmount', 5, 'running', 0, 'maxConcurrent', '', 'unblockTime', 0, 'clientTimeout', 10_000);
    await own.say('HSET', 'b_mails_client_num_queued', 'worker', 4);
    const { reading, values } = await measure(LIMITED.bottleneck.packages);
    expect(values).toMatchObject({ stopped: 1 });
    expect(reading.note).toBe('mails (4 jobs wait)');
  });

  it('are not looked for among too many keys, and not guessed', async () => {
    await fillKeys(own, 'page:', 120_000);
    const { reading, values } = await measure(LIMITED['express-rate-limit'].packages);
    expect(values).toMatchObject({ counted: null, blocked: null });
    expect(reading).toMatchObject({ verdict: 'good', note: 'its Redis has more than 100,000 keys, so nobody looks whom it counts' });
  });

  it('are unknown while the Redis does not answer: that has a check of its own', async () => {
    const { reading } = await measure(LIMITED['express-rate-limit'].packages, [], 'redis://ann:hunter2@127.0.0.1:1');
    expect(reading).toMatchObject({ verdict: 'unknown', note: 'the Redis in which it counts cannot be asked' });
  });

  it('are not told to a user without the right, and that is no fault of the app', async () => {
    await own.say('ACL', 'SETUSER', 'poor', 'on', '>pass', '~page:*', '-@all', '+hello', '+auth', '+select', '+scan', '+client|setname');
    await own.say('SET', 'rl:203.0.113.7', 412);
    const { reading } = await measure(LIMITED['express-rate-limit'].packages, [], own.url.replace('//', '//poor:pass@'));
    expect(reading).toMatchObject({ verdict: 'good', note: 'its user may not look at the counters of limiters' });
  });
});
