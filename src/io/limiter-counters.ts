import { HypercareError } from '../domain/errors.js';
import { keyUse } from '../domain/redis-keys.js';
import type { Counted, Limiter } from '../domain/limiters/limiter.js';
import type { Io } from './io.js';
import { keysBelow } from './redis-scan.js';

/** One number of a limiter: how often somebody was counted. */
export interface Counter extends Counted {
  readonly key: string;
  readonly count: number;
}

export interface LookLimits {
  readonly signal?: AbortSignal;
  /** So many thousand keys of the server are looked through. */
  readonly mostBatches?: number;
}

/** What a limiter counts in one Redis. */
export interface CounterSurvey {
  /** How many counters there are. */
  readonly counted: number;
  /** Those above the limit, the highest first, and at most MOST_KEPT of them; null: the limit is not known. */
  readonly blocked: readonly Counter[] | null;
  readonly blockedCount: number | null;
  /** The highest, whether above the limit or not. */
  readonly highest: readonly Counter[];
}

export const MOST_KEPT = 500;
const MOST_HIGHEST = 5;

/**
 * The counters of a limiter, in batches, each once. What holds no number, and what is of a queue, a session or a lock, is
 * no counter, whatever its key begins with.
 */
export async function* countersOf(io: Pick<Io, 'redis'>, url: string, limiter: Limiter, { signal, mostBatches }: LookLimits = {}): AsyncGenerator<readonly Counter[]> {
  const seen = new Set<string>();
  for await (const keys of keysBelow(io, url, limiter.prefix, signal, mostBatches)) {
    const fresh = keys.flatMap((key) => {
      const counted = seen.has(key) || isElse(key) ? null : countedBy(limiter, key);
      seen.add(key);
      return counted === null ? [] : [{ key, ...counted }];
    });
    if (fresh.length === 0) continue;
    const values = (await io.redis.call(url, ['MGET', ...fresh.map(({ key }) => key)], signal ? { signal } : {})) as readonly (string | null)[];
    yield fresh.flatMap((one, n): readonly Counter[] => (/^\d{1,15}$/.test(values[n] ?? '') ? [{ ...one, count: Number(values[n]) }] : []));
  }
}

function countedBy({ library, prefix }: Limiter, key: string): Counted | null {
  return library === null ? { identity: key.slice(prefix.length), route: null } : library.counted(key, prefix);
}

function isElse(key: string): boolean {
  const use = keyUse(key);
  return use !== null && use !== 'limiter';
}

export async function surveyCounters(io: Pick<Io, 'redis'>, url: string, limiter: Limiter, limits: LookLimits = {}): Promise<CounterSurvey> {
  let counted = 0;
  let blockedCount = 0;
  let blocked: readonly Counter[] = [];
  let highest: readonly Counter[] = [];
  for await (const counters of countersOf(io, url, limiter, limits)) {
    counted += counters.length;
    const above = limiter.limit === null ? [] : counters.filter(({ count }) => count > (limiter.limit ?? 0));
    blockedCount += above.length;
    blocked = top([...blocked, ...above], MOST_KEPT);
    highest = top([...highest, ...counters], MOST_HIGHEST);
  }
  return { counted, highest, ...(limiter.limit === null ? { blocked: null, blockedCount: null } : { blocked, blockedCount }) };
}

function top(counters: readonly Counter[], most: number): readonly Counter[] {
  return counters.toSorted((a, b) => b.count - a.count).slice(0, most);
}

/** A server that was frozen does what it was asked before; after so many of its own seconds it lets nobody in any more. */
const VALID_S = 10;
const REMOVE = `
if tonumber(redis.call('TIME')[1]) > tonumber(ARGV[1]) then return -1 end
local removed = 0
for _, key in ipairs(KEYS) do
  if redis.call('TYPE', key)['ok'] == 'string' and tonumber(redis.call('GET', key)) then removed = removed + redis.call('UNLINK', key) end
end
return removed`;

/** Removes counters in one step of the server, and only while they are counters. Returns how many there were. */
export async function removeCounters(io: Pick<Io, 'redis'>, url: string, keys: readonly string[], signal: AbortSignal): Promise<number> {
  if (keys.length === 0) return 0;
  const removed = Number(await io.redis.call(url, ['EVAL', REMOVE, keys.length, ...keys, await validUntil(io, url, signal)], { signal }));
  if (removed < 0) throw tooSlow();
  return removed;
}

/** Until when the server may still do what it is asked now, by its own clock. */
export async function validUntil(io: Pick<Io, 'redis'>, url: string, signal: AbortSignal): Promise<number> {
  const [seconds] = (await io.redis.call(url, ['TIME'], { signal })) as [string];
  return Number(seconds) + VALID_S;
}

export function tooSlow(): HypercareError {
  return new HypercareError('repair.changed', 'transient', 'the server was too slow, so nobody was let in', 'Ask again.');
}
