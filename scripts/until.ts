import { HypercareError } from '../src/domain/errors.js';
import { systemClock } from '../src/io/clock.js';

export interface Patience {
  readonly withinMs: number;
  readonly everyMs: number;
}

/** Asks again and again until the answer is neither null nor false. Throws `wait.timeout` at the deadline. */
export async function until<T>(what: string, ask: () => Promise<T | null | false>, patience: Patience): Promise<T> {
  const deadline = systemClock.monotonic() + patience.withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
    if (systemClock.monotonic() >= deadline) {
      throw new HypercareError('wait.timeout', 'transient', `Waited ${patience.withinMs / 1000} s in vain until ${what}`);
    }
    await systemClock.sleep(patience.everyMs);
  }
}
