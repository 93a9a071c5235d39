import type { VerifySpec } from '../../src/domain/plan.js';
import type { Clock } from '../../src/io/clock.js';
import type { RepairTarget } from './repair.js';

const GOOD_IN_A_ROW = 3;
/** The host is measured each minute at rest, and each second after a repair: three readings are there in time. */
const WITHIN_MS = 3 * 60_000;
const LOOK_EVERY_MS = 50;

/** By the host's own check; nothing has to settle, because a disk has its room at once. */
export function judgedByHost(target: RepairTarget): VerifySpec {
  return { checks: target.checks, good: GOOD_IN_A_ROW, settleMs: Math.min(target.settleMs, 5_000), withinMs: WITHIN_MS };
}

/** '1 file', '12 files'; 'more' has no plural. */
export function sayCount(count: number, what: string): string {
  return `${count} ${what}${count === 1 || what === 'more' ? '' : 's'}`;
}

/** Waits until it is so, and not longer than that. */
export async function until(isSo: () => Promise<boolean>, mostMs: number, clock: Clock): Promise<void> {
  const giveUpAt = clock.monotonic() + mostMs;
  while (clock.monotonic() < giveUpAt && !(await isSo())) await clock.sleep(LOOK_EVERY_MS);
}
