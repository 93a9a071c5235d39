import type { Clock } from '../../../src/io/clock.js';

/** What the work gives, or undefined after `ms`, while the work goes on; rejects where the work does in time. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | undefined> {
  const late = new AbortController();
  try {
    return await Promise.race([work, clock.sleep(ms, late.signal).then(() => undefined)]);
  } finally {
    late.abort();
  }
}
