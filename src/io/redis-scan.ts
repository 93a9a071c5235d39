import { HypercareError } from '../domain/errors.js';
import type { Io } from './io.js';

/**
 * How many keys the server looks at for one answer. Measured with 900,000 of a million keys removed: another client waited
 * 12 ms at most, with 10,000 it waited 42 ms, and with KEYS 649.
 */
export const BATCH = 1_000;
const MOST_BATCHES = 50_000;

/** Every key that begins with the prefix, in batches; a key may come twice, and one that is made meanwhile may be missing. Throws `redis.too_many` where more than so many batches would be looked through. */
export async function* keysBelow(io: Pick<Io, 'redis'>, url: string, prefix: string, signal?: AbortSignal, mostBatches = MOST_BATCHES): AsyncGenerator<readonly string[]> {
  let cursor = '0';
  for (let batches = 0; batches < mostBatches; batches += 1) {
    const [next, keys] = (await io.redis.call(url, ['SCAN', cursor, 'MATCH', `${literally(prefix)}*`, 'COUNT', BATCH], { ...(signal ? { signal } : {}) })) as [string, string[]];
    if (keys.length > 0) yield keys;
    cursor = String(next);
    if (cursor === '0') return;
  }
  throw new HypercareError('redis.too_many', 'permanent', `Redis: it has more than ${BATCH * mostBatches} keys, which are not looked through`, 'Remove them by hand, with a tool that pauses.');
}

/** What would be a pattern stands for itself. */
function literally(prefix: string): string {
  return prefix.replace(/[*?[\]\\^]/g, '\\$&');
}
