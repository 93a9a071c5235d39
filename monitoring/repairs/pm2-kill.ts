import { HypercareError } from '../../src/domain/errors.js';
import type { Io } from '../../src/io/io.js';
import { prepareProcessAct, processArgs, sayInstances } from './process-plan.js';
import type { ProcessActKind, ProcessArgs } from './process-plan.js';
import { processSteps } from './process-steps.js';
import type { WitnessedInstance } from './process-witness.js';
import type { Repair } from './repair.js';

/** How long the next instance waits for the one before it to be back. */
const BACK_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 100;
/** 'online' only means spawned; a shorter run PM2 itself calls unstable (its min_uptime). */
const STANDS_AFTER_MS = 1_000;

const kill: ProcessActKind = {
  verb: 'kill',
  startsWaiting: false,
  does: (name) => `SIGKILL to each instance of ${name}, one after the other; PM2 starts it again`,
  timeoutMs: { base: 10_000, instance: BACK_WITHIN_MS },
  refuse(name, instances) {
    const down = instances.find((one) => one.status !== 'online');
    if (down !== undefined) return `"${name}" is ${down.status}, so there is nothing to kill; pm2.restart would start it`;
    if (instances.some((one) => !one.autorestart)) return `PM2 does not start "${name}" again by itself, so a kill would end it; pm2.restart is the one`;
    return null;
  },
  note: (name, instances) => `${name}: ${sayInstances(instances)}; what it is doing is lost`,
};

/**
 * For an app whose event loop hangs. `pm2.restart` would first ask it to end and wait 1.6 s for an answer that cannot
 * come; killed, it is back in a tenth of that.
 */
export const pm2Kill: Repair<ProcessArgs> = {
  kind: 'pm2.kill',
  target: 'app',
  summary: 'kill the processes of a hung app, so that PM2 starts them again',
  refuses: 'a process that PM2 does not list, or that is starting or stopping',
  args: processArgs,
  risk: 'disruptive',
  prepare: (target, args, io) => prepareProcessAct(kill, target, args, io),
  steps: (_target, _args, prepared) => processSteps(prepared, killInTurn),
};

async function killInTurn(name: string, instances: readonly WitnessedInstance[], io: Io, signal: AbortSignal): Promise<void> {
  for (const [n, instance] of instances.entries()) {
    signal.throwIfAborted();
    await io.pm2.kill(instance, 'SIGKILL');
    if (n < instances.length - 1) await untilBack(name, instance, io, signal);
  }
}

async function untilBack(name: string, killed: WitnessedInstance, io: Io, signal: AbortSignal): Promise<void> {
  for (let looks = BACK_WITHIN_MS / LOOK_EVERY_MS; looks > 0; looks -= 1) {
    const now = (await io.pm2.list()).find((one) => one.pmId === killed.pmId);
    if (now?.status === 'online' && now.startedAt !== killed.startedAt && io.clock.now() - now.startedAt >= STANDS_AFTER_MS) return;
    await io.clock.sleep(LOOK_EVERY_MS, signal);
  }
  throw new HypercareError(
    'repair.not_back',
    'permanent',
    `an instance of "${name}" was killed and did not come back within ${BACK_WITHIN_MS / 1_000} s, so the others were left alone`,
    'Look at its log with "pm2 logs", and at its status with "pm2 describe".',
  );
}
