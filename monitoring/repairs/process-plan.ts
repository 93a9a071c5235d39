import { z } from 'zod';
import { HypercareError } from '../../src/domain/errors.js';
import type { Prepared, Refusal, StepSpec, VerifySpec } from '../../src/domain/plan.js';
import { isOwnProcess } from '../../src/domain/own-processes.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import { driftNotes } from './env-drift.js';
import { bringsAnother } from './other-release.js';
import { isWaiting, witnessOf } from './process-witness.js';
import type { RepairTarget } from './repair.js';

/** `process`: one of the app's process names; without it all of them are meant. */
export const processArgs = z.strictObject({ process: z.string().optional() });
export type ProcessArgs = z.infer<typeof processArgs>;

/** How one kind of act on PM2 processes is planned. */
export interface ProcessActKind {
  /** Of one process name, for people; it is hashed, so it holds no pid. */
  does(name: string): string;
  readonly verb: string;
  /** True where it also starts what PM2 holds back ('waiting restart'), which is stopped first then. */
  readonly startsWaiting: boolean;
  /** Base and addition for each instance, in milliseconds. */
  readonly timeoutMs: { readonly base: number; readonly instance: number };
  /** Why it is not done with these instances of one name; null: it can be. */
  refuse(name: string, instances: readonly Pm2Process[]): string | null;
  note(name: string, instances: readonly Pm2Process[]): string;
}

const BETWEEN: readonly string[] = ['launching', 'stopping'];

const GOOD_IN_A_ROW = 3;
const MIN_VERIFY_MS = 60_000;

/** Plans the act on the app's processes, one step for each name; what cannot be done is refused in plain words. */
export async function prepareProcessAct(kind: ProcessActKind, target: RepairTarget, args: ProcessArgs, io: Io): Promise<Prepared | Refusal> {
  const seen = await lookAtProcesses(target, args, io);
  if ('refused' in seen) return seen;
  const busy = seen.map(({ name, instances }) => busyWith(kind, name, instances)).find((reason) => reason !== null);
  if (typeof busy === 'string') return { refused: busy, again: true };
  const refused = seen.map(({ name, instances }) => kind.refuse(name, instances)).find((reason) => reason !== null);
  if (typeof refused === 'string') return { refused };
  const other = await bringsAnother(target, io);
  if (other !== null) return { refused: other, again: true };
  const drift = await Promise.all(seen.map(({ name, instances }) => driftNotes(name, instances)));
  return plan(kind, target, seen, drift.flat());
}

/** One of the app's process names with the instances that PM2 lists of it: at least one. */
export interface SeenProcess {
  readonly name: string;
  readonly instances: readonly Pm2Process[];
}

/** The processes that are meant, each listed by PM2 and none of them ours; else why nothing can be done to them. */
export async function lookAtProcesses(target: RepairTarget, args: ProcessArgs, io: Io): Promise<readonly SeenProcess[] | Refusal> {
  const names = args.process === undefined ? target.processes : [args.process];
  const wrong = refuseNames(target, names);
  if (wrong !== null) return { refused: wrong };
  const listed = await io.pm2.list().catch(asRefusal);
  if ('refused' in listed) return listed;
  const seen = names.map((name) => ({ name, instances: listed.filter((one) => one.name === name) }));
  const refused = seen.map(refuseProcess).find((reason) => reason !== null);
  return typeof refused === 'string' ? { refused } : seen;
}

/** By the app's own checks, after it settled. */
export function judgedByChecks(target: RepairTarget): VerifySpec {
  return { checks: target.checks, good: GOOD_IN_A_ROW, settleMs: target.settleMs, withinMs: Math.max(MIN_VERIFY_MS, 10 * target.settleMs) };
}

function plan(kind: ProcessActKind, target: RepairTarget, seen: readonly SeenProcess[], drift: readonly string[]): Prepared {
  return {
    does: seen.flatMap(({ name, instances }) => stepsFor(kind, name, instances)),
    touches: [target.id],
    bounds: { restarts: seen.reduce((sum, { instances }) => sum + instances.length, 0) },
    verify: judgedByChecks(target),
    wayBack: 'none is needed: its processes start anew, and only what they hold in memory is lost',
    witness: witnessOf(seen.map(({ name }) => name), seen.flatMap(({ instances }) => instances)),
    artefacts: [],
    notes: [...seen.map(({ name, instances }) => kind.note(name, instances)), ...drift],
  };
}

function stepsFor(kind: ProcessActKind, name: string, instances: readonly Pm2Process[]): readonly StepSpec[] {
  const timeoutMs = kind.timeoutMs.base + kind.timeoutMs.instance * instances.length;
  const first = isWaiting(instances) ? [{ name: `stop ${name}`, does: `pm2 stop ${name}`, timeoutMs }] : [];
  return [...first, { name: `${kind.verb} ${name}`, does: kind.does(name), timeoutMs }];
}

function refuseNames(target: RepairTarget, names: readonly string[]): string | null {
  if (names.length === 0) return `${target.name} has no PM2 process in the config`;
  const foreign = names.find((name) => !target.processes.includes(name));
  if (foreign !== undefined) return `"${foreign}" is not a process of ${target.name}`;
  const own = names.find(isOwnProcess);
  return own === undefined ? null : `"${own}" is hypercare itself, which is never the target of its own repairs`;
}

function refuseProcess({ name, instances }: SeenProcess): string | null {
  if (instances.length === 0) return unlisted(name);
  return instances.some((one) => one.pid === process.pid) ? `"${name}" is hypercare itself, which is never the target of its own repairs` : null;
}

/** Why PM2 is not to be disturbed now; null: it is not at it. An instance that waits beside others that run will be started by PM2; one that waits alone is down. */
export function busyWith(kind: Pick<ProcessActKind, 'startsWaiting'>, name: string, instances: readonly Pm2Process[]): string | null {
  const mixed = isWaiting(instances) && !kind.startsWaiting && instances.some((one) => one.status === 'online');
  const between = instances.find((one) => BETWEEN.includes(one.status) || (mixed && isWaiting([one])));
  return between === undefined ? null : `PM2 is at work on "${name}" right now: it is ${between.status}`;
}

/** The name may be mistyped, or nobody has started it yet. */
export function unlisted(name: string): string {
  return `PM2 lists no process named "${name}"; start it, or correct the app's pm2 in the config`;
}

/** A PM2 that is dead, denied or silent is a reason to refuse, not a fault of ours. */
export function asRefusal(thrown: unknown): Refusal {
  if (thrown instanceof HypercareError) return { refused: thrown.message, ...(thrown.errorClass === 'transient' ? { unchecked: thrown } : {}) };
  throw thrown;
}

/** '2 instances in cluster mode, online'. */
export function sayInstances(instances: readonly Pm2Process[]): string {
  const [first] = instances;
  const count = instances.length === 1 ? 'one instance' : `${instances.length} instances`;
  const statuses = [...new Set(instances.map((one) => one.status))].join(' and ');
  return `${count} in ${first?.mode ?? 'fork'} mode, ${statuses}`;
}
