import type { Clock } from './clock.js';

export const LATE = Symbol('late');

/** What the work gives, or LATE after `ms`. The work goes on; its later failure is dropped. Rejects where it fails in time. */
export async function within<T>(work: Promise<T>, ms: number, clock: Clock): Promise<T | typeof LATE> {
  const timer = new AbortController();
  const isLate = (): typeof LATE => LATE;
  work.catch(() => {});
  try {
    return await Promise.race([work, clock.sleep(ms, timer.signal).then(isLate, isLate)]);
  } finally {
    timer.abort();
  }
}
