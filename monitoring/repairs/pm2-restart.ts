import { prepareProcessAct, processArgs, sayInstances } from './process-plan.js';
import type { ProcessActKind, ProcessArgs } from './process-plan.js';
import { processSteps } from './process-steps.js';
import type { Repair } from './repair.js';

const restart: ProcessActKind = {
  verb: 'restart',
  startsWaiting: true,
  does: (name) => `pm2 restart ${name}`,
  timeoutMs: { base: 10_000, instance: 30_000 },
  refuse: () => null,
  note: (name, instances) => `${name}: ${sayInstances(instances)}; each is away until it has started again`,
};

/**
 * Also starts what is stopped, or what PM2 gave up. An app with a restart delay shows `waiting restart` then, for ever
 * where PM2 gave it up; while PM2 waits it refuses a restart, so that it is stopped first.
 */
export const pm2Restart: Repair<ProcessArgs> = {
  kind: 'pm2.restart',
  target: 'app',
  summary: 'end the processes of an app and start them again',
  refuses: 'a process that PM2 does not list, or that is starting or stopping',
  args: processArgs,
  risk: 'disruptive',
  prepare: (target, args, io) => prepareProcessAct(restart, target, args, io),
  steps: (_target, _args, prepared) => processSteps(prepared, (name, _instances, io) => io.pm2.restart(name)),
};
