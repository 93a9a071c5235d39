import type { Prepared } from '../../src/domain/plan.js';
import { systemClock } from '../../src/io/clock.js';
import type { Io } from '../../src/io/io.js';
import { createLogger } from '../../src/io/log.js';
import { createPm2 } from '../../src/io/pm2-client.js';
import type { Pm2Options } from '../../src/io/pm2-client.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import type { Repair, Step } from '../../monitoring/repairs/repair.js';
import { until } from './pm2-home.js';
import { appOf } from './pm2-list.js';

/** The outside as far as repairs of PM2 processes use it: a real PM2 and the real clock. */
export function ioOf(home: string, options: Partial<Pm2Options> = {}): Io {
  const pm2 = createPm2({ home, clock: systemClock, log: createLogger({ format: 'json', level: 'silent' }), ...options });
  return { clock: systemClock, pm2 } as unknown as Io;
}

export interface PreparedStep {
  readonly prepared: Prepared;
  readonly step: Step;
  position(io?: Io): ReturnType<Step['state']>;
  act(io?: Io, signal?: AbortSignal): ReturnType<Step['act']>;
}

/** Prepares the repair for an app of one process, and gives its one step. */
export async function prepareStep<A>(repair: Repair<A>, name: string, args: A, io: Io): Promise<PreparedStep> {
  const target = appOf([name]);
  const prepared = await repair.prepare(target, args, io, new AbortController().signal);
  if ('refused' in prepared) throw new Error(prepared.refused);
  const [step] = repair.steps(target, args, prepared);
  if (step === undefined) throw new Error('no step');
  return {
    prepared,
    step,
    position: (at = io) => step.state(prepared.witness, {}, at),
    act: (at = io, signal = new AbortController().signal) => step.act(prepared.witness, {}, at, signal),
  };
}

/** Waits until the step says that it is done, and returns every position it took on the way, each once. */
export async function positionsUntilAfter(prepared: PreparedStep, io?: Io): Promise<readonly string[]> {
  const seen: string[] = [];
  await until('the step to be done', async () => {
    const position = await prepared.position(io);
    if (seen.at(-1) !== position) seen.push(position);
    return position === 'after';
  });
  return seen;
}

export async function instancesOf(io: Io, name: string): Promise<readonly Pm2Process[]> {
  return (await io.pm2.list()).filter((one) => one.name === name);
}

export async function restartsOf(io: Io, name: string): Promise<readonly number[]> {
  return (await instancesOf(io, name)).map((one) => one.restarts);
}
