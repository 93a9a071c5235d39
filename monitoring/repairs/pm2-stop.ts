import { availableParallelism, loadavg } from 'node:os';
import { z } from 'zod';
import { sayDuration } from '../../src/domain/duration.js';
import { HypercareError } from '../../src/domain/errors.js';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import { lookAtProcesses, processArgs, sayInstances } from './process-plan.js';
import type { ProcessArgs, SeenProcess } from './process-plan.js';
import { orAborted, unknownToPm2 } from './process-steps.js';
import type { Repair, RepairTarget, Step, StepPosition } from './repair.js';

/** What has run for longer than this is in no loop. */
const LOOP_MS = 15 * 60_000;
const TIMEOUT_MS = 30_000;
/** A stop that falls between an exit and the start that follows it is answered and lost; a second one is not. */
const MOST_STOPS = 5;
/** Longer than PM2 shows `stopped` between an exit and the start that follows it, in a loop without a delay. */
const STAYS_MS = 250;

const witnessSchema = z.object({ names: z.array(z.string()) });

/**
 * The last thing for a crash loop that eats the machine: PM2 stops only what dies in its first seconds, and starts
 * everything else again for ever. The app is away then until people start it, so that nothing is proved afterwards.
 */
export const pm2Stop: Repair<ProcessArgs> = {
  kind: 'pm2.stop',
  target: 'app',
  summary: 'stop an app that crashes over and over, until people start it again',
  refuses: 'an app of which nothing has crashed for 15 minutes, and what is stopped already',
  args: processArgs,
  risk: 'destructive',
  prepare,
  steps: (_target, _args, prepared) => witnessSchema.parse(prepared.witness).names.map((name, n) => stopStep(name, prepared.does[n]?.name ?? `stop ${name}`)),
};

async function prepare(target: RepairTarget, args: ProcessArgs, io: Io): Promise<Prepared | Refusal> {
  const seen = await lookSteadily(target, args, io);
  if ('refused' in seen) return seen;
  const kept = seen.filter(({ instances }) => !areDown(instances));
  if (kept.length === 0) return { refused: `PM2 does not start ${target.name} again: it is ${seen[0]?.instances[0]?.status} already` };
  const now = io.clock.now();
  const looping = kept.filter(({ instances }) => instances.some((one) => now - one.startedAt < LOOP_MS));
  const names = looping.map(({ name }) => name);
  if (names.length === 0) return { refused: `Nothing of ${target.name} has crashed for ${sayDuration(LOOP_MS)}: it is in no loop. To stop it all the same: pm2 stop ${target.processes.join(' ')}` };
  return {
    does: names.map((name) => ({ name: `stop ${name}`, does: `pm2 stop ${name}`, timeoutMs: TIMEOUT_MS })),
    touches: [target.id],
    bounds: { restarts: 0 },
    // Nothing it could be judged by: its checks fail because it is stopped.
    verify: { checks: [], good: 0, settleMs: target.settleMs, withinMs: 0 },
    wayBack: `pm2 restart ${names.join(' ')}`,
    witness: { names },
    artefacts: [],
    notes: [...looping.map((one) => noteOf(one, now)), hostNote(), 'it is away from then on, until somebody starts it'],
  };
}

/** Between an exit and the start that follows it PM2 says `stopped` too, so that one look does not tell. */
async function lookSteadily(target: RepairTarget, args: ProcessArgs, io: Io): Promise<readonly SeenProcess[] | Refusal> {
  const seen = await lookAtProcesses(target, args, io);
  if ('refused' in seen || !seen.every(({ instances }) => areDown(instances))) return seen;
  await io.clock.sleep(STAYS_MS);
  return lookAtProcesses(target, args, io);
}

/** What PM2 gave up is not started again either. */
function areDown(instances: readonly Pm2Process[]): boolean {
  return instances.every(({ status }) => status === 'stopped' || status === 'errored');
}

function noteOf({ name, instances }: SeenProcess, now: number): string {
  const restarts = instances.reduce((sum, one) => sum + one.restarts, 0);
  const youngest = Math.max(...instances.map((one) => one.startedAt));
  return `${name}: ${sayInstances(instances)}; restarted ${restarts} times, the last time ${sayDuration(Math.max(0, now - youngest))} ago`;
}

function hostNote(): string {
  return `the machine: a load of ${(loadavg()[0] ?? 0).toFixed(1)} on ${availableParallelism()} cores`;
}

function stopStep(name: string, stepName: string): Step {
  return {
    name: stepName,
    timeoutMs: TIMEOUT_MS,
    undoUntil: 'done',
    state: (_witness, _receipts, io) => positionOf(name, io).catch(unknownToPm2),
    act: (_witness, _receipts, io, signal) => stop(name, io, signal),
    undo: (_receipt, io, signal) => orAborted(io.pm2.restart(name), signal),
  };
}

/** Looks twice, as `lookSteadily` does. */
async function positionOf(name: string, io: Io): Promise<StepPosition> {
  const first = await lookOnce(name, io);
  if (first.position !== 'after') return first.position;
  await io.clock.sleep(STAYS_MS);
  const second = await lookOnce(name, io);
  return second.position === 'after' && second.runs !== first.runs ? 'before' : second.position;
}

async function lookOnce(name: string, io: Io): Promise<{ readonly position: StepPosition; readonly runs: string }> {
  const now = (await io.pm2.list()).filter((one) => one.name === name);
  const runs = now.map((one) => `${one.pmId}:${one.startedAt}`).join();
  if (now.length === 0) return { position: 'unknown', runs };
  if (areDown(now)) return { position: 'after', runs };
  return { position: now.some(({ status }) => status === 'stopping') ? 'moving' : 'before', runs };
}

async function stop(name: string, io: Io, signal: AbortSignal): Promise<Json> {
  for (let stops = 1; stops <= MOST_STOPS; stops += 1) {
    await orAborted(io.pm2.stop(name), signal);
    if ((await positionOf(name, io)) === 'after') return { stops };
  }
  throw new HypercareError('repair.not_stopped', 'transient', `PM2 started "${name}" again after each of ${MOST_STOPS} stops`, `Stop it yourself: pm2 stop ${name}`);
}
