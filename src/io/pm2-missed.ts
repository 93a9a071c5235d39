import type { Pm2Process } from './pm2.js';
import { exitKey } from './pm2-bus.js';
import { isRunning } from './pm2-process.js';

export interface MissedExit {
  readonly name: string;
  readonly pmId: number;
  /** Equal to the `dedupe` the bus would have given, where the run that ended is known. */
  readonly dedupe: string;
}

/** A loop of this many unseen runs tells all there is to tell. */
const MAX_UNSEEN = 100;

/**
 * The exits that must have happened between two lists, for the time in which the bus was not heard. Exits the bus did
 * tell are among them under the same keys; runs that began and ended unseen get keys made from the run after them.
 * `told` are the keys of exits the bus told since `before`, so that these runs do not count as unseen.
 */
export function exitsBetween(before: readonly Pm2Process[], now: readonly Pm2Process[], told: readonly string[] = []): readonly MissedExit[] {
  return before.flatMap((was) => {
    const is = now.find((one) => one.pmId === was.pmId && one.name === was.name);
    const ended = isRunning(was) ? [exitOf(was)] : [];
    if (is === undefined) return ended;
    if (is.startedAt === was.startedAt) return isRunning(is) ? [] : ended;
    return [...ended, ...unseenRuns(was, is, told), ...(isRunning(is) ? [] : [exitOf(is)])];
  });
}

/** Is a process still the entry that it was, so that PM2 may have started it again? Another daemon gives it another unique id. */
export function keptEntry(before: readonly Pm2Process[], now: readonly Pm2Process[], pmId: number): boolean {
  const was = before.find((one) => one.pmId === pmId);
  return was === undefined || now.some((one) => one.pmId === pmId && one.name === was.name && one.uniqueId === was.uniqueId);
}

/** PM2 counts each run that followed another; under another unique id the counter is a new daemon's. */
function unseenRuns(was: Pm2Process, is: Pm2Process, told: readonly string[]): readonly MissedExit[] {
  const followed = is.uniqueId === was.uniqueId ? is.restarts - was.restarts : 0;
  const seen = new Set(told.filter((key) => key.startsWith(`exit:${is.pmId}:`) && key !== exitKey(was) && key !== exitKey(is)));
  const unseen = Math.min(MAX_UNSEEN, Math.max(0, followed - (isRunning(was) ? 1 : 0) - seen.size));
  return Array.from({ length: unseen }, (_, n) => ({ name: is.name, pmId: is.pmId, dedupe: `${exitKey(is)}-${n + 1}` }));
}

function exitOf(run: Pm2Process): MissedExit {
  return { name: run.name, pmId: run.pmId, dedupe: exitKey(run) };
}
