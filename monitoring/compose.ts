import type { Config } from '../src/config/config.js';
import { fileCarrier } from '../src/io/file-carrier.js';
import { notifyCarrier } from '../src/io/notify-carrier.js';
import { systemClock, type Clock } from '../src/io/clock.js';
import type { Io } from '../src/io/io.js';
import type { Logger } from '../src/io/log.js';
import { openIo } from '../src/io/open-io.js';
import { storeAddress, storeFile } from '../src/store/address.js';
import { backupBeforeMigration, backupsDir } from '../src/store/backup.js';
import { ballastFile, withBallast } from '../src/store/ballast.js';
import { pingsOf } from '../src/store/pings.js';
import { poking } from '../src/store/poking.js';
import type { Seat } from '../src/store/seat.js';
import { openStore, type Store } from '../src/store/store.js';
import { detectors } from './detectors/index.js';
import { collectors } from './evidence/index.js';
import { createMonitor, type Monitor } from './monitor.js';
import { probes } from './probes/index.js';
import type { Ticker } from './schedule/ticker.js';
import { repairs } from './repairs/index.js';

export interface Composition {
  readonly config: Config;
  readonly secrets: { readonly DATABASE_URL?: string };
  readonly log: Logger;
  readonly osUser: string;
  /** Default: the system's. */
  readonly clock?: Clock;
  readonly ticker?: Ticker;
  /** Of the PM2 home, held by whoever composes. */
  readonly seat?: Pick<Seat, 'keeps'>;
  /** What stands between the monitor and the outside; default: nothing. */
  readonly outside?: (real: Io) => Io;
}

export interface Composed {
  readonly monitor: Monitor;
  readonly store: Store;
  /** Runs until closed; rejects when the seat was lost. */
  run(): Promise<void>;
  /** Stops the monitor and closes all that was opened for it. */
  close(): Promise<void>;
}

/** A monitor on the real parts, for whoever holds the seat of the PM2 home: the process, `rollback --offline`, the demo. */
export async function composeMonitor({ config, secrets, log, osUser, clock = systemClock, ticker, seat, outside = (real) => real }: Composition): Promise<Composed> {
  const address = storeAddress(config, secrets);
  const { store: opened, ballast } = 'file' in address ? withBallast(openStore(address), ballastFile(address.file)) : { store: openStore(address), ballast: null };
  const carrier = 'url' in address ? notifyCarrier(address.url, config.host, log) : fileCarrier(storeFile(config), () => opened.dataVersion());
  const store = poking(opened, () => carrier.poke());
  const real = openIo({ pm2Home: config.pm2Home, log, clock });
  const closeParts = async () => {
    await real.close();
    await store.close();
  };
  const keepCopy = async (file: string, migration: string): Promise<void> => {
    const { file: copy } = await backupBeforeMigration(file, backupsDir(config.dataDir), { migration, now: clock.now() });
    log.info({ copy }, 'copied the store before its tables are changed');
  };
  try {
    const monitor = await createMonitor({ config, store, carrier, io: outside({ ...real.io, pings: { of: (id) => pingsOf(store.db, id) } }), log, units: { probes, detectors, repairs, evidence: collectors }, osUser, ...(ticker ? { ticker } : {}), ...(seat ? { seat } : {}), ...(ballast ? { ballast } : {}), ...('file' in address ? { beforeMigration: (migration) => keepCopy(address.file, migration) } : {}) });
    let running: Promise<void> = Promise.resolve();
    return {
      monitor, store,
      run: () => (running = monitor.run()),
      async close() {
        await monitor.stop();
        await running.catch(() => undefined);
        await closeParts();
      },
    };
  } catch (error) {
    await closeParts();
    throw error;
  }
}
