import { z } from 'zod';
import { HypercareError } from '../../src/domain/errors.js';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import { isOwnProcess } from '../../src/domain/own-processes.js';
import type { Io } from '../../src/io/io.js';
import { deadPm2 } from '../../src/io/pm2-resurrect.js';
import { survivorsOf } from '../../src/io/processes.js';
import { judgedByChecks } from './process-plan.js';
import type { Repair, RepairTarget, Step, StepPosition } from './repair.js';

const TIMEOUT_MS = 90_000;
const MOST_NAMES = 20;
/** Of the host, what shows that its PM2 lives. */
const DAEMON_CHECK = 'pm2-daemon';

const args = z.strictObject({});
const witnessSchema = z.object({ names: z.array(z.string()) });

/**
 * After PM2's daemon died, and most of its apps with it. Whoever merely connects to PM2 then starts an empty daemon, and
 * finds that there never were any apps: so the daemon must be seen to be dead, and nobody else may have started one.
 */
export const pm2Resurrect: Repair<z.output<typeof args>> = {
  kind: 'pm2.resurrect',
  target: 'host',
  summary: 'start PM2’s daemon again after it died, with the processes of the last pm2 save',
  refuses: 'a daemon that lives, frozen or not, no saved list, and apps that live on without the daemon',
  args,
  risk: 'disruptive',
  prepare,
  steps: (_target, _args, prepared) => [resurrectStep(witnessSchema.parse(prepared.witness).names)],
};

async function prepare(target: RepairTarget, _args: unknown, io: Io): Promise<Prepared | Refusal> {
  const pm2 = deadPm2(io.pm2.home);
  const alive = await whyNotDead(io);
  if (alive !== null) return alive;
  const names = await pm2.saved();
  if (names === null) return { refused: `there is no list of processes in ${io.pm2.home} to bring back: nobody ran "pm2 save". Start the apps anew from their ecosystem files` };
  const [survivor] = (await survivorsOf(io.pm2.home)).filter(({ name }) => names.includes(name) && !isOwnProcess(name));
  // Most apps follow their daemon, but a second later: when PM2's agent in them finds nobody to talk to.
  if (survivor !== undefined) return { refused: `"${survivor.name}" lives on without PM2 (pid ${survivor.pid}), and would run twice: end it, and ask again`, again: true };
  return {
    does: [{ name: 'pm2 resurrect', does: `pm2 resurrect: ${sayNames(names)}`, timeoutMs: TIMEOUT_MS }],
    touches: [target.id],
    bounds: { restarts: 0, processes: names.length },
    // Whether the machine is well otherwise, and each app, others judge.
    verify: { ...judgedByChecks(target), checks: target.checks.filter((check) => check === DAEMON_CHECK) },
    wayBack: 'none is needed: pm2 stop <name> ends what should not run',
    witness: { names },
    artefacts: [],
    notes: [`PM2's daemon of ${io.pm2.home} is dead`, 'what was started or changed since the last pm2 save does not come back by this'],
  };
}

/** Null: nobody answers, and no daemon of this home is there. */
async function whyNotDead(io: Io): Promise<Refusal | null> {
  const answer = await io.pm2.list().then(() => null, (thrown: unknown) => thrown);
  if (answer === null) return { refused: 'PM2 answers: its daemon is alive' };
  if (!(answer instanceof HypercareError)) throw answer;
  const unchecked = answer.errorClass === 'transient' ? { unchecked: answer } : {};
  if (answer.code !== 'pm2.dead') return { refused: `${answer.message}: that it is dead is not proved`, ...unchecked };
  const [pid] = await deadPm2(io.pm2.home).daemons();
  return pid === undefined ? null : { refused: `PM2's daemon is there and cannot be reached (pid ${pid}): it starts or ends just now`, again: true };
}

function resurrectStep(names: readonly string[]): Step {
  return {
    name: 'pm2 resurrect',
    timeoutMs: TIMEOUT_MS,
    state: (_witness, _receipts, io) => positionOf(names, io),
    async act(_witness, _receipts, io, signal): Promise<Json> {
      if ((await positionOf(names, io)) !== 'before') return { asked: false };
      await deadPm2(io.pm2.home).resurrect(signal);
      return { asked: true };
    },
  };
}

/** A daemon that lacks some is at it still, or is an empty one that somebody else started: the deadline tells which. */
async function positionOf(names: readonly string[], io: Io): Promise<StepPosition> {
  const listed = await io.pm2.list().catch((thrown: unknown) => thrown);
  if (Array.isArray(listed)) return names.every((name) => listed.some((one: { readonly name: string }) => one.name === name)) ? 'after' : 'moving';
  if (!(listed instanceof HypercareError)) throw listed;
  if (listed.code !== 'pm2.dead') return 'unknown';
  return (await deadPm2(io.pm2.home).daemons()).length === 0 ? 'before' : 'moving';
}

function sayNames(names: readonly string[]): string {
  return names.length <= MOST_NAMES ? names.join(', ') : `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;
}
