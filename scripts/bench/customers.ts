import { systemClock } from '../../src/io/clock.js';

/** What ten customers got who ask for one page without a pause, on connections they keep. */
export interface Crowd {
  readonly served: number;
  /** Turned away, cut off, or answered with an error. */
  readonly failed: number;
  /** From the first request that failed to the last. */
  readonly brokenMs: number;
}

const CUSTOMERS = 10;
/** Who is turned away comes back so soon. */
const AGAIN_MS = 10;
const GIVES_UP_MS = 5_000;

export function customers(url: string): { leave(): Promise<Crowd> } {
  const failedAt: number[] = [];
  let served = 0;
  let here = true;
  const ask = async (): Promise<void> => {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(GIVES_UP_MS) });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`answered ${answer.status}`);
      served += 1;
    } catch {
      failedAt.push(systemClock.monotonic());
      await systemClock.sleep(AGAIN_MS);
    }
  };
  const all = Promise.all(Array.from({ length: CUSTOMERS }, async () => {
    while (here) await ask();
  }));
  return {
    async leave() {
      here = false;
      await all;
      return { served, failed: failedAt.length, brokenMs: (failedAt.at(-1) ?? 0) - (failedAt[0] ?? 0) };
    },
  };
}
