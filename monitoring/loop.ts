import { HypercareError, errorText } from '../src/domain/errors.js';
import { createGlance, type Glance } from '../src/store/glance.js';
import type { Ticker } from './schedule/ticker.js';
import type { Stage, StageContext } from './stages/stage.js';

/** With nothing due, it looks again after an hour; the ticker rings sooner where timers cannot be trusted. */
const LONGEST_SLEEP_MS = 3_600_000;
/** After a stage failed, the loop goes on with the others and comes back to it. */
const AFTER_FAILURE_MS = 1_000;
/** Passes in a row without sleeping; more means that two stages undo each other. */
const MOST_PASSES = 50;

export interface Loop {
  /** Wakes the loop. Pokes carry nothing, and many are one. */
  poke(): void;
  /** Passes until nothing changes any more; for tests and for the last look before stopping. */
  settle(): Promise<void>;
  /** Runs until stopped; rejects only when the seat was lost. */
  run(signal: AbortSignal): Promise<void>;
}

/** A pass runs every stage. There are no idle passes: the loop sleeps until the earliest due time or a poke. */
export function createLoop(ctx: StageContext, stages: readonly Stage[], ticker: Ticker): Loop {
  let poked = false;
  let ring: () => void = () => undefined;
  const look = createGlance(ctx.store.db, ctx.hostId);

  const poke = () => {
    poked = true;
    ring();
  };

  async function pass(): Promise<{ readonly changed: boolean; readonly failed: boolean }> {
    let changed = false;
    let failed = false;
    let glance: Glance | null = null;
    for (const stage of stages) {
      try {
        glance ??= await look();
        if (!waits(stage, glance, ctx.clock.now()) || !(await stage.run(ctx))) continue;
        changed = true;
        glance = null;
      } catch (error) {
        if (error instanceof HypercareError && error.code === 'seat.lost') throw error;
        ctx.log.error({ stage: stage.name, error: errorText(error) }, 'a stage failed; it is run again');
        failed = true;
      }
    }
    return { changed, failed };
  }

  async function settle(): Promise<void> {
    for (let passes = 0; passes < MOST_PASSES; passes += 1) {
      poked = false;
      const { changed, failed } = await pass();
      if (failed) {
        ticker.wakeAt(ctx.clock.now() + AFTER_FAILURE_MS, poke);
        return;
      }
      if (!changed && !poked) return;
    }
    ctx.log.warn({ passes: MOST_PASSES }, 'the stages do not come to rest; the loop pauses');
  }

  async function dueAt(): Promise<number> {
    const now = ctx.clock.now();
    const glance = await look();
    const times = await Promise.all(stages.map((stage) => (stage.onlyWhenOpen && !glance.open ? null : (stage.nextAt?.(ctx, glance) ?? null))));
    return Math.min(now + LONGEST_SLEEP_MS, ...times.filter((at) => at !== null));
  }

  /** Resolves at the earliest due time, at a poke, or when stopped. */
  async function sleep(signal: AbortSignal): Promise<void> {
    const at = await dueAt();
    if (poked || signal.aborted) return;
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
    settle,
    async run(signal) {
      while (!signal.aborted) {
        await settle();
        await sleep(signal);
      }
    },
  };
}

function waits(stage: Stage, glance: Glance, now: number): boolean {
  return stage.onlyWhenOpen ? glance.open : (stage.waits?.(glance, now) ?? true);
}
