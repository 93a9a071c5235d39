import { HypercareError } from '../../src/domain/errors.js';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import { judgedByChecks, lookAtProcesses, processArgs, sayInstances } from './process-plan.js';
import type { ProcessArgs, SeenProcess } from './process-plan.js';
import { orAborted, unknownToPm2 } from './process-steps.js';
import { readWitness, witnessed, witnessOf } from './process-witness.js';
import type { WitnessedInstance } from './process-witness.js';
import type { Repair, RepairTarget, Step, StepPosition } from './repair.js';

interface Way {
  readonly actions: readonly string[];
  does(name: string): string;
}

/**
 * The app's own word for it, else what PM2's agent offers in every Node.js app: where the sampling of the heap ends, V8
 * collects all garbage first. Measured: from 326 MB to 107 and from 305 to 105 within 0.3 s, with a pause of 40 ms at most.
 */
const WAYS: readonly Way[] = [
  ...['gc', 'collect-garbage', 'force-gc'].map((action) => ({ actions: [action], does: (name: string) => `pm2 trigger ${name} ${action}, one instance after the other` })),
  { actions: ['km:heap:sampling:start', 'km:heap:sampling:stop'], does: (name) => `PM2's heap sampling on and off in ${name}, one instance after the other: V8 collects its garbage then` },
];

/** So much of what it held, at least, must be given back, else the next repair is due. */
const LEAST_SHARE = 0.1;
const GIVEN_BACK_WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 100;
const TIMEOUT_MS = { base: 10_000, instance: 10_000 };
const MIB = 1_048_576;

export const pm2CollectGarbage: Repair<ProcessArgs> = {
  kind: 'pm2.collect-garbage',
  target: 'app',
  summary: 'have an app collect its garbage now, without a restart',
  refuses: 'what is not online, and apps that run without PM2’s agent and have no action named gc',
  args: processArgs,
  risk: 'safe',
  prepare,
  steps: (_target, _args, prepared) => readWitness(prepared.witness).processes.map(({ name }, n) => collectStep(name, prepared.does[n]?.timeoutMs ?? TIMEOUT_MS.base)),
};

async function prepare(target: RepairTarget, args: ProcessArgs, io: Io): Promise<Prepared | Refusal> {
  const seen = await lookAtProcesses(target, args, io);
  if ('refused' in seen) return seen;
  const without = seen.find(({ instances }) => wayOf(instances) === null);
  if (without !== undefined) return { refused: whyNot(without) };
  return {
    does: seen.map(({ name, instances }) => ({
      name: `collect garbage of ${name}`,
      does: wayOf(instances)?.does(name) ?? '',
      timeoutMs: TIMEOUT_MS.base + TIMEOUT_MS.instance * instances.length,
    })),
    touches: [target.id],
    bounds: { restarts: 0 },
    verify: judgedByChecks(target),
    wayBack: 'none is needed: nothing is lost',
    witness: witnessOf(seen.map(({ name }) => name), seen.flatMap(({ instances }) => instances)),
    artefacts: [],
    notes: seen.map(({ name, instances }) => `${name}: ${sayInstances(instances)}, ${sayMemory(memoryOf(instances))}; its event loop stands still meanwhile, some 10 to 100 ms`),
  };
}

/** The first way that each instance offers; null: there is none. */
function wayOf(instances: readonly Pm2Process[]): Way | null {
  return WAYS.find(({ actions }) => instances.every((one) => one.status === 'online' && actions.every((action) => one.actions.includes(action)))) ?? null;
}

function whyNot({ name, instances }: SeenProcess): string {
  const down = instances.find((one) => one.status !== 'online');
  if (down !== undefined) return `"${name}" is ${down.status}, so that it has nothing to collect`;
  return `"${name}" offers no garbage collection: it runs without PM2's agent (pmx: false), and has no action named gc`;
}

function collectStep(name: string, timeoutMs: number): Step {
  const stepName = `collect garbage of ${name}`;
  return {
    name: stepName,
    timeoutMs,
    state: (witness, receipts, io) => positionOf(witnessed(witness, name), stepName in receipts, io).catch(unknownToPm2),
    act: (witness, _receipts, io, signal) => collect(name, witnessed(witness, name), io, signal),
  };
}

/** Asked again it does no harm, so that one whose receipt was lost counts as not done. A run that is over took its garbage along. */
async function positionOf(runs: readonly WitnessedInstance[], asked: boolean, io: Io): Promise<StepPosition> {
  const listed = await io.pm2.list();
  return asked || !runs.some((run) => find(listed, run)) ? 'after' : 'before';
}

async function collect(name: string, runs: readonly WitnessedInstance[], io: Io, signal: AbortSignal): Promise<Json> {
  let before = 0;
  let after = 0;
  for (const run of runs) {
    const instance = find(await io.pm2.list(), run);
    const way = instance === undefined ? null : wayOf([instance]);
    if (instance === undefined || way === null) continue;
    for (const action of way.actions) await orAborted(io.pm2.trigger(instance, action), signal);
    before += instance.memoryBytes ?? 0;
    after += await lowestSoon(instance, io, signal);
  }
  if (after > before * (1 - LEAST_SHARE)) throw nothingFreed(name, before, after);
  return { before, after };
}

/** What it holds once it gave enough back, or at the end of the wait. */
async function lowestSoon(instance: Pm2Process, io: Io, signal: AbortSignal): Promise<number> {
  const held = instance.memoryBytes ?? 0;
  let holds = held;
  for (let looks = GIVEN_BACK_WITHIN_MS / LOOK_EVERY_MS; looks > 0 && holds > held * (1 - LEAST_SHARE); looks -= 1) {
    await io.clock.sleep(LOOK_EVERY_MS, signal);
    holds = Math.min(holds, find(await io.pm2.list(), instance)?.memoryBytes ?? holds);
  }
  return holds;
}

function find(listed: readonly Pm2Process[], run: Pick<Pm2Process, 'pmId' | 'startedAt'>): Pm2Process | undefined {
  return listed.find((one) => one.pmId === run.pmId && one.startedAt === run.startedAt);
}

function memoryOf(instances: readonly Pm2Process[]): number {
  return instances.reduce((sum, one) => sum + (one.memoryBytes ?? 0), 0);
}

function sayMemory(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`;
}

function nothingFreed(name: string, before: number, after: number): HypercareError {
  return new HypercareError('repair.nothing_freed', 'permanent', `the garbage of "${name}" was collected, and it still holds ${sayMemory(after)} of ${sayMemory(before)}`, 'It keeps what it holds: a restart frees it, and its code is the cause.');
}
