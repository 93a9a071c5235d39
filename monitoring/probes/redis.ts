import { z } from 'zod';
import type { Reading } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import { REDIS_FAULTS, sayRedisFault, type RedisFault } from '../../src/domain/redis-fault.js';
import type { Io } from '../../src/io/io.js';
import { redisFaultOf } from '../../src/io/redis-error.js';
import { infoNumber, readInfo, type RedisInfo } from '../../src/io/redis-info.js';
import type { Probe } from './probe.js';

const options = z.looseObject({
  url: z.string(),
  /** For connecting and all answers. */
  timeoutMs: z.int().min(1).max(60_000),
});

type Options = z.output<typeof options>;

/** A start loads about a GB in some seconds; what loads longer than this keeps its users waiting. */
const LOADING_MS = 60_000;
const OWN_KEY = 'hypercare:probe';
const OWN_KEY_S = 60;

/**
 * Writes, reads and removes a key of its own, because a Redis whose memory is full still answers PING, and asks INFO.
 *
 * Bad only where its users cannot work now; `fault` says in what way, by its place in the list of faults from 1 on, and is
 * 0 otherwise. What merely deserves advice stands in the other values: counters as the server has them since its start,
 * 1 for true; `evicts` is 0 for no eviction, 1 of keys that expire anyway, 2 of any key. While it loads that is `unknown` for a minute: it comes back by itself, and a restart would begin it anew.
 */
export const redis: Probe<Options> = {
  kind: 'redis',
  options,
  fields: ['fault', 'used_bytes', 'max_bytes', 'evicts', 'evicted', 'rejected', 'clients', 'max_clients', 'blocked_clients', 'save_failed', 'link_down', 'replicas', 'ops_per_s', 'uptime_ms'],
  measure,
};

async function measure({ url, timeoutMs }: Options, io: Io, signal: AbortSignal): Promise<Reading> {
  const limits = { timeoutMs, signal };
  const before = io.clock.monotonic();
  const asked = [
    io.redis.call(url, ['SET', OWN_KEY, '1', 'EX', OWN_KEY_S], limits), io.redis.call(url, ['GET', OWN_KEY], limits), io.redis.call(url, ['DEL', OWN_KEY], limits),
  ];
  const told = io.redis.call(url, ['INFO'], limits);
  const answers = await Promise.allSettled([...asked, told]);
  signal.throwIfAborted();
  const ms = Math.round((io.clock.monotonic() - before) * 10) / 10;
  const [info] = answers.slice(-1).map((one) => (one.status === 'fulfilled' ? readInfo(String(one.value)) : {}));
  const failed = answers.slice(0, -1).find((one) => one.status === 'rejected');
  const fault = failed === undefined ? (isCrowded(info ?? {}) ? 'clients' : null) : redisFaultOf(failed.reason);
  if (failed !== undefined && fault === null) throw failed.reason; // Nobody is blamed for what is ours.
  return readingOf(fault, { ms, info: info ?? {}, timeoutMs });
}

/** Our own connection stays, so it is the others who are turned away. */
function isCrowded(info: RedisInfo): boolean {
  const most = infoNumber(info, 'maxclients');
  return most !== null && (infoNumber(info, 'connected_clients') ?? 0) >= most;
}

function readingOf(fault: RedisFault | null, { ms, info, timeoutMs }: { readonly ms: number; readonly info: RedisInfo; readonly timeoutMs: number }): Reading {
  const values = [fault === null ? 0 : REDIS_FAULTS.indexOf(fault) + 1, ...valuesOf(info)];
  if (fault === null) return { verdict: 'good', ms, values, note: null };
  if (fault === 'loading' && loadingForMs(info) < LOADING_MS) return { verdict: 'unknown', ms, values, note: sayRedisFault(fault) };
  return { verdict: 'bad', ms, values, note: fault === 'hung' ? `no answer within ${sayDuration(timeoutMs)}` : sayRedisFault(fault) };
}

/** By the server's own clock. */
function loadingForMs(info: RedisInfo): number {
  const [since, now] = [infoNumber(info, 'loading_start_time'), infoNumber(info, 'server_time_usec')];
  return since === null || now === null ? 0 : now / 1_000 - since * 1_000;
}

function valuesOf(info: RedisInfo): readonly (number | null)[] {
  const of = (name: string): number | null => infoNumber(info, name);
  const saved = [info['rdb_last_bgsave_status'], info['aof_last_write_status'], info['aof_last_bgrewrite_status']];
  const told = (value: number): number | null => (info['redis_version'] === undefined ? null : value);
  const uptimeS = of('uptime_in_seconds');
  return [
    of('used_memory'), of('maxmemory'), told(evictsOf(info)), of('evicted_keys'), of('rejected_connections'), of('connected_clients'), of('maxclients'),
    of('blocked_clients'), told(Number(saved.includes('err'))), told(Number(info['master_link_status'] === 'down')), of('connected_slaves'), of('instantaneous_ops_per_sec'), uptimeS === null ? null : uptimeS * 1_000,
  ];
}

function evictsOf({ maxmemory_policy: policy = '' }: RedisInfo): number {
  return policy.startsWith('allkeys-') ? 2 : Number(policy.startsWith('volatile-'));
}
