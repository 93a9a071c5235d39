import { systemClock } from '../../src/io/clock.js';
import { createTicker } from '../../monitoring/schedule/ticker.js';
import type { VirtualTime } from './virtual-time.js';

/** The real clock, and `step` lets time pass: half an hour of waiting for an answer is over at once. */
export function steppedTime(): VirtualTime {
  let ahead = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + ahead, monotonic: () => systemClock.monotonic() + ahead };
  return {
    clock,
    ticker: createTicker(clock),
    watch: () => undefined,
    reach: () => Promise.resolve(),
    step: (byMs) => void (ahead += byMs),
  };
}
