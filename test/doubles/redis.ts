import { missingService, startRedis } from '../../scripts/services.js';
import { createRedis, type Redis, type RedisCommand } from '../../src/io/redis.js';

/** Why there is none here, for the name of what is skipped; null: there is one. */
export const noRedis = missingService('redis');

/** A real Redis of the test's own, and somebody else who speaks to it. */
export interface OwnRedis {
  readonly url: string;
  readonly pid: number;
  /** What another client says to it: an app, or its operator. */
  say(...command: RedisCommand): Promise<unknown>;
  /** It keeps its connections and answers nothing, until it is thawed. */
  freeze(): void;
  thaw(): void;
  /** Ends it and starts it again, empty. */
  restart(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export async function ownRedis(): Promise<OwnRedis> {
  const service = await startRedis();
  const other: Redis = createRedis();
  return {
    url: service.url,
    get pid() {
      return service.pid;
    },
    say: (...command) => other.call(service.url, command, { timeoutMs: 20_000 }),
    freeze: () => void process.kill(service.pid, 'SIGSTOP'),
    thaw: () => void process.kill(service.pid, 'SIGCONT'),
    restart: () => service.restart(),
    kill: () => service.stop(),
    async stop() {
      await other.close();
      if (isAlive(service.pid)) process.kill(service.pid, 'SIGCONT');
      await service.stop();
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
