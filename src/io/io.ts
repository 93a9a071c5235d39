import type { Clock } from './clock.js';
import type { Exec } from './exec.js';
import type { Git } from './git.js';
import type { Http } from './http.js';
import type { Pings } from './pings.js';
import type { Pm2 } from './pm2.js';
import type { Postgres } from './postgres.js';
import type { Redis } from './redis.js';

/** Everything outside the process that a probe or a repair may use; each with deadlines and bounded output. */
export interface Io {
  readonly clock: Clock;
  readonly http: Http;
  readonly exec: Exec;
  readonly git: Git;
  readonly pings: Pings;
  readonly pm2: Pm2;
  readonly postgres: Postgres;
  readonly redis: Redis;
}
