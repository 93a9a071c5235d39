import { availableParallelism, freemem, totalmem } from 'node:os';
import { z } from 'zod';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import type { Io } from '../../src/io/io.js';
import { bringsAnother } from './other-release.js';
import { busyWith, judgedByChecks, lookAtProcesses, sayInstances } from './process-plan.js';
import type { SeenProcess } from './process-plan.js';
import { orAborted } from './process-steps.js';
import type { Repair, RepairTarget, Step } from './repair.js';
import { instancesOf, scalePosition } from './scaling.js';

const MIB = 1_048_576;
/** Of all memory, so much must be left when the new workers hold what the largest one holds. */
const LEFT_SHARE = 0.1;
const BACK_AFTER_MS = 30 * 60_000;
const TIMEOUT_MS = 60_000;

/** `by`: how many workers more. */
const scaleUpArgs = z.strictObject({ process: z.string().optional(), by: z.int().min(1).max(16).default(1) });
type ScaleUpArgs = z.infer<typeof scaleUpArgs>;

const witnessSchema = z.object({ name: z.string(), had: z.array(z.number()), want: z.number() });
type Witness = z.infer<typeof witnessSchema>;

const receiptSchema = z.object({ added: z.array(z.number()) });

/** For an app that has more to do than its workers can. More workers ask more of its database: it helps only where CPU is short. */
export const pm2ScaleUp: Repair<ScaleUpArgs> = {
  kind: 'pm2.scale-up',
  target: 'app',
  summary: 'start more workers of an app, and end them again after 30 minutes',
  refuses: 'fork mode, more workers than cores, more memory than is free',
  args: scaleUpArgs,
  risk: 'safe',
  prepare,
  steps: (_target, _args, prepared) => [scaleStep(witnessSchema.parse(prepared.witness))],
};

async function prepare(target: RepairTarget, args: ScaleUpArgs, io: Io): Promise<Prepared | Refusal> {
  const seen = await lookAtProcesses(target, args, io);
  if ('refused' in seen) return seen;
  const other = await bringsAnother(target, io);
  if (other !== null) return { refused: other, again: true };
  const [first, ...others] = seen;
  if (first === undefined || others.length > 0) return { refused: `${target.name} has ${seen.length} processes in the config: say which one in the runbook, as { repair: pm2.scale-up, args: { process: ${first?.name ?? ''} } }` };
  const { name, instances } = first;
  const busy = busyWith({ startsWaiting: false }, name, instances);
  if (busy !== null) return { refused: busy, again: true };
  const refused = whyNot(first, args.by);
  if (refused !== null) return { refused };
  const want = instances.length + args.by;
  return {
    does: [{ name: `scale ${name} to ${want}`, does: `pm2 scale ${name} ${want}, now ${instances.length}`, timeoutMs: TIMEOUT_MS }],
    touches: [target.id],
    bounds: { restarts: 0, workers: args.by },
    verify: judgedByChecks(target),
    followUp: { repair: 'pm2.scale-down', args: { process: name, from: want, to: instances.length }, afterMs: BACK_AFTER_MS },
    wayBack: `pm2 scale ${name} ${instances.length}`,
    witness: { name, had: instances.map(({ pmId }) => pmId), want },
    artefacts: [],
    notes: [`${name}: ${sayInstances(instances)}, ${sayCpu(instances)}`, `each holds up to ${say(largest(instances))}; the machine has ${say(freemem())} free and ${availableParallelism()} cores`, 'after 30 minutes it goes back by pm2.scale-down'],
  };
}

function whyNot({ name, instances }: SeenProcess, by: number): string | null {
  if (instances.some(({ mode }) => mode === 'fork')) return `"${name}" runs in fork mode, where a second worker cannot listen at the same port`;
  const down = instances.find(({ status }) => status !== 'online');
  if (down !== undefined) return `a worker of "${name}" is ${down.status}: that is mended first; pm2.restart is the one`;
  const cores = availableParallelism();
  if (instances.length + by > cores) return `"${name}" has ${instances.length} ${instances.length === 1 ? 'worker' : 'workers'}, and the machine has ${cores} ${cores === 1 ? 'core' : 'cores'}: more workers than cores are not quicker`;
  const mayTake = Math.max(0, freemem() - LEFT_SHARE * totalmem());
  const more = by * largest(instances);
  return more <= mayTake ? null : `it would take ${say(more)}, and the machine can give ${say(mayTake)} and keep a tenth of its memory`;
}

function scaleStep({ name, had, want }: Witness): Step {
  return {
    name: `scale ${name} to ${want}`,
    timeoutMs: TIMEOUT_MS,
    state: (_witness, _receipts, io) => scalePosition(name, io, (count) => count < want),
    async act(_witness, _receipts, io, signal): Promise<Json> {
      const now = await instancesOf(name, io);
      for (let count = now.length; count < want; count += 1) await orAborted(io.pm2.addInstance(name), signal);
      return { added: (await instancesOf(name, io)).map(({ pmId }) => pmId).filter((pmId) => !had.includes(pmId)) };
    },
    // What somebody else has added since is his.
    async undo(receipt, io, signal) {
      const { added } = receiptSchema.parse(receipt);
      for (const one of (await instancesOf(name, io)).filter(({ pmId }) => added.includes(pmId))) await orAborted(io.pm2.removeInstance(one), signal);
    },
  };
}

function largest(instances: SeenProcess['instances']): number {
  return Math.max(...instances.map((one) => one.memoryBytes ?? 0));
}

function sayCpu(instances: SeenProcess['instances']): string {
  const known = instances.map(({ cpuPercent }) => cpuPercent).filter((cpu) => cpu !== null);
  return known.length === 0 ? 'their CPU is not known' : `using ${Math.round(known.reduce((sum, cpu) => sum + cpu, 0) / known.length)} % of a core each`;
}

function say(bytes: number): string {
  return `${Math.round(bytes / MIB)} MB`;
}
