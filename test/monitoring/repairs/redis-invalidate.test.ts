import { describe, expect, it, onTestFinished } from 'vitest';
import { redisInvalidate } from '../../../monitoring/repairs/redis-invalidate.js';
import type { Prepared } from '../../../src/domain/plan.js';
import { repairContract } from '../../contracts/repair.js';
import { noRedis } from '../../doubles/redis.js';
import { fillKeys, redisWorld, type RedisWorld } from '../../doubles/redis-target.js';

type Args = { prefix?: string };

async function open(args: Args = {}, options = { invalidate: ['page:'] }): Promise<RedisWorld<Args>> {
  return redisWorld(args, options, async (own) => {
    await fillKeys(own, 'page:user:', 3_000);
    await fillKeys(own, 'pages:', 5);
    await own.say('SET', 'basket:7', '1');
  });
}

describe.skipIf(noRedis)('emptying a cache', () => {
  repairContract({
    repair: redisInvalidate,
    open,
    refused: {
      'a Redis whose config names no cache': async ({ target }) => ({ target: { ...target, options: {} } }),
      'what the config does not allow': async () => ({ args: { prefix: 'basket:' } }),
      'more than the config allows': async () => ({ args: { prefix: 'pa' } }),
      'a pattern': async () => ({ args: { prefix: 'page:*' } }),
      'a prefix of sessions, whatever the config says': async ({ target }) => ({ target: { ...target, options: { invalidate: ['session:'] } } }),
      'a cache that has the locks of others in it': async ({ own }) => void (await own.say('SET', 'page:lock:7', '1')),
      'what the config itself calls locks': async ({ target }) => ({ target: { ...target, options: { ...target.options, locks: ['page:user:'] } } }),
      'what the config itself calls a limiter': async ({ target }) => ({ target: { ...target, users: [{ name: 'shop', processes: ['shop'], limiters: ['page:user:'] }] } }),
      'a cache that is empty': async ({ own }) => void (await own.say('FLUSHDB')),
    },
  });

  let world: RedisWorld<Args>;

  async function begin(...how: Parameters<typeof open>): Promise<void> {
    world = await open(...how);
    onTestFinished(world.close);
  }

  async function prepared(): Promise<Prepared> {
    const made = await redisInvalidate.prepare(world.target, world.args, world.io, new AbortController().signal);
    if ('refused' in made) throw new Error(made.refused);
    return made;
  }

  async function run(plan: Prepared): Promise<unknown> {
    const receipts: unknown[] = [];
    for (const step of redisInvalidate.steps(world.target, world.args, plan)) receipts.push(await step.act(plan.witness, {}, world.io, new AbortController().signal));
    return receipts;
  }

  it('removes the keys below the prefix, all of them and no others, and says how many', async () => {
    await begin();
    const plan = await prepared();
    expect(plan).toMatchObject({
      does: [{ does: 'UNLINK the keys that begin with page:, 1000 at a time and at most 4,000' }], bounds: { keys: 4_000 },
      notes: ['3,000 keys begin with page: now, like page:user:…', expect.any(String)],
    });
    expect(await run(plan)).toMatchObject([{ removed: 3_000, said: expect.stringMatching(/^removed 3,000 keys that began with page:; its memory went from \d+ MiB to \d+ MiB$/) }]);
    expect(await world.essence()).toEqual(['basket:7', 'pages:1', 'pages:2', 'pages:3', 'pages:4', 'pages:5']);
  });

  it('goes by a narrower prefix, letter by letter', async () => {
    await begin({ prefix: 'page:[x]' }, { invalidate: ['page:'] });
    expect(await redisInvalidate.prepare(world.target, world.args, world.io, new AbortController().signal)).toMatchObject({ refused: expect.stringContaining('patterns') });
    world = { ...world, args: { prefix: 'page:user:12' } };
    expect(await run(await prepared())).toMatchObject([{ removed: 111 }]);
  });

  it('holds the bound that was approved, and leaves keys of others that came since', async () => {
    await begin();
    const plan = await prepared();
    await fillKeys(world.own, 'page:more:', 3_000);
    await world.own.say('SET', 'page:session:ann', '1');
    expect(await run(plan)).toMatchObject([{ removed: 4_000 }]);
    expect(await world.own.say('EXISTS', 'page:session:ann')).toBe(1);
  });

  it('is the same plan while keys come and go, so that a yes to it holds', async () => {
    await begin();
    const before = await prepared();
    await fillKeys(world.own, 'page:more:', 90);
    expect((await prepared()).does).toEqual(before.does);
  });

  it('knows that it was done although the apps have filled the cache again', async () => {
    await begin();
    const plan = await prepared();
    await run(plan);
    await fillKeys(world.own, 'page:user:', 100);
    const [step] = redisInvalidate.steps(world.target, world.args, plan);
    expect(await step?.state(plan.witness, {}, world.io)).toBe('after');
    expect(await step?.state((await prepared()).witness, {}, world.io)).toBe('before');
  });

  it('works where the memory is full', async () => {
    await begin();
    await fillKeys(world.own, 'page:user:', 3_000, 'x'.repeat(500));
    const { own } = world;
    const used = Number(/used_memory:(\d+)/.exec(String(await own.say('INFO', 'memory')))?.[1]);
    await own.say('CONFIG', 'SET', 'maxmemory', used - 200_000);
    await expect(own.say('SET', 'x', '1')).rejects.toMatchObject({ code: 'redis.full' });
    expect(await run(await prepared())).toMatchObject([{ removed: 3_000 }]);
    expect(await own.say('SET', 'x', '1')).toBe('OK');
  });
});
