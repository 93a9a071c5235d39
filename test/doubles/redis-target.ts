import type { RepairTarget } from '../../monitoring/repairs/repair.js';
import type { Json } from '../../src/domain/json.js';
import { systemClock } from '../../src/io/clock.js';
import type { Io } from '../../src/io/io.js';
import { createRedis } from '../../src/io/redis.js';
import type { RepairWorld } from '../contracts/repair.js';
import { ownRedis, type OwnRedis } from './redis.js';

/** A Redis named cache, as a repair is told of it. */
export function redisTarget(url: string, options: Readonly<Record<string, Json>> = {}): RepairTarget {
  return { id: 'redis-1' as RepairTarget['id'], kind: 'redis', name: 'cache', url, options: { timeoutMs: 2_000, ...options }, users: [], uses: [], processes: [], release: null, running: null, ledger: [], checks: ['redis'], settleMs: 1_000 };
}

export function redisIo(): Io {
  return { clock: systemClock, redis: createRedis() } as unknown as Io;
}

export interface RedisWorld<A> extends RepairWorld<A> {
  readonly own: OwnRedis;
}

/** A world with a Redis in it; its essence are the keys, by name and with what is in them, but for our own marks. */
export async function redisWorld<A>(args: A, options: Readonly<Record<string, Json>>, fill: (own: OwnRedis) => Promise<void>): Promise<RedisWorld<A>> {
  const own = await ownRedis();
  await fill(own).catch(async (error: unknown) => {
    await own.stop();
    throw error;
  });
  const io = redisIo();
  const keys = async (): Promise<Json> => ((await own.say('KEYS', '*')) as string[]).filter((key) => !key.startsWith('hypercare:')).sort();
  return {
    own, io, args,
    target: redisTarget(own.url, options),
    other: () => {
      const dying = redisIo();
      return { io: dying, cut: () => dying.redis.close() };
    },
    look: async () => ((await own.say('KEYS', '*')) as string[]).sort(),
    essence: keys,
    freeze: async () => own.freeze(),
    thaw: async () => own.thaw(),
    async close() {
      await io.redis.close();
      await own.stop();
    },
  };
}

/** So many keys of this shape, quickly. */
export async function fillKeys(own: OwnRedis, prefix: string, count: number, value = 'x'): Promise<void> {
  await own.say('EVAL', `for n = 1, tonumber(ARGV[2]) do redis.call('SET', ARGV[1] .. n, ARGV[3]) end`, 0, prefix, count, value);
}
