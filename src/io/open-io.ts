import { systemClock, type Clock } from './clock.js';
import { createExec } from './exec.js';
import { createGit } from './git.js';
import { createHttp } from './http.js';
import type { Io } from './io.js';
import type { Logger } from './log.js';
import { noPings } from './pings.js';
import { createPm2 } from './pm2-client.js';
import { createPostgres } from './postgres.js';
import { createRedis } from './redis.js';

export interface OpenedIo {
  readonly io: Io;
  /** Ends what is still under way, and gives back every connection. */
  close(): Promise<void>;
}

/** The real parts. Nothing is connected to before it is asked; deadlines run by the system's clock, whatever `clock` tells. */
export function openIo({ pm2Home, log, clock = systemClock }: { readonly pm2Home: string; readonly log: Logger; readonly clock?: Clock }): OpenedIo {
  const io: Io = { clock, http: createHttp(), exec: createExec(), git: createGit(), pings: noPings, pm2: createPm2({ home: pm2Home, clock: systemClock, log }), postgres: createPostgres({ clock: systemClock }), redis: createRedis() };
  return {
    io,
    async close() {
      for (const part of [io.pm2, io.postgres, io.http, io.redis]) await part.close();
    },
  };
}
