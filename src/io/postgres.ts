import pg from 'pg';
import type { Clock } from './clock.js';
import { LATE, within } from './within.js';
import { postgresError } from './postgres-error.js';

/** A server, how it is reached (secret), and how long any answer may take. */
export interface PostgresServer {
  readonly url: string;
  readonly timeoutMs: number;
}

interface Asked {
  readonly sql: string;
  readonly values?: readonly unknown[];
  /** An answer that is no older is given again. */
  readonly keepMs?: number;
}

interface Change {
  readonly sql: string;
  /** Its application_name, by which a later look finds it at work. */
  readonly name: string;
  readonly timeoutMs: number;
  readonly lockTimeoutMs: number;
}

/** Failures are HypercareErrors of `postgresError`. */
export interface Postgres {
  /**
   * Asks over the one lasting connection to this server, which only reads (though sessions can be signalled over it).
   * It is opened at the first question and held: once all are in use there is no other way in.
   */
  ask<R>(server: PostgresServer, asked: Asked, signal: AbortSignal): Promise<readonly R[]>;
  /** Does it over a connection of its own, because it may take long and hold up the questions. Aborted means unknown: the server may go on. */
  change(server: PostgresServer, change: Change, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export const OUR_NAME = 'hypercare';

/** The server gives up before we do: a statement that only we gave up on would go on there. */
const SERVER_SHARE = 0.9;
const KEEP_ALIVE_MS = 10_000;
const CLOSE_MS = 500;

interface Line {
  readonly client: pg.Client;
  lost: boolean;
  /** It did not answer in time: another one is tried before it is asked again. */
  stalled: boolean;
  /** One question after the other. */
  last: Promise<unknown>;
}

interface Known {
  line: Line | null;
  opening: Promise<Line> | null;
  readonly kept: Map<string, { readonly at: number; readonly rows: readonly unknown[] }>;
}

export function createPostgres({ clock }: { readonly clock: Clock }): Postgres {
  const servers = new Map<string, Known>();
  const changing = new Set<pg.Client>();

  function knownOf({ url }: PostgresServer): Known {
    const known = servers.get(url) ?? { line: null, opening: null, kept: new Map() };
    servers.set(url, known);
    return known;
  }

  return {
    async ask<R>(server: PostgresServer, { sql, values = [], keepMs = 0 }: Asked, signal: AbortSignal): Promise<readonly R[]> {
      const known = knownOf(server);
      const key = JSON.stringify([sql, values]);
      const before = known.kept.get(key);
      if (before && clock.monotonic() - before.at < keepMs) return before.rows as readonly R[];
      const line = await orAborted(lineTo(server, known), signal);
      try {
        const { rows } = await orAborted(inTurn(line, () => line.client.query<never>({ text: sql, values: [...values] })), signal);
        line.stalled = false;
        if (keepMs > 0) known.kept.set(key, { at: clock.monotonic(), rows });
        return rows;
      } catch (error) {
        const fault = postgresError(error);
        if (fault.code === 'postgres.silent') line.stalled = true;
        throw signal.aborted ? signal.reason : fault;
      }
    },
    async change(server, change, signal) {
      signal.throwIfAborted();
      const client = newClient(server, change.timeoutMs);
      changing.add(client);
      try {
        await orAborted(client.connect(), signal);
        await orAborted(client.query(settings({ application_name: change.name, statement_timeout: String(change.timeoutMs), lock_timeout: String(change.lockTimeoutMs) })), signal);
        await orAborted(client.query(change.sql), signal);
      } catch (error) {
        throw signal.aborted ? signal.reason : postgresError(error);
      } finally {
        changing.delete(client);
        cut(client);
      }
    },
    async close() {
      const lines = [...servers.values()].flatMap(({ line }) => (line ? [line] : []));
      servers.clear();
      for (const client of changing) cut(client);
      await Promise.all(lines.map((line) => leave(line, clock)));
    },
  };
}

/** The held connection, or another where it is lost or did not answer in time. */
async function lineTo(server: PostgresServer, known: Known): Promise<Line> {
  if (known.line && !known.line.lost && !known.line.stalled) return known.line;
  known.opening ??= openLine(server).then((line) => {
    if (known.line) cut(known.line.client);
    return (known.line = line);
  }).finally(() => (known.opening = null));
  try {
    return await known.opening;
  } catch (error) {
    // No other one can be had: the old one may just have been slow.
    if (known.line && !known.line.lost && postgresError(error).code === 'postgres.saturated') return known.line;
    throw postgresError(error);
  }
}

async function leave({ client, lost }: Line, clock: Clock): Promise<void> {
  if (!lost && (await within(client.end().catch(() => undefined), CLOSE_MS, clock)) === LATE) cut(client);
}

async function openLine(server: PostgresServer): Promise<Line> {
  const client = newClient(server, server.timeoutMs);
  const line: Line = { client, lost: false, stalled: false, last: Promise.resolve() };
  client.on('error', () => (line.lost = true));
  client.on('end', () => (line.lost = true));
  try {
    await client.connect();
    const serverMs = String(Math.round(server.timeoutMs * SERVER_SHARE));
    await client.query(settings({ application_name: OUR_NAME, statement_timeout: serverMs, lock_timeout: serverMs, default_transaction_read_only: 'on', search_path: 'pg_catalog' }));
    return line;
  } catch (error) {
    cut(client);
    throw error;
  }
}

function newClient({ url, timeoutMs }: PostgresServer, queryMs: number): pg.Client {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: timeoutMs, query_timeout: queryMs, keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE_MS });
  client.on('error', () => undefined);
  return client;
}

/** After connecting, because what stands in the url would win over what is given with it. */
function settings(named: Readonly<Record<string, string>>): pg.QueryConfig {
  const entries = Object.entries(named);
  return { text: `select ${entries.map((_, n) => `set_config($${n * 2 + 1}, $${n * 2 + 2}, false)`).join(', ')}`, values: entries.flat() };
}

/** Without a goodbye, which a server that does not answer would never return. */
function cut(client: pg.Client): void {
  client.connection.stream.destroy();
}

function inTurn<T>(line: Line, ask: () => Promise<T>): Promise<T> {
  const asked = line.last.then(ask);
  line.last = asked.catch(() => undefined);
  return asked;
}

/** Rejects as soon as it is called off; the call itself goes on and its later failure is dropped. */
async function orAborted<T>(call: Promise<T>, signal: AbortSignal): Promise<T> {
  call.catch(() => undefined);
  signal.throwIfAborted();
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    call.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
