import type { Clock } from '../../../src/io/clock.js';

export const LATE = Symbol('late');

/** What the promise gives, or LATE after `ms`. The promise goes on; its later failure is dropped. */
export async function within<T>(promise: Promise<T>, ms: number, clock: Clock): Promise<T | typeof LATE> {
  const timer = new AbortController();
  const isLate = (): typeof LATE => LATE;
  promise.catch(() => {});
  try {
    return await Promise.race([promise, clock.sleep(ms, timer.signal).then(isLate, isLate)]);
  } finally {
    timer.abort();
  }
}
