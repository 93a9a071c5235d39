import { z } from 'zod';
import { HypercareError } from '../../src/domain/errors.js';
import type { Json } from '../../src/domain/json.js';
import { limiterLibraries } from '../../src/domain/limiters/index.js';
import type { Limiter } from '../../src/domain/limiters/limiter.js';
import type { StepSpec } from '../../src/domain/plan.js';
import type { Io } from '../../src/io/io.js';
import { countersOf, removeCounters } from '../../src/io/limiter-counters.js';
import { gatesOf, refillGate } from '../../src/io/limiter-gates.js';
import { isGateMeant, isMeant, type ClearArgs } from './ratelimit-choice.js';
import type { Found, Server } from './ratelimit-survey.js';
import { isMarked, leaveMark, MARK_S } from './redis-mark.js';
import { sayCount, unknownToRedis } from './redis-server.js';
import type { RepairTarget, Step, StepPosition } from './repair.js';

const clearSchema = z.object({ server: z.string(), library: z.string().nullable(), prefix: z.string(), limit: z.number().nullable(), most: z.number() });
const witnessSchema = z.object({ mark: z.string(), clears: z.array(clearSchema) });

/** What is cleared of one limiter in one Redis; whom it counts stands nowhere in it. */
export type Clear = z.output<typeof clearSchema>;

export function clearOf({ server, limiter }: Found, most: number): Clear {
  return { server: server.name, library: limiter.library?.name ?? null, prefix: limiter.prefix, limit: limiter.limit, most };
}

/** A step for each, in the order of the plan. */
export function clearSteps(target: RepairTarget, wanted: ClearArgs, { does, witness }: { readonly does: readonly StepSpec[]; readonly witness: Json }): readonly Step[] {
  const { clears } = witnessSchema.parse(witness);
  return clears.flatMap((clear, n) => {
    const spec = does[n];
    return spec === undefined ? [] : [stepFor({ n, spec, clear, wanted, server: serverOf(target, clear.server) })];
  });
}

function serverOf({ uses }: RepairTarget, name: string): Server {
  const url = uses.find((one) => one.name === name)?.url ?? null;
  if (url === null) throw new HypercareError('redis.unknown', 'permanent', `the app does not use a Redis named ${name} any more`, 'Look at “uses” in hypercare.yaml.');
  return { name, url };
}

interface Cleared {
  /** Its place in the plan, by which its mark is told from the others. */
  readonly n: number;
  readonly spec: StepSpec;
  readonly clear: Clear;
  readonly wanted: ClearArgs;
  readonly server: Server;
}

interface Marked extends Cleared {
  readonly mark: string;
}

function stepFor(of: Cleared): Step {
  const { n, spec, clear, server } = of;
  const markOf = (witness: Json): string => `${witnessSchema.parse(witness).mark}:${n}`;
  const jobs = limiterOf(clear).library?.counts === 'jobs';
  return {
    name: spec.name,
    timeoutMs: spec.timeoutMs,
    /** Whoever was let in asks at once, and is counted anew: the mark tells that it was done. */
    state: (witness, _receipts, io) => isMarked(io, server.url, markOf(witness)).then((marked): StepPosition | Promise<StepPosition> => (marked ? 'after' : left(of, io, jobs))).catch(unknownToRedis),
    act: (witness, _receipts, io, signal) => (jobs ? refill : remove)({ ...of, mark: markOf(witness) }, io, signal),
  };
}

function limiterOf({ library, prefix, limit }: Clear): Limiter {
  return { library: limiterLibraries.find(({ name }) => name === library) ?? null, prefix, limit };
}

async function left({ clear, wanted, server }: Cleared, io: Io, jobs: boolean): Promise<StepPosition> {
  const limiter = limiterOf(clear);
  if (jobs) return (await gatesOf(io, server.url, limiter)).some(isGateMeant(wanted)) ? 'before' : 'after';
  for await (const counters of countersOf(io, server.url, limiter)) if (counters.some(isMeant(wanted, limiter))) return 'before';
  return 'after';
}

async function remove({ clear, wanted, server, mark }: Marked, io: Io, signal: AbortSignal): Promise<Json> {
  const limiter = limiterOf(clear);
  let removed = 0;
  for await (const counters of countersOf(io, server.url, limiter, { signal })) {
    const keys = counters.filter(isMeant(wanted, limiter)).map(({ key }) => key).slice(0, clear.most - removed);
    removed += await removeCounters(io, server.url, keys, signal);
    if (removed >= clear.most) break;
  }
  await leaveMark(io, server.url, mark, signal);
  return { said: `removed ${sayCount(removed)} ${removed === 1 ? 'counter' : 'counters'} below ${clear.prefix} in ${server.name}`, removed };
}

/** The mark comes with the last: one that is filled twice, because of a crash between them, is full. */
async function refill({ clear, wanted, server, mark }: Marked, io: Io, signal: AbortSignal): Promise<Json> {
  const gates = (await gatesOf(io, server.url, limiterOf(clear), { signal })).filter(isGateMeant(wanted)).slice(0, clear.most);
  let [filled, freed] = [0, 0];
  for (const [n, { id }] of gates.entries()) {
    const done = await refillGate(io, server.url, id, n === gates.length - 1 ? { key: mark, forS: MARK_S } : null, signal);
    filled += done.filled;
    freed += done.freed;
  }
  return { said: `let ${sayCount(gates.length)} ${gates.length === 1 ? 'limiter' : 'limiters'} of jobs begin again in ${server.name}: ${sayCount(filled)} filled up, ${sayCount(freed)} given back`, filled, freed };
}
