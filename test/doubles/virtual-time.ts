/** A clock that passes only when nothing is under way: 72 hours run in seconds, on real probes and a real store. */
import type { Clock } from '../../src/io/clock.js';
import type { Effects } from '../../monitoring/effects.js';
import type { Ticker } from '../../monitoring/schedule/ticker.js';

/** Who does something of his own at times of his own, as a bot beside the monitor: time stops there for him too. */
export interface Beside {
  /** When there is something to do; null: not before something happens. */
  nextAt(): Promise<number | null>;
  /** Does all that is due by now. */
  run(): Promise<void>;
}

export interface VirtualTime {
  readonly clock: Clock;
  readonly ticker: Ticker;
  /** The effects that are waited for before time passes. */
  watch(effects: Effects): void;
  /** Absent where the clock is stepped by hand. */
  beside?(other: Beside): void;
  /** Time stops at `at`; resolves when it is there. */
  reach(at: number): Promise<void>;
  /** What a wall clock does when it is set: `now` steps, durations do not. */
  step(byMs: number): void;
}

export function virtualTime(start: number): VirtualTime {
  let now = start;
  let passed = 0;
  let effects: Effects | null = null;
  let limit = start;
  let held: (() => void) | null = null;
  let reached: (() => void) | null = null;
  let other: Beside | null = null;

  async function settled(): Promise<void> {
    await new Promise<void>((turn) => setImmediate(turn));
    await effects?.idle();
    // The end of an effect wakes the loop in the next turn: it has the word before time does.
    await new Promise<void>((turn) => setImmediate(turn));
  }

  function pass(at: number): void {
    passed += Math.max(0, at - now);
    now = Math.max(now, at);
  }

  /** False where the loop was woken meanwhile, which then asks for another time. */
  async function runBeside(until: number, cancelled: () => boolean): Promise<boolean> {
    for (;;) {
      await settled();
      if (cancelled()) return false;
      const next = (await other?.nextAt()) ?? null;
      if (cancelled()) return false;
      if (next === null || next > until) return true;
      pass(next);
      await other?.run();
    }
  }

  /** Rings once everything under way has ended, and never beyond the limit. */
  async function ring(at: number, bell: () => void, cancelled: () => boolean): Promise<void> {
    if (!(await runBeside(Math.min(at, limit), cancelled))) return;
    if (at > limit) {
      held = () => void ring(at, bell, cancelled);
      reached?.();
      return;
    }
    pass(at);
    bell();
  }

  return {
    clock: {
      now: () => now,
      monotonic: () => passed,
      sleep: async (ms) => {
        passed += ms;
        await new Promise<void>((turn) => setImmediate(turn));
      },
    },
    ticker: {
      wakeAt(at, bell) {
        let taken = false;
        void ring(at, bell, () => taken);
        return () => void (taken = true);
      },
    },
    watch: (watched) => void (effects = watched),
    beside: (one) => void (other = one),
    step: (byMs) => void (now += byMs),
    reach(at) {
      limit = at;
      const go = held;
      held = null;
      return new Promise<void>((done) => {
        reached = () => {
          reached = null;
          done();
        };
        go?.();
      });
    },
  };
}
