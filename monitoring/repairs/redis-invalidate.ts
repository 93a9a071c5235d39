import { z } from 'zod';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import { prefixUse, shownKeys, type KeyUse } from '../../src/domain/redis-keys.js';
import type { Io } from '../../src/io/io.js';
import { infoNumber, redisInfo } from '../../src/io/redis-info.js';
import { BATCH, keysBelow } from '../../src/io/redis-scan.js';
import { judgedByChecks } from './process-plan.js';
import { isMarked, leaveMark, newMark } from './redis-mark.js';
import { redisOptionsOf, roundedUp, sayCount, unknownToRedis, urlOf, useIn } from './redis-server.js';
import { refusingTrouble } from './refusing-trouble.js';
import type { Repair, RepairTarget, Step } from './repair.js';

/** What keys must begin with: one of the config's prefixes, or more exactly. Without it all of the config's are meant. */
const args = z.strictObject({ prefix: z.string().min(2).max(200).optional() });

type Args = z.output<typeof args>;

const MOST_KEYS = 5_000_000;
const KEPT_FOR_SAMPLES = 200;
/** Measured: 900,000 keys in 2.5 s; ten times that, and some for a server that is busy. */
const TIMEOUT_MS = { base: 30_000, perKey: 0.03 } as const;

interface Witness {
  readonly mark: string;
  readonly caches: readonly { readonly prefix: string; readonly found: number; readonly most: number }[];
}

/**
 * Empties a cache: removes the keys below prefixes that the config names, and no others. Keys of queues, sessions, locks
 * and limiters below them stop it; one that comes later is left.
 */
export const redisInvalidate: Repair<Args> = {
  kind: 'redis.invalidate',
  target: 'redis',
  summary: 'empty a cache: remove the keys that begin with what the config allows',
  refuses: 'prefixes that the config does not name under “invalidate”; keys of queues, sessions, locks and limiters; *',
  args,
  risk: 'disruptive',
  prepare: (target, wanted, io, signal) => refusingTrouble(() => prepare(target, wanted, io, signal)),
  steps: (target, _args, { does, witness }) => (witness as unknown as Witness).caches.flatMap((cache, n) => {
    const spec = does[n];
    return spec === undefined ? [] : [stepFor(target, spec, cache)];
  }),
};

async function prepare(target: RepairTarget, { prefix }: Args, io: Io, signal: AbortSignal): Promise<Prepared | Refusal> {
  const allowed = outermost(redisOptionsOf(target).invalidate);
  if (allowed.length === 0) return { refused: `the config names no cache of ${target.name}: say under redis.${target.name}.invalidate what its keys begin with` };
  const wanted = prefix === undefined ? allowed : [prefix];
  const refused = wanted.map((one) => refusePrefix(one, allowed)).find((why) => why !== null);
  if (typeof refused === 'string') return { refused };
  const surveys: Survey[] = [];
  for (const one of wanted) surveys.push(await survey(io, target, one, signal));
  const foreign = surveys.find(({ use }) => use !== null);
  if (foreign) return { refused: `keys of a ${foreign.use} begin with ${foreign.prefix} too, and would be lost: name the cache's own keys more exactly` };
  const found = surveys.filter(({ count }) => count > 0);
  const total = found.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return { refused: `no key begins with ${wanted.join(' or ')}, so there is nothing to remove` };
  if (total > MOST_KEYS) return { refused: `${sayCount(total)} keys are more than the ${sayCount(MOST_KEYS)} that are removed at once` };
  return planFor(target, found);
}

/** A prefix below another one is covered by that. */
function outermost(prefixes: readonly string[]): readonly string[] {
  return prefixes.filter((one, n) => !prefixes.some((other, m) => one.startsWith(other) && (one !== other || m < n)));
}

function refusePrefix(prefix: string, allowed: readonly string[]): string | null {
  if (/[*?[\]]/.test(prefix)) return 'patterns are not taken: name what the keys begin with, without *';
  if (!allowed.some((one) => prefix.startsWith(one))) return `the config does not allow to remove what this begins with; it allows ${allowed.join(', ')}`;
  const use = prefixUse(prefix);
  return use === null ? null : `what begins with this is of a ${use}, and no cache`;
}

interface Survey {
  readonly prefix: string;
  readonly count: number;
  readonly samples: readonly string[];
  /** What one of its keys is for; null: all are the cache's. */
  readonly use: KeyUse | null;
}

async function survey(io: Io, target: RepairTarget, prefix: string, signal: AbortSignal): Promise<Survey> {
  const useOf = useIn(target);
  const samples: string[] = [];
  let count = 0;
  for await (const keys of keysBelow(io, urlOf(target), prefix, signal)) {
    const use = keys.map(useOf).find((one) => one !== null);
    if (use) return { prefix, count, samples, use };
    count += keys.length;
    samples.push(...keys.slice(0, KEPT_FOR_SAMPLES - samples.length));
  }
  return { prefix, count, samples, use: null };
}

function planFor(target: RepairTarget, found: readonly Survey[]): Prepared {
  const caches = found.map(({ prefix, count }) => ({ prefix, found: count, most: roundedUp(count) }));
  return {
    does: caches.map(({ prefix, most }) => ({
      name: `remove ${prefix}`,
      does: `UNLINK the keys that begin with ${prefix}, ${BATCH} at a time and at most ${sayCount(most)}`,
      timeoutMs: Math.round(TIMEOUT_MS.base + TIMEOUT_MS.perKey * most),
    })),
    touches: [target.id],
    bounds: { keys: caches.reduce((sum, { most }) => sum + most, 0) },
    verify: judgedByChecks(target),
    wayBack: 'none is needed: the apps fill their cache again, and ask its source until then',
    witness: { mark: newMark(), caches } satisfies Witness as unknown as Json,
    artefacts: [],
    notes: [...found.map(noteOf), 'What answers from this cache is slow until it is filled again, and what stands behind it is asked more.'],
  };
}

function noteOf({ prefix, count, samples }: Survey): string {
  const noun = count === 1 ? 'key begins' : 'keys begin';
  return `${sayCount(count)} ${noun} with ${prefix} now, like ${shownKeys(samples, prefix).join(', ')}`.slice(0, 400);
}

function stepFor(target: RepairTarget, spec: { readonly name: string; readonly timeoutMs: number }, { prefix, most }: Witness['caches'][number]): Step {
  const url = urlOf(target);
  const useOf = useIn(target);
  const isCache = (key: string): boolean => useOf(key) === null;
  const markOf = (witness: Json): string => `${(witness as unknown as Witness).mark}:${prefix}`;
  return {
    name: spec.name,
    timeoutMs: spec.timeoutMs,
    async state(witness, _receipts, io) {
      try {
        if (await isMarked(io, url, markOf(witness))) return 'after';
        for await (const keys of keysBelow(io, url, prefix)) if (keys.some(isCache)) return 'before';
        return 'after';
      } catch (thrown) {
        return unknownToRedis(thrown);
      }
    },
    async act(witness, _receipts, io, signal) {
      const used = await usedMemory(io, url, signal);
      const removed = await removeBelow(io, url, { prefix, most, isCache }, signal);
      await leaveMark(io, url, markOf(witness), signal);
      return { said: `removed ${sayCount(removed)} ${removed === 1 ? 'key' : 'keys'} that began with ${prefix}; its memory went from ${used} to ${await usedMemory(io, url, signal)}`, removed };
    },
  };
}

/** What is unlinked is freed beside the clients, the last of it a moment later. */
async function usedMemory(io: Io, url: string, signal: AbortSignal): Promise<string> {
  const used = infoNumber(await redisInfo(io.redis, url, { signal }), 'used_memory');
  return used === null ? 'unknown' : `${Math.round(used / 1_048_576)} MiB`;
}

/** One walk over the keys: what is made behind it stays, and belongs to the cache that fills again. */
async function removeBelow(io: Io, url: string, { prefix, most, isCache }: { readonly prefix: string; readonly most: number; readonly isCache: (key: string) => boolean }, signal: AbortSignal): Promise<number> {
  let removed = 0;
  for await (const keys of keysBelow(io, url, prefix, signal)) {
    const cached = keys.filter(isCache).slice(0, most - removed);
    if (cached.length > 0) removed += Number(await io.redis.call(url, ['UNLINK', ...cached], { signal }));
    if (removed >= most) break;
  }
  return removed;
}
