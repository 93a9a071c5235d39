import { freemem, totalmem } from 'node:os';
import { z } from 'zod';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import type { Io } from '../../src/io/io.js';
import { bringsAnother } from './other-release.js';
import { judgedByChecks, lookAtProcesses, processArgs, sayInstances } from './process-plan.js';
import type { ProcessArgs, SeenProcess } from './process-plan.js';
import { orAborted, unknownToPm2 } from './process-steps.js';
import type { Repair, RepairTarget, Step, StepPosition } from './repair.js';

const limitSchema = z.object({ name: z.string(), fromBytes: z.number(), toBytes: z.number(), instances: z.number() });
const witnessSchema = z.object({ limits: z.array(limitSchema) });
type Limit = z.infer<typeof limitSchema>;

const MIB = 1_048_576;
const RAISED_TO = 1.5;
/** Of all memory, so much must be left when the app holds all that it may then. */
const LEFT_SHARE = 0.1;
const TIMEOUT_MS = { base: 10_000, instance: 45_000 };

/** For an app that needs more than it may have. PM2 takes up a changed limit with a new run alone, so that this is a reload too. */
export const pm2RaiseMemoryLimit: Repair<ProcessArgs> = {
  kind: 'pm2.raise-memory-limit',
  target: 'app',
  summary: 'raise an app’s max_memory_restart by half, and reload it; back where that does not help',
  refuses: 'an app without max_memory_restart, and more than the machine has free',
  args: processArgs,
  risk: 'disruptive',
  prepare,
  steps: (_target, _args, prepared) => witnessSchema.parse(prepared.witness).limits.map((limit, n) => limitStep(limit, prepared.does[n]?.timeoutMs ?? TIMEOUT_MS.base)),
};

async function prepare(target: RepairTarget, args: ProcessArgs, io: Io): Promise<Prepared | Refusal> {
  const seen = await lookAtProcesses(target, args, io);
  if ('refused' in seen) return seen;
  const other = await bringsAnother(target, io);
  if (other !== null) return { refused: other, again: true };
  const limits = seen.map(limitOf);
  const refused = limits.find((limit) => typeof limit === 'string') ?? tooMuch(limits.filter((limit) => typeof limit !== 'string'));
  if (typeof refused === 'string') return { refused };
  const raised = limits.filter((limit) => typeof limit !== 'string');
  return {
    does: raised.map(({ name, fromBytes, toBytes, instances }) => ({
      name: `raise the limit of ${name}`,
      does: `pm2 reload ${name} with max_memory_restart ${say(toBytes)}, now ${say(fromBytes)}`,
      timeoutMs: TIMEOUT_MS.base + TIMEOUT_MS.instance * instances,
    })),
    touches: [target.id],
    bounds: { restarts: raised.reduce((sum, { instances }) => sum + instances, 0) },
    verify: judgedByChecks(target),
    wayBack: raised.map(({ name, fromBytes }) => `pm2 restart ${name} --max-memory-restart ${Math.round(fromBytes / MIB)}M`).join(' && '),
    witness: { limits: raised },
    artefacts: [],
    notes: [...seen.map(({ name, instances }) => `${name}: ${sayInstances(instances)}`), `the machine has ${say(freemem())} free`, 'a start from the ecosystem file brings the old limit back: write the new one there'],
  };
}

function limitOf({ name, instances }: SeenProcess): Limit | string {
  const [fromBytes, ...others] = [...new Set(instances.map((one) => one.maxMemoryRestartBytes))];
  if (fromBytes === undefined || fromBytes === null) return `"${name}" has no max_memory_restart in PM2, so that there is no limit to raise`;
  if (others.length > 0) return `the instances of "${name}" have different limits in PM2: start it anew from its ecosystem file`;
  if (instances.some(({ status }) => status !== 'online')) return `"${name}" is ${instances.find(({ status }) => status !== 'online')?.status}, so that its limit is not what ails it`;
  return { name, fromBytes, toBytes: Math.ceil((fromBytes * RAISED_TO) / MIB) * MIB, instances: instances.length };
}

function tooMuch(limits: readonly Limit[]): string | null {
  const more = limits.reduce((sum, { fromBytes, toBytes, instances }) => sum + (toBytes - fromBytes) * instances, 0);
  const mayTake = Math.max(0, freemem() - LEFT_SHARE * totalmem());
  return more <= mayTake ? null : `it would take ${say(more)} more, and the machine can give ${say(mayTake)} and keep a tenth of its memory`;
}

function limitStep(limit: Limit, timeoutMs: number): Step {
  const { name, fromBytes, toBytes } = limit;
  return {
    name: `raise the limit of ${name}`,
    timeoutMs,
    state: (_witness, _receipts, io) => positionOf(limit, io).catch(unknownToPm2),
    async act(_witness, _receipts, io, signal): Promise<Json> {
      await setLimit({ name, from: fromBytes, to: toBytes }, io, signal);
      return { fromBytes, toBytes };
    },
    undo: (_receipt, io, signal) => setLimit({ name, from: toBytes, to: fromBytes }, io, signal),
  };
}

/** Half of the instances is 'before': what is left to do is the same act. A third limit is somebody else's work. */
async function positionOf({ name, fromBytes, toBytes }: Limit, io: Io): Promise<StepPosition> {
  const now = (await io.pm2.list()).filter((one) => one.name === name);
  if (now.length === 0 || now.some(({ maxMemoryRestartBytes: is }) => is !== fromBytes && is !== toBytes)) return 'unknown';
  if (now.some(({ status }) => status === 'launching' || status === 'stopping')) return 'moving';
  return now.every(({ maxMemoryRestartBytes: is }) => is === toBytes) ? 'after' : 'before';
}

/** Of the instances that have the one limit, none else: a third one somebody has set since, and it is his. */
async function setLimit({ name, from, to }: { readonly name: string; readonly from: number; readonly to: number }, io: Io, signal: AbortSignal): Promise<void> {
  const due = (await io.pm2.list()).filter((one) => one.name === name && one.maxMemoryRestartBytes === from);
  for (const { pmId } of due) {
    signal.throwIfAborted();
    await orAborted(io.pm2.reload(name, { pmId, maxMemoryRestartBytes: to }), signal);
  }
}

function say(bytes: number): string {
  return `${Math.round(bytes / MIB)} MB`;
}
