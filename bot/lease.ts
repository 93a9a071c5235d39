import { errorText } from '../src/domain/errors.js';
import type { Clock } from '../src/io/clock.js';
import type { Logger } from '../src/io/log.js';
import { hasEnded, ownMark } from '../src/io/process-mark.js';
import { endLease, leaseOf, takeLease } from '../src/store/leases.js';
import type { Store } from '../src/store/store.js';

/** A bot of another machine that died is replaced after so long; one of this machine at once. */
const HELD_MS = 20_000;
const RENEW_MS = 5_000;
const LOOK_MS = 2_000;

export interface LeaseParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborted when the process stops. */
  readonly signal: AbortSignal;
}

export interface Leased {
  readonly name: string;
  /** Done while the lease is held; ends when its signal is aborted: the lease is lost, or the process stops. */
  readonly work: (signal: AbortSignal) => Promise<void>;
  /** Told once each time another one is found to hold it. */
  readonly waits: () => void;
}

/**
 * Of several bots one holds the lease and works, the others wait and take over when it is gone. A store that takes no
 * writes for a while ends nobody's work: what is done is claimed in the store as well, and who only looks needs no write.
 */
export async function whileLeased(parts: LeaseParts, { name, work, waits }: Leased): Promise<void> {
  const { store, clock, log, signal } = parts;
  const lease = { name, holder: ownMark() };
  let waiting = false;
  while (!signal.aborted) {
    const taken = await take(parts, lease).catch((error: unknown) => log.error({ error: errorText(error) }, 'could not ask whether another bot runs'));
    if (taken === true) {
      waiting = false;
      await hold(parts, lease, work);
      await store.write((tx) => endLease(tx, lease)).catch(() => undefined);
      continue;
    }
    if (taken === false && !waiting) waits();
    waiting ||= taken === false;
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}

type Named = Parameters<typeof takeLease>[1];

async function take({ store, clock }: LeaseParts, lease: Named): Promise<boolean> {
  const { name } = lease;
  const held = await leaseOf(store.db, name);
  const dead = held !== null && hasEnded(held.holder) ? held.holder : null;
  const isHeld = held !== null && dead === null && held.until > clock.now() && held.until <= clock.now() + 2 * HELD_MS;
  if (isHeld) return false;
  return store.write(async (tx) => {
    // For a bot of this machine that died nobody has to wait.
    if (dead !== null) await endLease(tx, { name, holder: dead });
    return takeLease(tx, lease, clock.now(), HELD_MS);
  }).catch(() => true);
}

async function hold({ store, clock, log, signal }: LeaseParts, lease: Named, work: Leased['work']): Promise<void> {
  const lost = new AbortController();
  const over = AbortSignal.any([signal, lost.signal]);
  const working = work(over).finally(() => lost.abort());
  while (!over.aborted) {
    await clock.sleep(RENEW_MS, over).catch(() => undefined);
    if (over.aborted) break;
    const kept = await store.write((tx) => takeLease(tx, lease, clock.now(), HELD_MS)).catch(() => true);
    if (kept) continue;
    log.warn({ lease: lease.name }, 'another bot took over; this one waits');
    lost.abort();
  }
  await working;
}
