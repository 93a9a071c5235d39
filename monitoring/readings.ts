import type { Check, Reading } from '../src/domain/check.js';

/** One measurement that was made and is not yet stored. */
export interface TakenReading {
  readonly check: Check;
  readonly reading: Reading;
  readonly at: number;
}

/** Collects readings of one moment, so that they cost one transaction and one pass of the loop. */
export interface Readings {
  /** A measurement begins; what it returns takes its reading (null: there is none) and resolves once it is stored. */
  begin(): (taken: TakenReading | null) => Promise<void>;
}

/** A good reading waits at most so long for those that are still being measured. */
const WAIT_MS = 200;

/** Stores at once when a reading is not good, or when nothing more is under way. */
export function createReadings(store: (taken: readonly TakenReading[]) => Promise<void>): Readings {
  let underWay = 0;
  let waiting: TakenReading[] = [];
  let stored: { readonly done: Promise<void>; readonly resolve: () => void; readonly reject: (error: unknown) => void } | null = null;
  let timer: NodeJS.Timeout | null = null;

  function flush(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    const [batch, settle] = [waiting, stored];
    waiting = [];
    stored = null;
    if (!settle) return;
    store(batch).then(settle.resolve, settle.reject);
  }

  function wait(taken: TakenReading): Promise<void> {
    waiting.push(taken);
    if (!stored) {
      let resolve: () => void = () => undefined;
      let reject: (error: unknown) => void = () => undefined;
      const done = new Promise<void>((yes, no) => ([resolve, reject] = [yes, no]));
      stored = { done, resolve, reject };
    }
    timer ??= setTimeout(flush, WAIT_MS);
    return stored.done;
  }

  return {
    begin() {
      underWay += 1;
      return (taken) => {
        underWay -= 1;
        const done = taken ? wait(taken) : Promise.resolve();
        if (underWay === 0 || (taken && taken.reading.verdict !== 'good')) flush();
        return done;
      };
    },
  };
}
