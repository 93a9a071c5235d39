import type { Clock } from '../../src/io/clock.js';
import type { Logger } from '../../src/io/log.js';

/** Anybody may knock; the log is told of each reason at once, and then at most so often. */
const QUIET_MS = 10 * 60_000;
/** Reasons are words of ours; this guards against one that is not. */
const MOST_REASONS = 50;

export interface Refusals {
  /** Keeps and tells how often something was refused for this reason. */
  readonly count: (why: string) => void;
}

/** Counts what was refused, by its reason, for as long as the process lives. */
export function createRefusals({ name, clock, log }: { readonly name: string; readonly clock: Clock; readonly log: Logger }): Refusals {
  const counts = new Map<string, { times: number; toldAt: number }>();
  return {
    count(why) {
      const counted = counts.get(why) ?? { times: 0, toldAt: Number.NEGATIVE_INFINITY };
      counted.times += 1;
      if (counts.size < MOST_REASONS) counts.set(why, counted);
      if (clock.monotonic() - counted.toldAt < QUIET_MS) return;
      counted.toldAt = clock.monotonic();
      log.warn({ times: counted.times }, `${name}: refused a request: ${why}`);
    },
  };
}
