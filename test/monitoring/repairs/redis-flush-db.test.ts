import { describe, expect, it, onTestFinished } from 'vitest';
import { redisFlushDb } from '../../../monitoring/repairs/redis-flush-db.js';
import type { Prepared } from '../../../src/domain/plan.js';
import { until } from '../../doubles/pm2-home.js';
import { repairContract } from '../../contracts/repair.js';
import { noRedis } from '../../doubles/redis.js';
import { fillKeys, redisWorld, type RedisWorld } from '../../doubles/redis-target.js';

type Args = Record<string, never>;

async function open(): Promise<RedisWorld<Args>> {
  const world = await redisWorld<Args>({}, {}, async (own) => fillKeys(own, 'page:', 500));
  return world;
}

describe.skipIf(noRedis)('flushing a database', () => {
  repairContract({
    repair: redisFlushDb,
    open,
    refused: {
      'one with sessions in it': async ({ own }) => void (await own.say('SET', 'sess:ann', '1')),
      'one with a queue in it': async ({ own }) => void (await own.say('RPUSH', 'bull:mail:wait', '1')),
      'an empty one': async ({ own }) => void (await own.say('FLUSHDB')),
    },
  });

  async function begin(): Promise<{ readonly world: RedisWorld<Args>; readonly prepared: Prepared; act(): Promise<unknown>; }> {
    const world = await open();
    onTestFinished(world.close);
    const prepared = await redisFlushDb.prepare(world.target, {}, world.io, new AbortController().signal);
    if ('refused' in prepared) throw new Error(prepared.refused);
    const [step] = redisFlushDb.steps(world.target, {}, prepared);
    return { world, prepared, act: async () => step?.act(prepared.witness, {}, world.io, new AbortController().signal) };
  }

  it('is always asked for, and takes one database', async () => {
    expect(redisFlushDb.risk).toBe('destructive');
    const { world, prepared, act } = await begin();
    await world.own.say('EVAL', "redis.call('SELECT', 1) redis.call('SET', 'other', '1')", 0);
    expect(prepared.does).toMatchObject([{ does: 'FLUSHDB ASYNC of database 0, if it has no more than 600 keys' }]);
    expect(await act()).toMatchObject({ removed: 500 });
    expect(await world.essence()).toEqual([]);
    expect(String(await world.own.say('INFO', 'keyspace'))).toMatch(/db1:keys=1/);
  });

  it.each([
    ['more keys than were approved', (world: RedisWorld<Args>) => fillKeys(world.own, 'page:more:', 300)],
    ['sessions', async (world: RedisWorld<Args>) => void (await world.own.say('SET', 'session:ann', '1'))],
  ])('is not done where %s came meanwhile', async (_, come) => {
    const { world, act } = await begin();
    await come(world);
    const before = await world.look();
    await expect(act()).rejects.toMatchObject({ code: 'repair.changed' });
    expect(await world.look()).toEqual(before);
  });

  it('is not done by a server that wakes up too late', async () => {
    const { world, prepared } = await begin();
    // As it is asked, with a time that is over when it is read.
    const [step] = redisFlushDb.steps(world.target, {}, prepared);
    const slow = { ...world.io, redis: { ...world.io.redis, call: async (...[url, command, limits]: Parameters<typeof world.io.redis.call>) => (command[0] === 'TIME' ? ['1', '0'] : world.io.redis.call(url, command, limits)) } };
    await expect(step?.act(prepared.witness, {}, slow, new AbortController().signal)).rejects.toMatchObject({ code: 'repair.changed', errorClass: 'transient' });
    expect(await world.essence()).toHaveLength(500);
    await until('nothing to be marked', async () => (await step?.state(prepared.witness, {}, world.io)) === 'before');
  });
});
