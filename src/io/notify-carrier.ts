import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { errorText } from '../domain/errors.js';
import type { Carrier } from './carrier.js';
import type { Logger } from './log.js';

export const CHANNEL = 'hypercare_poke';
const RECONNECT_MS = 2_000;
/** A server that vanished without a word is noticed by these, not by the kernel's two hours. */
const CONNECTION = { connectionTimeoutMillis: 10_000, query_timeout: 10_000, keepAlive: true, keepAliveInitialDelayMillis: 30_000 } as const;

/**
 * On PostgreSQL: NOTIFY on one channel. The payload is the host's name and, on a second line where there is one, who
 * pokes, so that nobody wakes himself. The listening connection is made anew when it breaks.
 */
export function notifyCarrier(url: string, host: string, log: Logger): Carrier {
  const self = randomUUID();
  const sender = new pg.Pool({ ...CONNECTION, connectionString: url, max: 1, allowExitOnIdle: true, application_name: 'hypercare-poke' });
  sender.on('error', () => undefined);
  const poke = oneAtATime(async () => {
    await sender.query('select pg_notify($1, $2)', [CHANNEL, `${host}\n${self}`])
      .catch((error: unknown) => log.warn({ error: errorText(error) }, 'a poke was lost; the slow look will find it'));
  });
  return {
    poke,
    onPoke: async (listen) => {
      const hear = (payload: string) => {
        const [to, from] = payload.split('\n');
        if (to === host && from !== self) listen();
      };
      const stopping = new AbortController();
      const first = await openLine(url, hear).catch(() => null);
      const listening = listenOn(first, { open: () => openLine(url, hear), connected: listen, log, signal: stopping.signal });
      return async () => {
        stopping.abort();
        await listening;
        await sender.end();
      };
    },
  };
}

/** Pokes carry nothing: of those asked for while one is under way, one is sent after it. */
function oneAtATime(send: () => Promise<void>): () => Promise<void> {
  let sending = false;
  let wanted = false;
  return async () => {
    wanted = true;
    if (sending) return;
    sending = true;
    while (wanted) {
      wanted = false;
      await send();
    }
    sending = false;
  };
}

/** One connection that listens. */
interface Line {
  readonly lost: Promise<void>;
  close(): Promise<void>;
}

async function openLine(url: string, hear: (payload: string) => void): Promise<Line> {
  const client = new pg.Client({ ...CONNECTION, connectionString: url, application_name: 'hypercare-listen' });
  const lost = new Promise<void>((resolve) => {
    client.once('error', () => resolve());
    client.once('end', () => resolve());
  });
  client.on('error', () => undefined);
  client.on('notification', ({ payload }) => hear(payload ?? ''));
  const close = () => client.end().catch(() => undefined);
  try {
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
  } catch (error) {
    await close();
    throw error;
  }
  return { lost, close };
}

interface Listening {
  readonly open: () => Promise<Line>;
  /** What was poked while nobody listened is not known: each new line counts as a poke. */
  readonly connected: () => void;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

async function listenOn(first: Line | null, how: Listening): Promise<void> {
  const stopped = new Promise<void>((resolve) => how.signal.addEventListener('abort', () => resolve()));
  let line = first;
  while (!how.signal.aborted) {
    if (line) {
      how.connected();
      await Promise.race([line.lost, stopped]);
      if (how.signal.aborted) break;
      await line.close();
      how.log.warn({}, 'the line for wake-ups was lost; it is made anew');
    }
    await delay(RECONNECT_MS, undefined, { signal: how.signal }).catch(() => undefined);
    line = how.signal.aborted ? null : await how.open().catch(() => null);
  }
  await line?.close();
}
