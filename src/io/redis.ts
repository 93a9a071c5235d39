import type { Redis as Client } from 'ioredis';
import { redisAddress, redisDb } from './redis-address.js';
import { fromClient, redisError, refusedMode } from './redis-error.js';

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
      for (const line of lines.values()) line.close();
      lines.clear();
    },
  };
}

/** A connection, made or being made. */
interface Connection {
  /** Null while the client's code is being loaded. */
  client: Client | null;
  readonly ready: Promise<Client>;
  /** Calls that wait for an answer. */
  pending: number;
  /** A deadline passed on it: no further call goes over it, and it ends with its last. */
  late: boolean;
  ended: boolean;
}

/**
 * The way to one server. It is not opened again by itself, so that a server that is down costs nothing between two
 * readings, and nothing is queued or sent again: a command that nobody waits for any more must not be done later. A
 * connection on which a deadline passed is given up, because what it was asked last stays unanswered in it; a repair
 * that has more patience than a reading keeps it until it has its answer.
 */
class Line {
  readonly #url: string;
  readonly #all = new Set<Connection>();
  #current: Connection | null = null;

  constructor(url: string) {
    this.#url = url;
  }

  async call([name, ...words]: RedisCommand, timeoutMs: number, signal: AbortSignal | undefined): Promise<unknown> {
    const connection = this.#open();
    const answer = connection.ready.then((client) => client.call(name, words).catch((thrown: unknown) => Promise.reject(fromClient(thrown, null))));
    connection.pending += 1;
    try {
      return await before(answer, { timeoutMs, signal, late: () => (connection.late = true) });
    } finally {
      connection.pending -= 1;
      if (connection.late && connection.pending === 0) this.#end(connection);
    }
  }

  close(): void {
    for (const connection of this.#all) this.#end(connection);
  }

  #open(): Connection {
    const current = this.#current;
    if (current !== null && !current.late && current.client?.status !== 'end') return current;
    if (current !== null && !current.late) this.#end(current);
    // The client takes 28 MB of memory, so it is loaded where there is a Redis to watch, and only then.
    const loaded = import('ioredis');
    const connection: Connection = { client: null, ready: loaded.then(({ Redis: RedisClient }) => connect(connection, RedisClient, this.#url)), pending: 0, late: false, ended: false };
    connection.ready.catch(() => this.#end(connection));
    this.#all.add(connection);
    this.#current = connection;
    return connection;
  }

  #end(connection: Connection): void {
    connection.ended = true;
    connection.client?.disconnect();
    this.#all.delete(connection);
    if (this.#current === connection) this.#current = null;
  }
}

async function connect(connection: Connection, RedisClient: typeof Client, url: string): Promise<Client> {
  if (connection.ended) throw redisError('down'); // Given up meanwhile.
  const client = new RedisClient(optionsOf(url));
  connection.client = client;
  let first: unknown = null;
  let reached = false;
  client.on('error', (error: unknown) => (first ??= error));
  client.once('connect', () => (reached = true));
  try {
    await client.connect();
    // Asked for in its options, a database that is not there would leave the client in the first one, without an error.
    const db = redisDb(url);
    if (db !== '0') await client.call('SELECT', db);
    await demandSingle(client);
    return client;
  } catch (thrown) {
    client.disconnect();
    throw fromClient(first ?? thrown, { reached });
  }
}

/** Of a Cluster we would see one part of its keys, and a Sentinel has none. Who may not ask is told so by what it asks next. */
async function demandSingle(client: Client): Promise<void> {
  const mode = await client.call('INFO', 'server').then((told) => /redis_mode:(\w+)/.exec(String(told))?.[1], (thrown: unknown) => (isReply(thrown) ? undefined : Promise.reject(thrown as Error)));
  if (mode === 'cluster' || mode === 'sentinel') throw refusedMode(mode);
}

function isReply(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'ReplyError';
}

async function before(answer: Promise<unknown>, { timeoutMs, signal, late }: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined; late(): unknown }): Promise<unknown> {
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
function optionsOf(url: string) {
  return {
    ...redisAddress(url),
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
