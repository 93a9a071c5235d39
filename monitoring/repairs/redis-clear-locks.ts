import { z } from 'zod';
import { parseDuration, sayDuration } from '../../src/domain/duration.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import { keyUse, shownKeys } from '../../src/domain/redis-keys.js';
import type { Io } from '../../src/io/io.js';
import type { RedisCommand } from '../../src/io/redis.js';
import { keysBelow } from '../../src/io/redis-scan.js';
import { judgedByChecks } from './process-plan.js';
import { redisOptionsOf, roundedUp, sayCount, unknownToRedis, urlOf } from './redis-server.js';
import { refusingTrouble } from './refusing-trouble.js';
import type { Repair, RepairTarget, Step } from './repair.js';

/** `older`: also locks that would end by themselves, when nobody touched them for so long. */
const args = z.strictObject({
  prefix: z.string().min(2).max(200).optional(),
  older: z.string().refine((text) => (parseDuration(text) ?? 0) >= 60_000, 'takes a duration from 1m on, like 30m').optional(),
});

type Args = z.output<typeof args>;

/** A lock that ends by itself needs nobody; one that does not is stale when nobody touched it for so long. */
const UNTOUCHED_MS = 10 * 60_000;
const MOST_LOCKS = 1_000;
const TIMEOUT_MS = 60_000;

interface Stale {
  readonly untouchedMs: number;
  readonly withTtl: boolean;
}

/**
 * In one step of the server, so that a lock that was just taken is never removed: taking it touches it. Redis keeps one
 * object for each number below 10,000, and its idle time is that of whoever used it last, or of nobody: seen by its count.
 */
const REMOVE = `
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('OBJECT', 'REFCOUNT', KEYS[1]) ~= 1 then return 0 end
if redis.call('OBJECT', 'IDLETIME', KEYS[1]) < tonumber(ARGV[1]) then return 0 end
if ARGV[2] ~= 'yes' and redis.call('PTTL', KEYS[1]) ~= -1 then return 0 end
return redis.call('UNLINK', KEYS[1])`;

/** Removes locks whose owner is gone: without an end of their own and long untouched. */
export const redisClearLocks: Repair<Args> = {
  kind: 'redis.clear-locks',
  target: 'redis',
  summary: 'remove locks whose owner is gone: those that never end, or older than you say',
  refuses: 'prefixes that the config does not name under “locks”; locks that end by themselves or were touched lately; keys of queues, sessions and limiters',
  args,
  risk: 'disruptive',
  prepare: (target, wanted, io, signal) => refusingTrouble(() => prepare(target, wanted, io, signal)),
  steps: (target, wanted, { does, bounds, witness }) => (witness as readonly string[]).flatMap((prefix, n) => {
    const spec = does[n];
    return spec === undefined ? [] : [stepFor(urlOf(target), spec, { prefix, stale: staleOf(wanted), most: bounds['locks'] ?? 0 })];
  }),
};

function prefixesOf(target: RepairTarget, { prefix }: Args): readonly string[] {
  return prefix === undefined ? redisOptionsOf(target).locks : [prefix];
}

function staleOf({ older }: Args): Stale {
  return older === undefined ? { untouchedMs: UNTOUCHED_MS, withTtl: false } : { untouchedMs: parseDuration(older) ?? UNTOUCHED_MS, withTtl: true };
}

async function prepare(target: RepairTarget, wanted: Args, io: Io, signal: AbortSignal): Promise<Prepared | Refusal> {
  const allowed = redisOptionsOf(target).locks;
  if (allowed.length === 0) return { refused: `the config names no locks of ${target.name}: say under redis.${target.name}.locks what their keys begin with` };
  const prefixes = prefixesOf(target, wanted);
  if (!prefixes.every((prefix) => allowed.some((one) => prefix.startsWith(one)))) return { refused: `the config does not allow to remove what this begins with; it allows ${allowed.join(', ')}` };
  const stale = staleOf(wanted);
  const found: { readonly prefix: string; readonly keys: readonly string[] }[] = [];
  let untold = 0;
  for (const prefix of prefixes) {
    const { keys, shared } = await staleBelow(io, urlOf(target), { prefix, stale }, signal);
    if (keys.length > 0) found.push({ prefix, keys });
    untold += shared;
  }
  const alone = untold === 0 ? [] : [`${sayCount(untold)} ${untold === 1 ? 'lock has a small number as its value, of which' : 'locks have small numbers as their values, of which'} Redis does not know for how long nobody touched it: look at them yourself`];
  const total = found.reduce((sum, { keys }) => sum + keys.length, 0);
  if (total === 0) return { refused: [`no lock that begins with ${prefixes.join(' or ')} is stale: ${sayStale(stale)}`, ...alone].join('; ') };
  if (total > MOST_LOCKS) return { refused: `more than ${sayCount(MOST_LOCKS)} locks are stale, which is more than an owner that is gone leaves: look at them yourself` };
  const most = Math.min(MOST_LOCKS, roundedUp(total));
  return {
    does: found.map(({ prefix }) => ({ name: `clear ${prefix}`, does: `UNLINK the locks that begin with ${prefix} and are stale (${sayStale(stale)}), at most ${sayCount(most)}`, timeoutMs: TIMEOUT_MS })),
    touches: [target.id],
    bounds: { locks: most },
    verify: judgedByChecks(target),
    wayBack: null,
    witness: found.map(({ prefix }) => prefix),
    artefacts: [],
    notes: [
      ...found.map(({ prefix, keys }) => `${sayCount(keys.length)} stale below ${prefix}, like ${shownKeys(keys, prefix).join(', ')}`.slice(0, 400)),
      ...alone,
      'Where an owner still lives, two will be at the same work: look at what takes these locks first.',
    ],
  };
}

function sayStale({ untouchedMs, withTtl }: Stale): string {
  return withTtl ? `untouched for ${sayDuration(untouchedMs)}` : `without an end of their own, and untouched for ${sayDuration(untouchedMs)}`;
}

interface Below {
  readonly prefix: string;
  readonly stale: Stale;
}

/** Looks without touching: OBJECT and PTTL leave the idle time as it is. */
async function staleBelow(io: Io, url: string, { prefix, stale }: Below, signal?: AbortSignal): Promise<{ readonly keys: readonly string[]; readonly shared: number }> {
  const found = new Set<string>();
  const shared = new Set<string>();
  const limits = signal ? { signal } : {};
  for await (const keys of keysBelow(io, url, prefix, signal)) {
    const locks = keys.filter(isLock);
    const ask = (words: (key: string) => RedisCommand): Promise<readonly unknown[]> => Promise.all(locks.map((key) => io.redis.call(url, words(key), limits)));
    const ages = await ask((key) => ['OBJECT', 'IDLETIME', key]);
    const owners = await ask((key) => ['OBJECT', 'REFCOUNT', key]);
    const ends = await ask((key) => ['PTTL', key]);
    for (const [n, key] of locks.entries()) {
      if (Number(owners[n]) > 1 && (stale.withTtl || ends[n] === -1)) shared.add(key);
      else if (Number(owners[n]) === 1 && ages[n] !== null && Number(ages[n]) * 1_000 >= stale.untouchedMs && (stale.withTtl || ends[n] === -1)) found.add(key);
    }
    if (found.size > MOST_LOCKS) break;
  }
  return { keys: [...found], shared: shared.size };
}

function isLock(key: string): boolean {
  const use = keyUse(key);
  return use === null || use === 'lock';
}

function stepFor(url: string, spec: { readonly name: string; readonly timeoutMs: number }, { most, ...below }: Below & { readonly most: number }): Step {
  return {
    name: spec.name,
    timeoutMs: spec.timeoutMs,
    state: (_witness, _receipts, io) => staleBelow(io, url, below).then(({ keys }) => (keys.length === 0 ? 'after' : 'before'), unknownToRedis),
    async act(_witness, _receipts, io, signal) {
      const { untouchedMs, withTtl } = below.stale;
      let removed = 0;
      for (const key of (await staleBelow(io, url, below, signal)).keys.slice(0, most)) {
        removed += Number(await io.redis.call(url, ['EVAL', REMOVE, 1, key, untouchedMs / 1_000, withTtl ? 'yes' : 'no'], { signal }));
      }
      return { said: `removed ${sayCount(removed)} stale ${removed === 1 ? 'lock' : 'locks'} that began with ${below.prefix}`, removed };
    },
  };
}
