import { host } from './host.js';
import { http } from './http.js';
import { job } from './job.js';
import { limiter } from './limiter.js';
import { pm2Daemon } from './pm2-daemon.js';
import { pm2 } from './pm2.js';
import { postgres } from './postgres.js';
import type { Probe } from './probe.js';
import { redis } from './redis.js';
import { release } from './release.js';

/** How is it measured? One line for each probe, by its kind. */
export const probes = {
  host,
  http,
  job,
  limiter,
  pm2,
  'pm2-daemon': pm2Daemon,
  postgres,
  redis,
  release,
} satisfies Readonly<Record<string, Probe<unknown>>>;
