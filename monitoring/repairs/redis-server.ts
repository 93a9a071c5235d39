import { z } from 'zod';
import { HypercareError } from '../../src/domain/errors.js';
import { keyUse, type KeyUse } from '../../src/domain/redis-keys.js';
import type { RepairTarget, StepPosition } from './repair.js';

/** What the config says of a Redis beside its address. */
const options = z.object({ invalidate: z.array(z.string()).default([]), locks: z.array(z.string()).default([]) });

export type RedisOptions = z.output<typeof options>;

export function redisOptionsOf(target: RepairTarget): RedisOptions {
  return options.parse(target.options);
}

/** What a key is for that must not go with a cache, by its name, or because the config says that such are locks or a limiter's. */
export function useIn(target: RepairTarget): (key: string) => KeyUse | null {
  const { locks } = redisOptionsOf(target);
  const limiters = target.users.flatMap((user) => user.limiters);
  const within = (key: string, prefixes: readonly string[]): boolean => prefixes.some((prefix) => key.startsWith(prefix));
  return (key) => keyUse(key) ?? (within(key, locks) ? 'lock' : within(key, limiters) ? 'limiter' : null);
}

/** The address: a Redis has one by its config. */
export function urlOf({ url }: RepairTarget): string {
  if (url === null) throw new HypercareError('redis.unknown', 'permanent', 'Redis: its address is not in the config any more', 'Look at “redis” in hypercare.yaml.');
  return url;
}

/** A Redis that does not answer tells nothing; any other throw is a fault of ours. */
export function unknownToRedis(thrown: unknown): StepPosition {
  if (thrown instanceof HypercareError) return 'unknown';
  throw thrown;
}

/** A count to be held to, so much rounded up that a yes to it still holds when some keys came or went. */
export function roundedUp(count: number): number {
  const unit = 10 ** Math.max(1, Math.floor(Math.log10(Math.max(1, count))));
  return Math.ceil((count * 1.1) / unit) * unit;
}

/** '12,345'. */
export function sayCount(count: number): string {
  return count.toLocaleString('en-US');
}
