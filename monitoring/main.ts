/** The watchdog process: it alone has hands, and no listener. */
import { HypercareError, errorText } from '../src/domain/errors.js';
import { boot } from '../src/config/boot.js';
import { fileCarrier, notifyCarrier } from '../src/io/carrier.js';
import { systemClock } from '../src/io/clock.js';
import { createExec } from '../src/io/exec.js';
import { createGit } from '../src/io/git.js';
import { createHttp } from '../src/io/http.js';
import { runUntilStopped } from '../src/io/lifecycle.js';
import { createLogger } from '../src/io/log.js';
import { createPm2 } from '../src/io/pm2-client.js';
import { poking } from '../src/store/poking.js';
import { takeSeat, type Seat } from '../src/store/seat.js';
import { openStore } from '../src/store/store.js';
import { storeAddress, storeFile } from '../src/store/address.js';
import { channelSchemas } from '../bot/channels/index.js';
import { detectors } from './detectors/index.js';
import { createMonitor } from './monitor.js';
import { probes } from './probes/index.js';
import { repairs } from './repairs/index.js';

/** How often a second monitor looks whether the seat has become free. */
const SEAT_EVERY_MS = 1_000;
const EXIT_CONFIG = 2;

const booted = boot({ channels: channelSchemas, repairs: Object.keys(repairs) });
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

try {
  const seat = await sit();
  const address = storeAddress(config, secrets);
  const opened = openStore(address);
  const carrier = 'url' in address ? notifyCarrier(address.url, config.host, log) : fileCarrier(storeFile(config), () => opened.dataVersion());
  const store = poking(opened, () => carrier.poke());
  const io = { clock: systemClock, http: createHttp(), exec: createExec(), git: createGit(), pm2: createPm2({ home: config.pm2Home, clock: systemClock, log }) };
  const monitor = await createMonitor({ config, store, carrier, io, log, units: { probes, detectors, repairs }, osUser });
  stop = async () => {
    await monitor.stop();
    await running;
    await io.pm2.close();
    await io.http.close();
    await store.close();
    seat.release();
  };
  log.info({ apps: config.apps.map((app) => app.name).join(', ') || 'none yet', host: config.host }, 'watches');
  const running = monitor.run();
  await running;
} catch (error) {
  if (!stopping.signal.aborted) {
    log.error({ error: errorText(error), mend: error instanceof HypercareError ? error.mend : null }, 'the monitor ended');
    process.exit(1);
  }
}

/** Waits for the seat of the PM2 home: two watchdogs, one acts. */
async function sit(): Promise<Seat> {
  for (let told = false; ; told = true) {
    const seat = takeSeat(config.pm2Home);
    if (seat) return seat;
    if (!told) log.warn({ pm2Home: config.pm2Home }, 'another monitor watches this PM2; this one waits to take over');
    await systemClock.sleep(SEAT_EVERY_MS, stopping.signal);
  }
}
