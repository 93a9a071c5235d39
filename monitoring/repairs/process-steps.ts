import { HypercareError } from '../../src/domain/errors.js';
import type { Prepared } from '../../src/domain/plan.js';
import type { Json } from '../../src/domain/json.js';
import type { Io } from '../../src/io/io.js';
import { isWaiting, positionOf, readWitness, startPositionOf, stopPositionOf, witnessed } from './process-witness.js';
import type { WitnessedInstance } from './process-witness.js';
import type { Step, StepPosition } from './repair.js';

/** Does it to one process name; called only while all of its instances are the witnessed ones. */
export type ProcessAct = (name: string, instances: readonly WitnessedInstance[], io: Io, signal: AbortSignal) => Promise<void>;

type PositionOf = typeof positionOf;

/** A step for each process name, in the order of the plan; two where PM2 holds its start back: it is stopped first. */
export function processSteps(prepared: Prepared, act: ProcessAct): readonly Step[] {
  const acts = readWitness(prepared.witness).processes.flatMap(({ name, instances }) =>
    isWaiting(instances)
      ? [{ name, act: stop, positionOf: stopPositionOf }, { name, act, positionOf: startPositionOf }]
      : [{ name, act, positionOf }]);
  return acts.flatMap((one, n) => {
    const spec = prepared.does[n];
    return spec === undefined ? [] : [processStep(spec, one)];
  });
}

/** It has no way back: what it ends is a wait, not a run. */
const stop: ProcessAct = (name, _instances, io) => io.pm2.stop(name);

function processStep(spec: { readonly name: string; readonly timeoutMs: number }, { name, act, positionOf: at }: { readonly name: string; readonly act: ProcessAct; readonly positionOf: PositionOf }): Step {
  const look = async (witness: Json, io: Io): Promise<StepPosition> => at(name, witnessed(witness, name), await io.pm2.list());
  return {
    name: spec.name,
    timeoutMs: spec.timeoutMs,
    // A daemon that is frozen may still do what it was asked before; nothing can be told until it answers.
    state: (witness, _receipts, io) => look(witness, io).catch(unknownToPm2),
    async act(witness, _receipts, io, signal): Promise<Json> {
      const position = await look(witness, io);
      if (position !== 'before') return { asked: false, position };
      await orAborted(act(name, witnessed(witness, name), io, signal), signal);
      return { asked: true };
    },
  };
}

/** A PM2 that does not answer tells nothing; any other throw is a fault of ours. */
export function unknownToPm2(thrown: unknown): 'unknown' {
  if (thrown instanceof HypercareError) return 'unknown';
  throw thrown;
}

/** Lets go of a call that cannot itself be called off: what PM2 was asked goes on, and the step's state will tell. */
export async function orAborted(call: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
  });
  await Promise.race([call, aborted]).finally(() => signal.removeEventListener('abort', abort));
}
