import { prepareProcessAct, processArgs, sayInstances } from './process-plan.js';
import type { ProcessActKind, ProcessArgs } from './process-plan.js';
import { processSteps } from './process-steps.js';
import type { Repair } from './repair.js';

export const reload: ProcessActKind = {
  verb: 'reload',
  startsWaiting: false,
  does: (name) => `pm2 reload ${name}`,
  timeoutMs: { base: 10_000, instance: 30_000 },
  refuse: (name, instances) =>
    instances.some((one) => one.status === 'online') ? null : `"${name}" is ${instances[0]?.status}, so there is nothing to reload; pm2.restart would start it`,
  note(name, instances) {
    const outage = instances[0]?.mode === 'cluster' ? '' : ': its reload is a restart, and nothing answers until it has started';
    return `${name}: ${sayInstances(instances)}${outage}`;
  },
};

/**
 * PM2 starts each worker's successor before it ends the worker. It does so even when the successor dies at once, and
 * still says that it went well, so only the checks prove it.
 */
export const pm2Reload: Repair<ProcessArgs> = {
  kind: 'pm2.reload',
  target: 'app',
  summary: 'replace the workers of an app one by one; without an outage in cluster mode, as a restart in fork mode',
  refuses: 'a process that PM2 does not list, that is not online, or that is starting or stopping',
  args: processArgs,
  risk: 'safe',
  prepare: (target, args, io) => prepareProcessAct(reload, target, args, io),
  steps: (_target, _args, prepared) => processSteps(prepared, (name, _instances, io) => io.pm2.reload(name)),
};
