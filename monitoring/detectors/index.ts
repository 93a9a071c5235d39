import { allEndpointsFailing } from './all-endpoints-failing.js';
import { crashLoop } from './crash-loop.js';
import { descriptors } from './descriptors.js';
import type { Detector } from './detector.js';
import { endpointFailing } from './endpoint-failing.js';
import { hang } from './hang.js';
import { host } from './host.js';
import { job } from './job.js';
import { latency } from './latency.js';
import { memory } from './memory.js';
import { pm2Daemon } from './pm2-daemon.js';
import { postgres } from './postgres.js';
import { processDown } from './process-down.js';
import { rateLimit } from './rate-limit.js';
import { redis } from './redis.js';
import { standstill } from './standstill.js';

/**
 * When is it a problem? One line for each detector, by its kind. What says why stands before what says only that: of
 * two claims that are equally bad the first names the incident. A loop stands before the process that is down between two
 * of its restarts: the name stays while that comes and goes.
 */
export const detectors = {
  'crash-loop': crashLoop,
  'process-down': processDown,
  standstill,
  hang,
  memory,
  descriptors,
  'rate-limit': rateLimit,
  'all-endpoints-failing': allEndpointsFailing,
  'endpoint-failing': endpointFailing,
  latency,
  postgres,
  redis,
  'pm2-daemon': pm2Daemon,
  host,
  job,
} satisfies Readonly<Record<string, Detector<unknown>>>;
