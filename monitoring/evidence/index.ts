import type { Json } from '../../src/domain/json.js';
import { changes } from './changes.js';
import type { Collector } from './collector.js';
import { host } from './host.js';
import { logs } from './logs.js';
import { postgres } from './postgres.js';
import { processes } from './processes.js';
import { readings } from './readings.js';
import { redis } from './redis.js';

/** What is kept before the first touch? One line for each collector, in the order in which people read them. */
export const collectors: readonly Collector<Json>[] = [
  readings,
  processes,
  logs,
  postgres,
  redis,
  host,
  changes,
];
