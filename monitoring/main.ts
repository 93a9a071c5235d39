/** The watchdog process: it alone has hands, and no listener. */
import { HypercareError, errorText } from '../src/domain/errors.js';
import { boot } from '../src/config/boot.js';
import { systemClock } from '../src/io/clock.js';
import { runUntilStopped } from '../src/io/lifecycle.js';
import { createLogger } from '../src/io/log.js';
import { giveWayWhenOrphaned } from '../src/io/orphan.js';
import { createPm2 } from '../src/io/pm2-client.js';
import { storeAddress } from '../src/store/address.js';
import { takeSeats, type Seats } from '../src/store/take-seats.js';
import { channelSchemas } from '../bot/channels/index.js';
import { composeMonitor } from './compose.js';
import { repairs } from './repairs/index.js';
import { incidentKinds } from './runbooks/index.js';

/** How often a second monitor looks whether the seat has become free. */
const SEAT_EVERY_MS = 1_000;
const EXIT_CONFIG = 2;

const booted = boot({ channels: channelSchemas, repairs: Object.keys(repairs), incidents: incidentKinds() });
if ('mistakes' in booted) {
  process.stderr.write(`hypercare does not start: its configuration has mistakes.\n${booted.mistakes.map((line) => `  ${line}\n`).join('')}`);
  process.exit(EXIT_CONFIG);
}
const { config, secrets, warnings, osUser } = booted;
const log = createLogger({ format: config.log.format, level: config.log.level === 'debug' ? 'info' : config.log.level });
for (const warning of warnings) log.warn({}, warning);

const stopping = new AbortController();
let stop = async (): Promise<void> => stopping.abort();
runUntilStopped(log, () => stop());
// From before it has the seat on: a daemon may die while it waits for that.
giveWayWhenOrphaned({ pm2: createPm2({ home: config.pm2Home, clock: systemClock, log }), name: 'hypercare-monitor', log, end: () => stop().finally(() => process.exit(0)) });

try {
  const seat = await sit();
  const composed = await composeMonitor({ config, secrets, log, osUser, seat });
  stop = async () => {
    await composed.close();
    seat.release();
  };
  void seat.lost.then(() => yieldSeat());
  log.info({ apps: config.apps.map((app) => app.name).join(', ') || 'none yet', host: config.host }, 'watches');
  await composed.run();
} catch (error) {
  if (!stopping.signal.aborted) {
    log.error({ error: errorText(error), mend: error instanceof HypercareError ? error.mend : null }, 'the monitor ended');
    process.exit(1);
  }
}

/** The fence stops every write of one that lost its seat; it need not wait for that. PM2 starts it anew, and it waits its turn. */
async function yieldSeat(): Promise<void> {
  log.error({}, 'the connection that held this host’s seat in PostgreSQL is gone; this monitor ends, and takes its seat again');
  await stop();
  process.exit(1);
}

/** Waits for the seats of the PM2 home and of the host's name: two watchdogs, one acts. */
async function sit(): Promise<Seats> {
  for (let told = false; ; told = true) {
    const seat = await takeSeats(config, storeAddress(config, secrets));
    if (seat) return seat;
    if (!told) log.warn({ pm2Home: config.pm2Home, host: config.host }, 'another monitor watches this PM2, or has the name of this host in the shared store; this one waits to take over');
    await systemClock.sleep(SEAT_EVERY_MS, stopping.signal);
  }
}
