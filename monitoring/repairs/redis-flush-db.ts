import { z } from 'zod';
import { HypercareError } from '../../src/domain/errors.js';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import { shownKeys, type KeyUse } from '../../src/domain/redis-keys.js';
import type { Io } from '../../src/io/io.js';
import { redisDb } from '../../src/io/redis-address.js';
import { keysBelow } from '../../src/io/redis-scan.js';
import { judgedByChecks } from './process-plan.js';
import { isMarked, newMark } from './redis-mark.js';
import { roundedUp, sayCount, unknownToRedis, urlOf, useIn } from './redis-server.js';
import { refusingTrouble } from './refusing-trouble.js';
import type { Repair, RepairTarget, Step } from './repair.js';

const args = z.strictObject({});

const TIMEOUT_MS = 120_000;
const KEPT_FOR_SAMPLES = 200;
/** A server that was frozen does what it was asked before; after so many of its own seconds it does not any more. */
const VALID_S = 10;
const MARK_S = 3_600;

/** Check, flush and mark in one step of the server: 1 done, 0 too late, -1 more keys than were approved. */
const FLUSH = `
if tonumber(redis.call('TIME')[1]) > tonumber(ARGV[1]) then return 0 end
if redis.call('DBSIZE') > tonumber(ARGV[2]) then return -1 end
redis.call('FLUSHDB', 'ASYNC')
redis.call('SET', KEYS[1], '1', 'EX', ${MARK_S})
return 1`;

/** Removes every key of the one database that the address names, of no other. Always asked for: nothing of it comes back. */
export const redisFlushDb: Repair<z.output<typeof args>> = {
  kind: 'redis.flush-db',
  target: 'redis',
  summary: 'remove every key of the one database that the address names',
  refuses: 'a database in which keys of queues, sessions, locks or limiters are',
  args,
  risk: 'destructive',
  prepare: (target, _args, io, signal) => refusingTrouble(() => prepare(target, io, signal)),
  steps: (target, _args, { does, bounds }) => does.slice(0, 1).map((spec) => stepFor(target, spec, bounds['keys'] ?? 0)),
};

async function prepare(target: RepairTarget, io: Io, signal: AbortSignal): Promise<Prepared | Refusal> {
  const url = urlOf(target);
  const { count, samples, foreign } = await lookThrough(io, url, useIn(target), signal);
  if (foreign !== null) return { refused: `keys of a ${foreign} are in it, and would be lost: name the cache under redis.${target.name}.invalidate, and use redis.invalidate` };
  if (count === 0) return { refused: 'the database is empty' };
  const db = redisDb(url);
  const most = roundedUp(count);
  return {
    does: [{ name: 'flush', does: `FLUSHDB ASYNC of database ${db}, if it has no more than ${sayCount(most)} keys`, timeoutMs: TIMEOUT_MS }],
    touches: [target.id],
    bounds: { keys: most },
    verify: judgedByChecks(target),
    wayBack: null,
    witness: { mark: newMark() },
    artefacts: [],
    notes: [`${sayCount(count)} keys are in it now, like ${shownKeys(samples, '').join(', ')}`.slice(0, 400), 'Whatever of this is no cache is lost for good.'],
  };
}

async function lookThrough(io: Io, url: string, useOf: (key: string) => KeyUse | null, signal: AbortSignal): Promise<{ readonly count: number; readonly samples: readonly string[]; readonly foreign: string | null }> {
  const samples: string[] = [];
  let count = 0;
  for await (const all of keysBelow(io, url, '', signal)) {
    const keys = all.filter((key) => !key.startsWith('hypercare:'));
    const foreign = keys.map(useOf).find((use) => use !== null);
    if (foreign) return { count, samples, foreign };
    count += keys.length;
    samples.push(...keys.slice(0, KEPT_FOR_SAMPLES - samples.length));
  }
  return { count, samples, foreign: null };
}

function stepFor(target: RepairTarget, spec: { readonly name: string; readonly timeoutMs: number }, most: number): Step {
  const url = urlOf(target);
  const markOf = (witness: Json): string => (witness as { readonly mark: string }).mark;
  return {
    name: spec.name,
    timeoutMs: spec.timeoutMs,
    state: (witness, _receipts, io) => isMarked(io, url, markOf(witness)).then((marked) => (marked ? 'after' : 'before'), unknownToRedis),
    async act(witness, _receipts, io, signal) {
      const { count, foreign } = await lookThrough(io, url, useIn(target), signal);
      if (foreign !== null) throw new HypercareError('repair.changed', 'permanent', `keys of a ${foreign} are in it by now, so nothing was removed`, 'Ask again, or use redis.invalidate.');
      const [seconds] = (await io.redis.call(url, ['TIME'], { signal })) as [string];
      const result = Number(await io.redis.call(url, ['EVAL', FLUSH, 1, markOf(witness), Number(seconds) + VALID_S, most], { signal }));
      if (result !== 1) throw new HypercareError('repair.changed', 'transient', result === 0 ? 'the server was too slow, so nothing was removed' : `it has more than ${sayCount(most)} keys by now, so nothing was removed`, 'Ask again.');
      return { said: `removed all ${sayCount(count)} keys of the database`, removed: count };
    },
  };
}
