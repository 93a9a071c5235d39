import { describe, expect, it, onTestFinished } from 'vitest';
import type { Subject } from '../../../monitoring/evidence/collector.js';
import { redis } from '../../../monitoring/evidence/redis.js';
import { noRedis, ownRedis } from '../../doubles/redis.js';
import { redisIo } from '../../doubles/redis-target.js';

const subject = (url: string | null): Subject => ({ name: 'cache', url, processes: [], dir: null, repo: null, running: null, previous: null, readings: [] });
const signal = new AbortController().signal;

it('says why nothing of a Redis without an address is there', async () => {
  await expect(redis.collect(subject(null), redisIo(), signal)).rejects.toThrow('no address');
});

describe.skipIf(noRedis)('a Redis', () => {
  it('is kept as numbers and names of commands, never keys and values, within few KB', async () => {
    const own = await ownRedis();
    const io = redisIo();
    onTestFinished(async () => {
      await io.redis.close();
      await own.stop();
    });
    await own.say('CONFIG', 'SET', 'slowlog-log-slower-than', '0');
    await own.say('SET', 'customer:4711', 'hunter2');
    await own.say('INCR', 'customer:4711').catch(() => null);
    const kept = await redis.collect(subject(own.url.replace('//', '//:hunter2@')), io, signal);
    const text = JSON.stringify(kept);
    expect(text).not.toMatch(/hunter2|4711|127\.0\.0\.1/);
    expect(text.length).toBeLessThan(4_000);
    expect(kept).toMatchObject({ info: { role: 'master', db0: expect.stringContaining('keys=1'), errorstat_ERR: 'count=1', maxmemory_policy: 'noeviction' }, slow: expect.arrayContaining([expect.objectContaining({ command: 'SET', words: 3 })]) });
  });
});
