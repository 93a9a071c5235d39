import { HypercareError, errorText } from '../src/domain/errors.js';
import { createGlance, type Glance } from '../src/store/glance.js';
import { createBackOff, LEAST_MS, type StageFailure } from './schedule/back-off.js';
import type { Ticker } from './schedule/ticker.js';
import type { Stage, StageContext } from './stages/stage.js';

/** With nothing due, it looks again after an hour; the ticker rings sooner where timers cannot be trusted. */
const LONGEST_SLEEP_MS = 3_600_000;
/** Passes in a row without sleeping; more means that two stages undo each other. */
const MOST_PASSES = 50;

export interface Loop {
  /** Wakes the loop. Pokes carry nothing, and many are one. */
  poke(): void;
  /** Runs until stopped; rejects only when the seat was lost. */
  run(signal: AbortSignal): Promise<void>;
}

/**
 * A pass runs every stage. There are no idle passes: the loop sleeps until the earliest due time or a poke. After a stage
 * failed, the loop goes on with the others and comes back to it: what it failed at is still due, so it waits longer each time.
 */
export function createLoop(ctx: StageContext, stages: readonly Stage[], ticker: Ticker): Loop {
  let poked = false;
  let ring: () => void = () => undefined;
  const look = createGlance(ctx.store.db, ctx.hostId);
  const backOff = createBackOff(ctx);

  const poke = () => {
    poked = true;
    ring();
  };

  async function pass(): Promise<{ readonly changed: boolean; readonly failures: readonly StageFailure[] }> {
    let changed = false;
    const failures: StageFailure[] = [];
    let glance: Glance | null = null;
    for (const stage of stages) {
      try {
        glance ??= await look();
        if (!waits(stage, glance, ctx.clock.now()) || !(await stage.run(ctx))) continue;
        changed = true;
        glance = null;
      } catch (error) {
        if (error instanceof HypercareError && error.code === 'seat.lost') throw error;
        failures.push({ stage: stage.name, error: errorText(error) });
      }
    }
    return { changed, failures };
  }

  /** Passes until nothing changes any more, or one fails; returns how long to wait after it, or null. */
  async function settle(): Promise<number | null> {
    for (let passes = 0; passes < MOST_PASSES; passes += 1) {
      poked = false;
      const { changed, failures } = await pass();
      if (failures.length > 0) return backOff.failed(failures);
      backOff.good();
      if (!changed && !poked) return null;
    }
    ctx.log.warn({ passes: MOST_PASSES }, 'the stages do not come to rest; the loop pauses');
    return null;
  }

  /** A poke ends it too, once the least time has passed. */
  async function pause(waitMs: number, signal: AbortSignal): Promise<void> {
    const began = ctx.clock.monotonic();
    while (!signal.aborted) {
      const leftMs = began + (poked ? LEAST_MS : waitMs) - ctx.clock.monotonic();
      if (leftMs <= 0) return;
      await rung(ctx.clock.now() + leftMs, signal);
    }
  }

  async function dueAt(): Promise<number> {
    const now = ctx.clock.now();
    const glance = await look();
    const times = await Promise.all(stages.map((stage) => (stage.onlyWhenOpen && !glance.open ? null : (stage.nextAt?.(ctx, glance) ?? null))));
    return Math.min(now + LONGEST_SLEEP_MS, ...times.filter((at) => at !== null));
  }

  async function sleep(signal: AbortSignal): Promise<void> {
    const at = await dueAt();
    if (!poked && !signal.aborted) await rung(at, signal);
  }

  /** Resolves at that time, at a poke, or when stopped. */
  async function rung(at: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((wake) => {
      const end = () => {
        takeBack();
        signal.removeEventListener('abort', end);
        ring = () => undefined;
        wake();
      };
      const takeBack = ticker.wakeAt(at, end);
      signal.addEventListener('abort', end);
      ring = end;
    });
  }

  return {
    poke,
    async run(signal) {
      while (!signal.aborted) {
        const waitMs = await settle();
        await (waitMs === null ? sleep(signal) : pause(waitMs, signal));
      }
    },
  };
}

function waits(stage: Stage, glance: Glance, now: number): boolean {
  return stage.onlyWhenOpen ? glance.open : (stage.waits?.(glance, now) ?? true);
}
