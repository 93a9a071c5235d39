import type { StepSpec } from '../../src/domain/plan.js';
import { HypercareError } from '../../src/domain/errors.js';
import type { Io } from '../../src/io/io.js';
import { isWithin, workingDirectory } from '../../src/io/processes.js';
import { otherApps, sayNames } from '../release/preflight/others.js';
import type { Step, StepPosition } from './repair.js';
import { actOn, processPosition, sayAct, untilUp, whatIsMissing, type RolledProcess, type Running } from './road-workers.js';

/** A step together with what people read of it, so that the plan and what is done cannot differ. */
export interface Leg extends Step, StepSpec {}

export const WAY_BACK = 'note the way back';

const WORKER_MS = 30_000;
const CONFIRM_MS = 60_000;
/** The step's own words come before its deadline cuts it short. */
const WORDS_MS = 2_000;

/** How long starting these anew may take: PM2 does one instance after the other. */
export function startingMs(processes: readonly RolledProcess[]): number {
  return 10_000 + WORKER_MS * processes.reduce((sum, one) => sum + Math.max(1, one.instances.length), 0);
}

/** What the steps that start workers need to know of the code they start from; `moved`: names of the steps that move it, `place`: where all of it stands. */
export interface Destination {
  readonly dir: string | null;
  readonly place: string;
  readonly shown: string;
  readonly moved: readonly string[];
}

/** The last legs of every rollback: each process anew, then look whether all of it came up. */
export function workerLegs(processes: readonly RolledProcess[], to: Destination): readonly Leg[] {
  return [...processes.map((process) => startLeg(process, to)), confirmLeg(processes, to)];
}

function startName({ mode, name }: RolledProcess): string {
  return `${mode === 'fork' ? 'restart' : 'renew'} ${name}`;
}

function startLeg(process: RolledProcess, to: Destination): Leg {
  return {
    name: startName(process),
    does: sayAct(process),
    timeoutMs: startingMs([process]),
    state: (_witness, receipts, io) => orUnknown(processPosition(process.name, runningIn(to, [process], receipts), io)),
    async act(_witness, _receipts, io, signal) {
      const at = io.clock.now();
      await actOn(process, io, signal);
      return { at };
    },
    // No undo of its own: a worker goes where the code is, so it can only follow once the code is back (`WAY_BACK`).
  };
}

function confirmLeg(processes: readonly RolledProcess[], to: Destination): Leg {
  return {
    name: 'confirm workers',
    does: `look until every worker of ${processes.map((one) => one.name).join(', ')} runs from ${to.shown} and stays up; else go back`,
    timeoutMs: CONFIRM_MS,
    state: (_witness, receipts, io) => orUnknown(whatIsMissing(processes, runningIn(to, processes, receipts), io).then((missing) => (missing === null ? 'after' : 'before'))),
    async act(_witness, receipts, io, signal) {
      await untilUp(processes, runningIn(to, processes, receipts), CONFIRM_MS - WORDS_MS, io, signal);
      return { at: io.clock.now(), ...(await sayLeft(processes, to, io).catch(() => ({}))) };
    },
  };
}

/** Others that PM2 starts from there go on with what they began with, and nothing else would say so. */
async function sayLeft(processes: readonly RolledProcess[], { dir, place }: Destination, io: Io): Promise<{ readonly said?: string }> {
  const listed = await io.pm2.list();
  const elsewhere = await Promise.all(listed.map(async (one) => (dir !== null && isWithin(dir, (await workingDirectory(one.pid)) ?? '/') ? [] : [one])));
  const left = otherApps({ base: place, processes: processes.map(({ name }) => name), listed: elsewhere.flat() });
  if (left.length === 0) return {};
  return { said: `left ${sayNames(left)} as ${left.length === 1 ? 'it is' : 'they are'}, which PM2 starts from ${place} too: ${left.length === 1 ? 'it goes' : 'they go'} on with what ${left.length === 1 ? 'it' : 'they'} began with until PM2 reloads ${left.length === 1 ? 'it' : 'them'}` };
}

/**
 * A worker runs the target if it began after the last of the steps that moved its code. Where a crash swallowed the
 * receipt of one of those, nobody knows when that was; but what we started ourselves since then began after it.
 */
function runningIn(to: Destination, processes: readonly RolledProcess[], receipts: Parameters<Step['state']>[1]): Running {
  const moved = momentsOf(to.moved, receipts);
  const started = momentsOf(processes.map(startName), receipts);
  if (moved !== null) return { dir: to.dir, since: moved.length === 0 ? null : Math.max(...moved) };
  return { dir: to.dir, since: started === null ? null : Math.min(...started) };
}

/** When each of these steps was done; null where one has no receipt. */
function momentsOf(names: readonly string[], receipts: Parameters<Step['state']>[1]): readonly number[] | null {
  const moments = names.map((name) => momentOf(receipts[name])).filter((at) => at !== null);
  return moments.length < names.length ? null : moments;
}

function momentOf(receipt: unknown): number | null {
  const at = typeof receipt === 'object' && receipt !== null ? (receipt as { readonly at?: unknown }).at : null;
  return typeof at === 'number' ? at : null;
}

/** A daemon that is dead, or a git that cannot be asked, leaves it open where a step stands. */
export async function orUnknown(position: Promise<StepPosition>): Promise<StepPosition> {
  return position.catch((thrown: unknown) => {
    if (thrown instanceof HypercareError) return 'unknown';
    throw thrown;
  });
}
