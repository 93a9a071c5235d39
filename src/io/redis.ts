import type { Redis as Client } from 'ioredis';
import { fromClient, redisError } from './redis-error.js';

export type RedisCommand = readonly [name: string, ...words: (string | number)[]];

export interface CallLimits {
  /** For all of it, the connection too. Default 2 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Redis servers, each by its address: one connection for each, opened when it is needed and kept. */
export interface Redis {
  /** Sends one command and returns its answer. Throws errors of the codes `redis.…`, which hold nothing of address, keys and values. */
  call(url: string, command: RedisCommand, limits?: CallLimits): Promise<unknown>;
  /** Ends every connection, and opens none any more. */
  close(): Promise<void>;
}

const CALL_MS = 2_000;
/** By this name our connections are known in CLIENT LIST. */
export const OUR_NAME = 'hypercare';

export function createRedis(): Redis {
  const lines = new Map<string, Line>();
  let closed = false;
  return {
    async call(url, command, { timeoutMs = CALL_MS, signal } = {}) {
      signal?.throwIfAborted();
      if (closed) throw redisError('down');
      const line = lines.get(url) ?? new Line(url);
      lines.set(url, line);
      return line.call(command, timeoutMs, signal);
    },
    async close() {
      closed = true;
      for (const line of lines.values()) line.drop();
      lines.clear();
    },
  };
}

/**
 * One connection. It is not opened again by itself, so that a server that is down costs nothing between two readings,
 * and nothing is queued or sent again: a command that nobody waits for any more must not be done later. A connection on
 * which a deadline passed is dropped, because what it was asked last stays unanswered in it.
 */
class Line {
  readonly #url: URL;
  #client: Client | null = null;
  #ready: Promise<Client> | null = null;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  async call([name, ...words]: RedisCommand, timeoutMs: number, signal: AbortSignal | undefined): Promise<unknown> {
    const ready = this.#open();
    const answer = ready.then((client) => client.call(name, words).catch((thrown: unknown) => Promise.reject(fromClient(thrown, null))));
    return before(answer, { timeoutMs, signal, late: () => (this.#ready === ready ? this.drop() : undefined) });
  }

  drop(): void {
    this.#client?.disconnect();
    this.#client = null;
    this.#ready = null;
  }

  #open(): Promise<Client> {
    if (this.#client?.status === 'end') this.drop();
    if (this.#ready !== null) return this.#ready;
    // The client takes 28 MB of memory, so it is loaded where there is a Redis to watch, and only then.
    const ready: Promise<Client> = import('ioredis').then(({ Redis: RedisClient }) => {
      if (this.#ready !== ready) throw redisError('down'); // Dropped meanwhile.
      this.#client = new RedisClient(optionsOf(this.#url));
      return connect(this.#client, this.#url);
    });
    ready.catch(() => (this.#ready === ready ? this.drop() : undefined));
    this.#ready = ready;
    return ready;
  }
}

async function connect(client: Client, { pathname }: URL): Promise<Client> {
  let first: unknown = null;
  let reached = false;
  client.on('error', (error: unknown) => (first ??= error));
  client.once('connect', () => (reached = true));
  try {
    await client.connect();
    // Asked for in its options, a database that is not there would leave the client in the first one, without an error.
    const db = Number(pathname.slice(1));
    if (db > 0) await client.select(db);
    return client;
  } catch (thrown) {
    client.disconnect();
    throw fromClient(first ?? thrown, { reached });
  }
}

async function before(answer: Promise<unknown>, { timeoutMs, signal, late }: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined; late(): void }): Promise<unknown> {
  let stop = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal?.reason as Error);
    const deadline = setTimeout(() => {
      reject(redisError('hung'));
      late();
    }, timeoutMs);
    signal?.addEventListener('abort', abort, { once: true });
    stop = () => {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', abort);
    };
  });
  answer.catch(() => undefined);
  return Promise.race([answer, ended]).finally(stop);
}

/** Deadlines are ours: of ioredis' own only `commandTimeout` rejects where a server hangs, and a connection counts as made before it answers. */
function optionsOf({ protocol, hostname, port, username, password }: URL) {
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 6_379 : Number(port),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
    connectionName: OUR_NAME,
    // Redis before 7.2 counts the client's greeting as two errors of its users.
    disableClientInfo: true,
    lazyConnect: true,
    connectTimeout: 60_000,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // Its ready check waits in silence while the server loads; that is to be seen.
    enableReadyCheck: false,
  };
}
