import { setTimeout as delay } from 'node:timers/promises';

const FREE = 100;

/** Above 100 requests at once each newcomer waits a millisecond for every one too many. */
export function createThrottle() {
  let inside = 0;
  return {
    async enter() {
      inside += 1;
      if (inside > FREE) await delay(inside - FREE);
    },
    leave() {
      inside -= 1;
    },
    /** Requests that went in and were forgotten: they are counted until the worker ends. */
    forget(count) {
      inside += count;
    },
  };
}
