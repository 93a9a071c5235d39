import { scheduleJob } from 'node-schedule';
import type { Clock } from '../../src/io/clock.js';

/** Wakes the loop at a time. The due times come from the store; this only rings. */
export interface Ticker {
  /** Calls `ring` once at `at` (wall clock, ms) or sooner, at once when that is past. Returns how to take it back. */
  wakeAt(at: number, ring: () => void): () => void;
}

/** Below this a plain timer is as good, and cheaper. */
const SOON_MS = 1_000;
/** A laptop that slept or a clock that stepped makes a timer late: it rings at least this often. */
const LONGEST_MS = 15_000;

/** On node-schedule, which follows the wall clock over long waits. */
export function createTicker(clock: Clock): Ticker {
  return {
    wakeAt(at, ring) {
      const now = clock.now();
      const inMs = Math.min(at - now, LONGEST_MS);
      const job = inMs > SOON_MS ? scheduleJob(new Date(now + inMs), ring) : null;
      if (job) return () => void job.cancel();
      const timer = setTimeout(ring, Math.max(0, inMs));
      return () => clearTimeout(timer);
    },
  };
}
