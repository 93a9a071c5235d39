import { z } from 'zod';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import type { Io } from '../../src/io/io.js';
import { busyWith, judgedByChecks, lookAtProcesses, sayInstances } from './process-plan.js';
import { orAborted } from './process-steps.js';
import type { Repair, RepairTarget, Step } from './repair.js';
import { instancesOf, scalePosition } from './scaling.js';

const TIMEOUT_MS = 60_000;

/** `to`: how many workers stay; default: one less. `from`: only where there are so many: another number is somebody's own. */
const scaleDownArgs = z.strictObject({ process: z.string().optional(), from: z.int().min(2).max(64).optional(), to: z.int().min(1).max(64).optional() });
type ScaleDownArgs = z.infer<typeof scaleDownArgs>;

const witnessSchema = z.object({ name: z.string(), had: z.number(), to: z.number() });
type Witness = z.infer<typeof witnessSchema>;

/** The newest workers end first; PM2 sends each SIGINT, as at a stop. */
export const pm2ScaleDown: Repair<ScaleDownArgs> = {
  kind: 'pm2.scale-down',
  target: 'app',
  summary: 'end the newest workers of an app',
  refuses: 'fork mode, and the last worker',
  args: scaleDownArgs,
  // What an ended worker has under way may be cut off.
  risk: 'disruptive',
  prepare,
  steps: (_target, _args, prepared) => [scaleStep(witnessSchema.parse(prepared.witness))],
};

async function prepare(target: RepairTarget, args: ScaleDownArgs, io: Io): Promise<Prepared | Refusal> {
  const seen = await lookAtProcesses(target, args, io);
  if ('refused' in seen) return seen;
  const [first, ...others] = seen;
  if (first === undefined || others.length > 0) return { refused: `${target.name} has ${seen.length} processes in the config: name one in the runbook, as args: { process: ${first?.name ?? ''} }` };
  const { name, instances } = first;
  const busy = busyWith({ startsWaiting: false }, name, instances);
  if (busy !== null) return { refused: busy, again: true };
  const to = args.to ?? instances.length - 1;
  if (args.from !== undefined && instances.length !== args.from) return { refused: `"${name}" has ${instances.length} ${instances.length === 1 ? 'worker' : 'workers'}, and not the ${args.from} that hypercare left: somebody scaled it since, and it stays so` };
  if (instances.some(({ mode }) => mode === 'fork')) return { refused: `"${name}" runs in fork mode, which has no workers to end` };
  if (to < 1 || instances.length <= to) return { refused: `"${name}" has ${instances.length === 1 ? 'one worker' : `${instances.length} workers`}, and ${Math.max(1, to)} shall stay` };
  return {
    does: [{ name: `scale ${name} to ${to}`, does: `pm2 scale ${name} ${to}, now ${instances.length}: the newest end`, timeoutMs: TIMEOUT_MS }],
    touches: [target.id],
    bounds: { restarts: 0, workers: instances.length - to },
    verify: judgedByChecks(target),
    wayBack: `pm2 scale ${name} ${instances.length}`,
    witness: { name, had: instances.length, to },
    artefacts: [],
    notes: [`${name}: ${sayInstances(instances)}`, 'what the ended workers have under way is cut off where the app does not finish it on SIGINT'],
  };
}

function scaleStep({ name, had, to }: Witness): Step {
  return {
    name: `scale ${name} to ${to}`,
    timeoutMs: TIMEOUT_MS,
    state: (_witness, _receipts, io) => scalePosition(name, io, (count) => count > to),
    async act(_witness, _receipts, io, signal): Promise<Json> {
      const newest = (await instancesOf(name, io)).slice(to);
      for (const one of newest) await orAborted(io.pm2.removeInstance(one), signal);
      return { ended: newest.map(({ pmId }) => pmId) };
    },
    // Where it has another number by now, somebody scaled it himself.
    async undo(_receipt, io, signal) {
      for (let count = (await instancesOf(name, io)).length; count >= to && count < had; count += 1) await orAborted(io.pm2.addInstance(name), signal);
    },
  };
}
