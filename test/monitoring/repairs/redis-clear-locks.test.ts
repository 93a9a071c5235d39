import { describe, expect, it, onTestFinished } from 'vitest';
import { redisClearLocks } from '../../../monitoring/repairs/redis-clear-locks.js';
import { repairContract } from '../../contracts/repair.js';
import { noRedis, type OwnRedis } from '../../doubles/redis.js';
import { redisWorld, type RedisWorld } from '../../doubles/redis-target.js';

interface Args {
  prefix?: string;
  older?: string;
}

type Meanwhile = (own: OwnRedis) => Promise<void>;

/** A lock that nobody touched for so long; `ttl` in milliseconds, 0 for none. */
async function lock(own: OwnRedis, key: string, { idleS, ttl = 0 }: { readonly idleS: number; readonly ttl?: number }): Promise<void> {
  // What DUMP gives for the text "owner".
  await own.say('EVAL', `redis.call('SET', 'mould', 'owner') local dump = redis.call('DUMP', 'mould') redis.call('DEL', 'mould') return redis.call('RESTORE', KEYS[1], ARGV[1], dump, 'REPLACE', 'IDLETIME', ARGV[2])`, 1, key, ttl, idleS);
}

async function open(args: Args = {}): Promise<RedisWorld<Args>> {
  return redisWorld<Args>(args, { locks: ['lock:', 'mutex:'] }, async (own) => {
    await lock(own, 'lock:order:1', { idleS: 3_600 });
    await lock(own, 'lock:order:2', { idleS: 3_600 });
    await lock(own, 'lock:order:3', { idleS: 3_600, ttl: 500_000 });
    await lock(own, 'lock:order:4', { idleS: 5 });
    await lock(own, 'other:1', { idleS: 9_000 });
  });
}

describe.skipIf(noRedis)('clearing locks', () => {
  repairContract({
    repair: redisClearLocks,
    open,
    refused: {
      'a Redis whose config names no locks': async ({ target }) => ({ target: { ...target, options: {} } }),
      'what the config does not allow': async () => ({ args: { prefix: 'other:' } }),
      'where the server does not know what is stale': async ({ own }) => void (await own.say('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lfu')),
      'where none is stale': async () => ({ args: { prefix: 'lock:order:4' } }),
    },
  });

  async function run(args: Args, between: Meanwhile = async () => undefined, before: Meanwhile = async () => undefined) {
    const world = await open(args);
    onTestFinished(world.close);
    await before(world.own);
    const prepared = await redisClearLocks.prepare(world.target, world.args, world.io, new AbortController().signal);
    if ('refused' in prepared) throw new Error(prepared.refused);
    await between(world.own);
    const [step] = redisClearLocks.steps(world.target, world.args, prepared);
    const receipt = await step?.act(prepared.witness, {}, world.io, new AbortController().signal);
    return { receipt, left: await world.essence(), notes: prepared.notes };
  }

  it('removes those that never end and that nobody touched, and shows none by name', async () => {
    const { receipt, left, notes } = await run({});
    expect(receipt).toMatchObject({ removed: 2 });
    expect(left).toEqual(['lock:order:3', 'lock:order:4', 'other:1']);
    expect(notes[0]).toBe('2 stale below lock:, like lock:…:…');
  });

  it('removes those that end by themselves too, where it is said how old', async () => {
    expect(await run({ older: '30m' })).toMatchObject({ receipt: { removed: 3 }, left: ['lock:order:4', 'other:1'] });
  });

  it('leaves those whose value is a small number, as pids are, and says so', async () => {
    const { left, notes } = await run({ older: '1m' }, async () => undefined, async (own) => {
      await own.say('SET', 'lock:pid', '4321');
      await own.say('SET', 'lock:one', '1', 'EX', '3600');
    });
    expect(left).toEqual(expect.arrayContaining(['lock:one', 'lock:pid']));
    expect(notes[1]).toBe('2 locks have small numbers as their values, of which Redis does not know for how long nobody touched it: look at them yourself');
  });

  it('leaves one that was taken meanwhile', async () => {
    expect(await run({}, async (own) => void (await own.say('SET', 'lock:order:1', 'another')))).toMatchObject({ receipt: { removed: 1 }, left: ['lock:order:1', 'lock:order:3', 'lock:order:4', 'other:1'] });
  });
});
