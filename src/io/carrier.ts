import { watch, type FSWatcher } from 'node:fs';
import pg from 'pg';
import type { Logger } from './log.js';

/**
 * Wake-ups between the processes. A poke carries nothing: whoever is woken looks into the store. It may come twice, or
 * early; it is never the only way to learn of something.
 */
export interface Carrier {
  /** Tells the other processes of a host that there is something to look at. */
  poke(): Promise<void>;
  /** Calls `listen` at each poke from another process. Returns how to stop. */
  onPoke(listen: () => void): Promise<() => Promise<void>>;
}

/** Behind the file watch: it can fire before the commit is visible, and loses its file when the last connection closes. */
const POLL_MS = 250;
export const CHANNEL = 'hypercare_poke';
const RECONNECT_MS = 2_000;

/** On SQLite each commit changes the `-wal` file: that is the poke. `dataVersion` grows when another connection wrote. */
export function fileCarrier(file: string, dataVersion: () => number | null): Carrier {
  return {
    poke: async () => undefined,
    onPoke: async (listen) => {
      let seen = dataVersion();
      let watcher: FSWatcher | null = null;
      const look = () => {
        const version = dataVersion();
        if (version === seen) return;
        seen = version;
        listen();
      };
      const arm = () => {
        try {
          watcher = watch(`${file}-wal`, look);
          watcher.on('error', () => disarm());
        } catch {
          watcher = null; // The file appears with the first connection; the poll arms again.
        }
      };
      const disarm = () => {
        watcher?.close();
        watcher = null;
      };
      const poll = setInterval(() => {
        if (!watcher) arm();
        look();
      }, POLL_MS);
      arm();
      return async () => {
        clearInterval(poll);
        disarm();
      };
    },
  };
}

/** On PostgreSQL: NOTIFY on one channel whose payload is the host's name; the listening connection is made anew when it breaks. */
export function notifyCarrier(url: string, host: string, log: Logger): Carrier {
  const sender = new pg.Pool({ connectionString: url, max: 1, application_name: 'hypercare-poke' });
  sender.on('error', () => undefined);
  return {
    poke: async () => {
      await sender.query('select pg_notify($1, $2)', [CHANNEL, host]).catch((error: unknown) => log.warn({ error: String(error) }, 'a poke was lost; the slow look will find it'));
    },
    onPoke: async (listen) => {
      let stopped = false;
      let client: pg.Client | null = null;
      const connect = async (): Promise<void> => {
        client = new pg.Client({ connectionString: url, application_name: 'hypercare-listen' });
        client.on('error', () => again());
        client.on('end', () => again());
        client.on('notification', (note) => note.payload === host && listen());
        await client.connect();
        await client.query(`listen ${CHANNEL}`);
        listen(); // What was poked while nobody listened.
      };
      let waiting: NodeJS.Timeout | null = null;
      const again = () => {
        if (stopped || waiting) return;
        waiting = setTimeout(() => {
          waiting = null;
          connect().catch(again);
        }, RECONNECT_MS);
      };
      await connect().catch(again);
      return async () => {
        stopped = true;
        if (waiting) clearTimeout(waiting);
        await client?.end().catch(() => undefined);
        await sender.end().catch(() => undefined);
      };
    },
  };
}
