import type { Json } from '../../src/domain/json.js';
import { redisInfo } from '../../src/io/redis-info.js';
import type { Collector } from './collector.js';

const TIMEOUT_MS = 2_000;
/** What of INFO tells how it was; of the rest nothing is kept. */
const KEPT = /^(?:redis_version|run_id|uptime_in_seconds|role|loading|connected_clients|blocked_clients|maxclients|rejected_connections|used_memory|used_memory_rss|used_memory_peak|maxmemory|maxmemory_policy|mem_fragmentation_ratio|evicted_keys|expired_keys|keyspace_(?:hits|misses)|instantaneous_ops_per_sec|total_error_replies|rdb_last_bgsave_status|rdb_changes_since_last_save|aof_enabled|aof_last_write_status|connected_slaves|master_link_status|db\d+|errorstat_\w+)$/;
const MOST_SLOW = 10;

type Slow = readonly [id: number, at: number, micros: number, words: readonly string[]];

/** How a Redis was before it was touched: memory, clients, saves, replication and keys by number, and its slowest commands by name; never a key or a value. */
export const redis: Collector<Json> = {
  kind: 'redis',
  of: 'redis',
  async collect({ url }, io, signal) {
    if (url === null) throw new Error('the config names no address');
    const limits = { timeoutMs: TIMEOUT_MS, signal };
    const [info, slow] = await Promise.all([redisInfo(io.redis, url, limits), io.redis.call(url, ['SLOWLOG', 'GET', MOST_SLOW], limits).catch(() => [])]);
    return {
      info: Object.fromEntries(Object.entries(info).filter(([name]) => KEPT.test(name))),
      slow: (slow as readonly Slow[]).map(([, at, micros, words]) => ({ at: new Date(at * 1_000).toISOString(), ms: micros / 1_000, command: String(words[0]).toUpperCase().slice(0, 30), words: words.length })),
    };
  },
};
