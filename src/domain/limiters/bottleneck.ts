import type { Counted, LimiterLibrary } from './limiter.js';

/** Of its eight keys this one is always there: its settings, and how much room is left. */
const SETTINGS = '_settings';

/**
 * 2.19: a limiter is a group of keys, 'b_mails_settings' and others, and what it counts are jobs. It has the id of its
 * Group and a key of the app's where there is one for each ('b_group-key-ann_settings'). Single keys of it are never removed: a client
 * that finds some of them gone, and others not, counts wrong for ever.
 */
export const bottleneck: LimiterLibrary = {
  name: 'bottleneck',
  redisBy: ['ioredis', 'redis'],
  redisCode: /\bdatastore\b|RedisConnection/,
  prefix: 'b_',
  counts: 'jobs',
  counted,
  memoryWords: [],
};

function counted(key: string, prefix: string): Counted | null {
  if (!key.startsWith(prefix) || !key.endsWith(SETTINGS) || key.length <= prefix.length + SETTINGS.length) return null;
  return { identity: key.slice(prefix.length, -SETTINGS.length), route: null };
}

/** All keys of one limiter, in the order in which the script below names them. */
export function bottleneckKeys(id: string): readonly string[] {
  return ['settings', 'job_weights', 'job_expirations', 'job_clients', 'client_running', 'client_num_queued', 'client_last_seen'].map((part) => `b_${id}_${part}`);
}
