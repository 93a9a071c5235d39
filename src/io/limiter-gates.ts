import { bottleneck, bottleneckKeys } from '../domain/limiters/bottleneck.js';
import type { Limiter } from '../domain/limiters/limiter.js';
import type { Io } from './io.js';
import { tooSlow, validUntil, type LookLimits } from './limiter-counters.js';
import { keysBelow } from './redis-scan.js';

/** A limiter of bottleneck: jobs pass it, or wait. */
export interface Gate {
  readonly id: string;
  /** Jobs that wait. */
  readonly waiting: number;
  /** Jobs that may still begin before it is filled again; null: it sets no such limit. */
  readonly reservoir: number | null;
  /** What it is filled up to; null: nobody but the app knows. */
  readonly full: number | null;
  /** Room that jobs of clients hold which are gone; they never give it back. */
  readonly lost: number;
  /** It has no room left because of them. */
  readonly stuck: boolean;
  /** It turns all away for a while, because too many waited. */
  readonly penalty: boolean;
}

/** A client that lives gives a sign every five seconds. */
const GONE_MS = 30_000;
const MOST_GATES = 200;

const LOST = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local function lostClients()
  local patience = math.max(${GONE_MS}, 3 * (tonumber(redis.call('HGET', KEYS[1], 'clientTimeout') or '') or 10000))
  local lost, running = {}, redis.call('ZRANGE', KEYS[5], 0, -1, 'WITHSCORES')
  for n = 1, #running, 2 do
    local seen = redis.call('ZSCORE', KEYS[7], running[n])
    if tonumber(running[n + 1]) > 0 and (not seen or tonumber(seen) < now - patience) then lost[running[n]] = tonumber(running[n + 1]) end
  end
  return lost
end`;

const LOOK = `${LOST}
local waiting, lost = 0, 0
for _, count in ipairs(redis.call('HVALS', KEYS[6])) do waiting = waiting + tonumber(count) end
for _, weight in pairs(lostClients()) do lost = lost + weight end
local settings = redis.call('HMGET', KEYS[1], 'reservoir', 'reservoirRefreshAmount', 'reservoirIncreaseMaximum', 'maxConcurrent', 'running', 'unblockTime')
for n = 1, 6 do settings[n] = settings[n] or '' end
return { waiting, lost, now, settings[1], settings[2], settings[3], settings[4], settings[5], settings[6] }`;

/** Room given back and filled up as its own API does it, and all told that there is room; what waits begins. Where a mark is given it is left in the same step. */
const REFILL = `${LOST}
if tonumber(time[1]) > tonumber(ARGV[1]) then return {-1, 0} end
if redis.call('EXISTS', KEYS[1]) == 0 then return {0, 0} end
local freed, filled = 0, 0
local lost = lostClients()
if next(lost) then
  local jobs = redis.call('HGETALL', KEYS[4])
  for n = 1, #jobs, 2 do
    if lost[jobs[n + 1]] then
      freed = freed + (tonumber(redis.call('HGET', KEYS[2], jobs[n]) or '') or 0)
      redis.call('HDEL', KEYS[2], jobs[n]) redis.call('HDEL', KEYS[4], jobs[n]) redis.call('ZREM', KEYS[3], jobs[n])
    end
  end
  for client, _ in pairs(lost) do redis.call('ZADD', KEYS[5], 0, client) end
  if freed > 0 then redis.call('HINCRBY', KEYS[1], 'running', -freed) end
end
local settings = redis.call('HMGET', KEYS[1], 'reservoir', 'reservoirRefreshAmount', 'reservoirIncreaseMaximum', 'maxConcurrent', 'running', 'id')
local reservoir, full = tonumber(settings[1] or ''), tonumber(settings[2] or '') or tonumber(settings[3] or '')
if reservoir and full and reservoir < full then
  filled = full - reservoir
  reservoir = full
  redis.call('HSET', KEYS[1], 'reservoir', full)
end
redis.call('HSET', KEYS[1], 'unblockTime', 0, 'nextRequest', now)
local room = tonumber(settings[4] or '')
if room then room = room - (tonumber(settings[5] or '') or 0) end
local capacity = room and reservoir and math.min(room, reservoir) or room or reservoir or ''
if ARGV[2] ~= '' then redis.call('SET', ARGV[2], '1', 'EX', ARGV[3]) end
redis.call('PUBLISH', 'b_' .. settings[6], 'capacity:' .. capacity)
return {filled, freed}`;

/** The limiters of bottleneck in one Redis, those that let nothing pass first. */
export async function gatesOf(io: Pick<Io, 'redis'>, url: string, { prefix }: Pick<Limiter, 'prefix'>, { signal, mostBatches }: LookLimits = {}): Promise<readonly Gate[]> {
  const ids = new Set<string>();
  for await (const keys of keysBelow(io, url, prefix, signal, mostBatches)) {
    for (const key of keys) {
      const counted = bottleneck.counted(key, bottleneck.prefix);
      if (counted !== null && ids.size < MOST_GATES) ids.add(counted.identity);
    }
  }
  const gates = await Promise.all([...ids].map((id) => lookAtGate(io, url, id, signal)));
  return gates.toSorted((a, b) => Number(letsNothingPass(b)) - Number(letsNothingPass(a)) || b.waiting - a.waiting);
}

/** Jobs wait, and none of them can begin. */
export function letsNothingPass({ waiting, reservoir, stuck, penalty }: Gate): boolean {
  return (waiting > 0 && ((reservoir !== null && reservoir <= 0) || stuck)) || penalty;
}

async function lookAtGate(io: Pick<Io, 'redis'>, url: string, id: string, signal: AbortSignal | undefined): Promise<Gate> {
  const keys = bottleneckKeys(id);
  const told = (await io.redis.call(url, ['EVAL', LOOK, keys.length, ...keys], signal ? { signal } : {})) as readonly (string | number)[];
  const [waiting = 0, lost = 0, now = 0, reservoir = null, refresh = null, increase = null, most = null, running = null, unblock = null] = told.map(numberOf);
  return {
    id, waiting: waiting ?? 0, lost: lost ?? 0, reservoir, full: refresh ?? increase,
    stuck: most !== null && (lost ?? 0) > 0 && (running ?? 0) >= most,
    penalty: unblock !== null && unblock > 0 && unblock >= (now ?? 0),
  };
}

function numberOf(value: string | number): number | null {
  return value === '' || !Number.isFinite(Number(value)) ? null : Number(value);
}

/** Lets what waits at one limiter begin; `mark` says in the server that it was done. */
export async function refillGate(io: Pick<Io, 'redis'>, url: string, id: string, mark: { readonly key: string; readonly forS: number } | null, signal: AbortSignal): Promise<{ readonly filled: number; readonly freed: number }> {
  const keys = bottleneckKeys(id);
  const [filled = 0, freed = 0] = ((await io.redis.call(url, ['EVAL', REFILL, keys.length, ...keys, await validUntil(io, url, signal), mark?.key ?? '', mark?.forS ?? 0], { signal })) as readonly (number | string)[]).map(Number);
  if (filled < 0) throw tooSlow();
  return { filled, freed };
}
