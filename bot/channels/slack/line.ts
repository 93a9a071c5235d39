import { errorText, HypercareError } from '../../../src/domain/errors.js';
import type { Clock } from '../../../src/io/clock.js';
import type { Logger } from '../../../src/io/log.js';
import { within } from '../../../src/io/within.js';
import { DeliveryDelay, type NoteHearing, type Stop } from '../channel.js';
import type { Connection } from './connection.js';

const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 30_000;
/** What needs a person's hand is looked at again, but rarely. */
const REFUSED_WAIT_MS = 300_000;
/** A connection that held this long was a good one; after shorter ones the waits go on growing. */
const STEADY_MS = 30_000;
/** How long a stop waits for sockets to close. */
const STOP_MS = 3_000;

export interface Line {
  readonly open: () => Promise<Connection>;
  /** Told of each try to open another one that failed, and of the one that went right after that. */
  readonly hearing: NoteHearing;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Keeps one connection open until stopped: Slack renews it every few hours, and networks drop. Resolves once the first
 * one stands; its failure is the caller's. Between tries it waits 250 ms, 500 ms, … up to 30 s.
 */
export async function keepLine({ open, hearing, clock, log }: Line): Promise<Stop> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  let failures = 0;
  /** What was last told of why it is away; null: it is not. */
  let told: string | null = null;

  const following = follow(await open());
  return async () => {
    stopping.abort();
    // One that is being opened ends itself once it stands.
    await within(following, STOP_MS, clock);
  };

  async function follow(first: Connection): Promise<void> {
    for (let connection: Connection | null = first; connection !== null; connection = await reopen()) {
      const since = clock.monotonic();
      await Promise.race([connection.ended, stopped]);
      if (signal.aborted) return connection.end();
      failures = clock.monotonic() - since >= STEADY_MS ? 0 : failures + 1;
      log.info({}, 'slack: the connection ended, opening another');
    }
  }

  async function reopen(): Promise<Connection | null> {
    let waitMs = growing(failures);
    while (await pause(waitMs)) {
      try {
        const connection = await open();
        if (told !== null) log.info({}, 'slack: connected again');
        if (failures > 0) hearing(null);
        told = null;
        return connection;
      } catch (thrown) {
        failures += 1;
        hearing(thrown);
        waitMs = tellAndWait(thrown);
      }
    }
    return null;
  }

  function tellAndWait(thrown: unknown): number {
    if (thrown instanceof DeliveryDelay) return thrown.retryAfterMs;
    const needsHand = thrown instanceof HypercareError && thrown.errorClass !== 'transient';
    const facts = { why: errorText(thrown), mend: thrown instanceof HypercareError ? thrown.mend : null };
    if (told !== facts.why) log[needsHand ? 'error' : 'warn'](facts, needsHand ? 'slack: cannot listen until somebody mends this' : 'slack: could not connect, trying again');
    told = facts.why;
    return needsHand ? REFUSED_WAIT_MS : growing(failures);
  }

  /** False when it is time to stop. */
  async function pause(ms: number): Promise<boolean> {
    await clock.sleep(ms, signal).catch(() => {});
    return !signal.aborted;
  }
}

function growing(failures: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** Math.max(0, failures - 1), MAX_WAIT_MS);
}
