import { z } from 'zod';
import type { Json } from '../../src/domain/json.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import type { StepPosition } from './repair.js';

/** PM2's status between an exit and a start that it puts off. */
const WAITING = 'waiting restart';

const instanceSchema = z.object({ pmId: z.number(), pid: z.number(), startedAt: z.number(), status: z.string() });
const witnessSchema = z.object({ processes: z.array(z.object({ name: z.string(), instances: z.array(instanceSchema) })) });

/** One run of one instance as it was listed. A pid alone would mislead: PM2 shows it while it ends, and the system gives it out again. */
export type WitnessedInstance = z.infer<typeof instanceSchema>;

/** The runs that an act on PM2 processes is meant for, by process name. */
export type ProcessWitness = z.infer<typeof witnessSchema>;

export function witnessOf(names: readonly string[], listed: readonly Pm2Process[]): ProcessWitness {
  return {
    processes: names.map((name) => ({
      name,
      instances: listed
        .filter((one) => one.name === name)
        .map(({ pmId, pid, startedAt, status }) => ({ pmId, pid, startedAt, status })),
    })),
  };
}

/** Reads back what `witnessOf` made, from the journal too; throws where it is something else. */
export function readWitness(witness: Json): ProcessWitness {
  return witnessSchema.parse(witness);
}

export function witnessed(witness: Json, name: string): readonly WitnessedInstance[] {
  return readWitness(witness).processes.find((one) => one.name === name)?.instances ?? [];
}

/**
 * Where a process stands between the runs that were witnessed and new ones. A new run that errored counts as done: the
 * act happened, and whether it helped is for the checks to say. An interrupted act on several instances stays 'moving'
 * until the step's deadline, because it cannot be told from one that somebody else is still at.
 */
export function positionOf(name: string, before: readonly WitnessedInstance[], listed: readonly Pm2Process[]): StepPosition {
  const now = listed.filter((one) => one.name === name);
  if (now.length === 0 || before.length === 0) return 'unknown';
  if (now.every((one) => isAtRest(one) && !before.some((was) => isSameRun(was, one)))) return 'after';
  if (before.every((was) => now.some((one) => isUntouched(was, one)))) return 'before';
  return 'moving';
}

/** PM2 has put off its start, or given up and left it like that; a restart is refused until it is stopped. */
export function isWaiting(instances: readonly Pick<Pm2Process, 'status'>[]): boolean {
  return instances.some(({ status }) => status === WAITING);
}

/**
 * Where the stop of a name stands of which an instance waits. PM2 may have tried again since it was witnessed, so that
 * it need not be the same run that waits; a new run that stands is nothing to be stopped any more.
 */
export function stopPositionOf(name: string, before: readonly WitnessedInstance[], listed: readonly Pm2Process[]): StepPosition {
  const now = listed.filter((one) => one.name === name);
  if (now.length === 0 || before.length === 0) return 'unknown';
  const isOver = (one: Pm2Process): boolean => one.status === 'stopped' || (isAtRest(one) && !before.some((was) => isSameRun(was, one)));
  if (now.every(isOver)) return 'after';
  const isDue = (one: Pm2Process): boolean => one.status === WAITING || one.status === 'stopped' || before.some((was) => isUntouched(was, one));
  return isWaiting(now) && now.every(isDue) ? 'before' : 'moving';
}

/** Where the start after that stop stands. A new run that waits once more counts as done: it happened, and did not help. */
export function startPositionOf(name: string, before: readonly WitnessedInstance[], listed: readonly Pm2Process[]): StepPosition {
  const now = listed.filter((one) => one.name === name);
  if (now.length === 0 || before.length === 0) return 'unknown';
  if (now.every(({ status }) => status === 'stopped')) return 'before';
  return now.every((one) => (isAtRest(one) || one.status === WAITING) && !before.some((was) => isSameRun(was, one))) ? 'after' : 'moving';
}

function isAtRest(process: Pm2Process): boolean {
  return process.status === 'online' || process.status === 'errored';
}

function isSameRun(was: WitnessedInstance, one: Pm2Process): boolean {
  return was.pmId === one.pmId && was.startedAt === one.startedAt;
}

function isUntouched(was: WitnessedInstance, one: Pm2Process): boolean {
  return isSameRun(was, one) && was.pid === one.pid && was.status === one.status;
}
