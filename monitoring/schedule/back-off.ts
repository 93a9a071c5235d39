import type { Clock } from '../../src/io/clock.js';
import type { Logger } from '../../src/io/log.js';

/** So long at least lies between two failing passes, whoever pokes; it is doubled while they go on failing. */
export const LEAST_MS = 1_000;
const MOST_MS = 30_000;
const TOLD_EVERY_MS = 60_000;

export interface StageFailure {
  readonly stage: string;
  readonly error: string;
}

/** What a stage fails at seldom goes away within a millisecond, and may be that the disk of the log is full, too. */
export interface BackOff {
  /** Returns how long to wait before the next pass, in milliseconds. */
  failed(failures: readonly StageFailure[]): number;
  good(): void;
}

/** Tells when it begins, once a minute while it lasts, and when it is over. */
export function createBackOff({ clock, log }: { readonly clock: Clock; readonly log: Logger }): BackOff {
  let trouble: { readonly since: number; passes: number; waitMs: number; toldAt: number } | null = null;
  return {
    failed(failures) {
      const mono = clock.monotonic();
      const facts = { stage: failures.map(({ stage }) => stage).join(', '), error: failures[0]?.error };
      if (trouble === null) {
        trouble = { since: mono, passes: 1, waitMs: LEAST_MS, toldAt: mono };
        log.error(facts, 'a stage failed; it is run again');
        return LEAST_MS;
      }
      trouble.passes += 1;
      trouble.waitMs = Math.min(trouble.waitMs * 2, MOST_MS);
      if (mono - trouble.toldAt >= TOLD_EVERY_MS) {
        trouble.toldAt = mono;
        log.error({ ...facts, ...sums(trouble, mono) }, 'a stage still fails; it is run again');
      }
      return trouble.waitMs;
    },
    good() {
      if (trouble !== null) log.info(sums(trouble, clock.monotonic()), 'no stage fails any more');
      trouble = null;
    },
  };
}

function sums({ since, passes }: { readonly since: number; readonly passes: number }, mono: number) {
  return { passes, seconds: Math.round((mono - since) / 1_000) };
}
