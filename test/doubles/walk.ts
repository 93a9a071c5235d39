/** Walks a repair's steps the way the execute stage does, without a store: for tests of repairs of several steps. */
import type { Json } from '../../src/domain/json.js';
import type { Prepared } from '../../src/domain/plan.js';
import { errorText } from '../../src/domain/errors.js';
import type { Io } from '../../src/io/io.js';
import type { Step, StepPosition } from '../../monitoring/repairs/repair.js';

export interface Walk {
  /** Null when every step was done. */
  readonly failure: string | null;
  /** Names of the steps that acted, and of those undone (with a leading '−'), in order. */
  readonly done: readonly string[];
  readonly receipts: Readonly<Record<string, Json>>;
  /** What undoing stumbled over. */
  readonly troubles: readonly string[];
}

/** `receipts`: what is on record already; `keep` is called with each new one, as the journal writes it down. */
export async function walk(steps: readonly Step[], prepared: Prepared, io: Io, kept: Record<string, Json> = {}, keep: (step: string, receipt: Json) => void = () => undefined): Promise<Walk> {
  const receipts = kept;
  const done: string[] = [];
  for (const step of steps) {
    const failure = await take(step, prepared.witness, receipts, io, done, keep);
    if (failure !== null) return { failure: `${step.name}: ${failure}`, receipts, ...(await undo(steps, receipts, io, done)) };
  }
  return { failure: null, done, receipts, troubles: [] };
}

async function take(step: Step, witness: Json, receipts: Record<string, Json>, io: Io, done: string[], keep: (step: string, receipt: Json) => void): Promise<string | null> {
  const giveUpAt = io.clock.monotonic() + step.timeoutMs;
  let acted = false;
  let trouble: string | null = null;
  let position: StepPosition = 'unknown';
  while (io.clock.monotonic() < giveUpAt) {
    position = await step.state(witness, receipts, io);
    if (position === 'after') return null;
    if (position === 'before' && acted && trouble !== null) return trouble;
    if (position === 'before' && !acted) {
      acted = true;
      done.push(step.name);
      try {
        receipts[step.name] = await step.act(witness, receipts, io, AbortSignal.timeout(step.timeoutMs));
        keep(step.name, receipts[step.name] ?? null);
      } catch (error) {
        trouble = errorText(error);
      }
    } else await io.clock.sleep(50);
  }
  return trouble ?? `stayed ${position}`;
}

async function undo(steps: readonly Step[], receipts: Readonly<Record<string, Json>>, io: Io, done: string[]): Promise<{ readonly done: readonly string[]; readonly troubles: readonly string[] }> {
  const troubles: string[] = [];
  for (const step of [...steps].reverse().filter((one) => one.undo && receipts[one.name] !== undefined)) {
    done.push(`−${step.name}`);
    await step.undo?.(receipts[step.name] ?? null, io, AbortSignal.timeout(step.timeoutMs)).catch((error: unknown) => troubles.push(`${step.name}: ${errorText(error)}`));
  }
  return { done, troubles };
}
