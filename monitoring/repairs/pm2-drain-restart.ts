import { z } from 'zod';
import { HypercareError } from '../../src/domain/errors.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import { bringsAnother } from './other-release.js';
import { busyWith, judgedByChecks, lookAtProcesses, sayInstances } from './process-plan.js';
import type { SeenProcess } from './process-plan.js';
import { orAborted, unknownToPm2 } from './process-steps.js';
import { readWitness, witnessOf } from './process-witness.js';
import type { WitnessedInstance } from './process-witness.js';
import type { Repair, RepairTarget, Step, StepPosition } from './repair.js';

/** `steadyMs`: how long a new worker must have been up before the next is touched; longer than the app needs to start. */
const drainArgs = z.strictObject({ process: z.string().optional(), steadyMs: z.int().min(1_000).max(300_000).default(10_000) });
type DrainArgs = z.infer<typeof drainArgs>;

/** For the old worker's end and the new one's start. */
export const RELOAD_MS = 45_000;
const LOOK_EVERY_MS = 200;

/**
 * `pm2.reload` takes the second worker as soon as the first new one is spawned, or after PM2's listen_timeout of three
 * seconds. Measured with two workers under load: where the start takes 8 s a reload fails 1,482 requests, and where the
 * release dies at boot it takes down both workers; this one fails none in either case.
 */
export const pm2DrainRestart: Repair<DrainArgs> = {
  kind: 'pm2.drain-restart',
  target: 'app',
  summary: 'replace the workers of an app one by one, each only after the one before has stayed up',
  refuses: 'fork mode, a single worker, and an app of which not every worker is online',
  args: drainArgs,
  risk: 'safe',
  prepare,
  steps: (_target, { steadyMs }, prepared) => workerSteps(prepared, { steadyMs, replace: (name, { pmId }, io) => io.pm2.reload(name, { pmId }) }),
};

interface Replacing {
  readonly steadyMs: number;
  replace(name: string, was: WitnessedInstance, io: Io): Promise<void>;
}

/** One for each witnessed worker, in the order of the plan. */
export function workerSteps({ does, witness }: Pick<Prepared, 'does' | 'witness'>, replacing: Replacing): readonly Step[] {
  return readWitness(witness).processes
    .flatMap(({ name, instances }) => instances.map((was) => ({ name, was })))
    .flatMap((worker, n) => (does[n] === undefined ? [] : [workerStep({ ...worker, ...replacing }, does[n])]));
}

async function prepare(target: RepairTarget, args: DrainArgs, io: Io): Promise<Prepared | Refusal> {
  const seen = await lookAtProcesses(target, args, io);
  if ('refused' in seen) return seen;
  const other = await bringsAnother(target, io);
  if (other !== null) return { refused: other, again: true };
  const busy = seen.map(({ name, instances }) => busyWith({ startsWaiting: false }, name, instances)).find((reason) => reason !== null);
  if (typeof busy === 'string') return { refused: busy, again: true };
  const refused = seen.map(refuse).find((reason) => reason !== null);
  if (typeof refused === 'string') return { refused };
  const workers = seen.flatMap(({ name, instances }) => instances.map((_, n) => `worker ${n + 1} of ${instances.length} of ${name}`));
  return {
    does: workers.map((worker) => ({ name: `replace ${worker}`, does: `reload ${worker}, and wait until it has been up for ${sayDuration(args.steadyMs)}`, timeoutMs: RELOAD_MS + args.steadyMs })),
    touches: [target.id],
    bounds: { restarts: workers.length },
    verify: judgedByChecks(target),
    wayBack: 'none is needed: its processes start anew, and only what they hold in memory is lost',
    witness: witnessOf(seen.map(({ name }) => name), seen.flatMap(({ instances }) => instances)),
    artefacts: [],
    notes: [
      ...seen.map(({ name, instances }) => `${name}: ${sayInstances(instances)}, one by one; ${sayDuration(args.steadyMs * instances.length)} at least`),
      'no request fails where the app finishes those it has on SIGINT and closes its connections; else the few under way do',
    ],
  };
}

function refuse({ name, instances }: SeenProcess): string | null {
  if (instances.some(({ mode }) => mode === 'fork')) return `"${name}" runs in fork mode, where nothing answers while it starts again; pm2.reload is the one`;
  const down = instances.find(({ status }) => status !== 'online');
  if (down !== undefined) return `a worker of "${name}" is ${down.status}: the others are needed; pm2.restart is the one`;
  return instances.length === 1 ? `"${name}" has one worker, so that no other answers while it starts; pm2.reload is the one` : null;
}

interface Worker extends Replacing {
  readonly name: string;
  readonly was: WitnessedInstance;
}

function workerStep(worker: Worker, spec: { readonly name: string; readonly timeoutMs: number }): Step {
  return {
    name: spec.name,
    timeoutMs: spec.timeoutMs,
    state: (_witness, _receipts, io) => find(worker, io).then((now) => positionOf(worker, now, io.clock.now()), unknownToPm2),
    async act(_witness, _receipts, io, signal): Promise<Json> {
      if (positionOf(worker, await find(worker, io), io.clock.now()) !== 'before') return { asked: false };
      await orAborted(worker.replace(worker.name, worker.was, io), signal);
      await untilSteady(worker, io, signal);
      return { asked: true };
    },
  };
}

async function find({ name, was }: Worker, io: Io): Promise<Pm2Process | null> {
  return (await io.pm2.list()).find((one) => one.name === name && one.pmId === was.pmId) ?? null;
}

function positionOf({ was, steadyMs }: Worker, now: Pm2Process | null, at: number): StepPosition {
  if (now === null) return 'unknown';
  if (now.startedAt === was.startedAt && now.pid === was.pid) return 'before';
  return now.status === 'online' && at - now.startedAt >= steadyMs ? 'after' : 'moving';
}

/** Throws `repair.not_back` as soon as the new worker ends: the old ones that are left serve on. */
async function untilSteady(worker: Worker, io: Io, signal: AbortSignal): Promise<void> {
  const began = await find(worker, io);
  for (let looks = Math.ceil((RELOAD_MS + worker.steadyMs) / LOOK_EVERY_MS); looks > 0; looks -= 1) {
    const now = await find(worker, io);
    if (positionOf(worker, now, io.clock.now()) === 'after') return;
    if (now === null || now.startedAt !== began?.startedAt || now.status === 'errored') break;
    await io.clock.sleep(LOOK_EVERY_MS, signal);
  }
  throw new HypercareError(
    'repair.not_back',
    'permanent',
    `a new worker of "${worker.name}" did not stay up for ${sayDuration(worker.steadyMs)}, so the workers after it were left alone`,
    `Look at what it says: pm2 logs ${worker.name}`,
  );
}
