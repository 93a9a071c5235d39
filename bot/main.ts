/** The people's process: it alone has a mouth. */
import { boot } from '../src/config/boot.js';
import { dashboardAddress } from '../src/domain/dashboard-address.js';
import { HypercareError, errorText } from '../src/domain/errors.js';
import { fileCarrier } from '../src/io/file-carrier.js';
import { notifyCarrier } from '../src/io/notify-carrier.js';
import { systemClock } from '../src/io/clock.js';
import { runUntilStopped } from '../src/io/lifecycle.js';
import { createLogger } from '../src/io/log.js';
import { giveWayWhenOrphaned } from '../src/io/orphan.js';
import { packageVersion } from '../src/io/package-root.js';
import { createPm2 } from '../src/io/pm2-client.js';
import { anchorFile } from '../src/store/audit-anchor.js';
import { freezeFile } from '../src/store/freeze-file.js';
import { hostByName } from '../src/store/hosts.js';
import { storeAddress, storeFile } from '../src/store/address.js';
import { isMigrated } from '../src/store/migrate.js';
import { openStore, type Store } from '../src/store/store.js';
import type { HostId } from '../src/domain/ids.js';
import { argWords } from '../monitoring/repairs/arg-words.js';
import { repairs } from '../monitoring/repairs/index.js';
import { startBot, type Ear } from './bot.js';
import { channelSchemas, createChannels } from './channels/index.js';
import type { ApiParts } from './http/api-parts.js';

const WAIT_EVERY_MS = 500;
const EXIT_CONFIG = 2;

const booted = boot({ channels: channelSchemas, repairs: Object.keys(repairs) });
if ('mistakes' in booted) {
  process.stderr.write(`hypercare's bot does not start: its configuration has mistakes.\n${booted.mistakes.map((line) => `  ${line}\n`).join('')}`);
  process.exit(EXIT_CONFIG);
}
const { config, secrets } = booted;
const log = createLogger({ format: config.log.format, level: config.log.level === 'debug' ? 'info' : config.log.level });
const stopping = new AbortController();
let stop = async (): Promise<void> => stopping.abort();
runUntilStopped(log, () => stop());
// PM2 is only asked what runs: the monitor alone has hands.
giveWayWhenOrphaned({ pm2: createPm2({ home: config.pm2Home, clock: systemClock, log }), name: 'hypercare-bot', log, end: () => stop().finally(() => process.exit(0)) });

try {
  const { channels: wanted, refused } = createChannels(config.channels, secrets, { log, host: config.host });
  const address = storeAddress(config, secrets);
  const store = openStore(address);
  const hostId = await waitForMonitor(store);
  const carrier = 'url' in address ? notifyCarrier(address.url, config.host, log) : fileCarrier(storeFile(config), () => store.dataVersion());
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { api } = config;
  const shared = { dashboardAt: api === null ? null : dashboardAddress(api), store, hostId, hostName: config.host, carrier, clock: systemClock, log, tiers: config.watch.tiers, settleMs: config.watch.settleMs, policy: config.policy };
  const ears = api === null ? [] : [apiEar({ ...shared, at: api, release: packageVersion(), repairs: async () => Object.values(repairs).map(({ kind, target, summary, refuses, risk, args }) => ({ kind, target, summary, refuses, risk, takes: argWords(args) })), auditAnchor: anchorFile(config.pm2Home), freezeFile: freezeFile(config) })];
  const bot = await startBot({ ...shared, channels: wanted, refused, ears, timeZone, quietHours: config.quietHours, onCall: config.onCall });
  stop = async () => {
    await bot.stop();
    await store.close();
  };
  log.info({}, wanted.length === 0 ? 'has no channel to speak in' : `speaks in ${wanted.map((channel) => channel.name).join(', ')}`);
} catch (error) {
  if (!stopping.signal.aborted) {
    log.error({ error: errorText(error), mend: error instanceof HypercareError ? error.mend : null }, 'the bot ended');
    process.exit(1);
  }
}

/** Its libraries take 10 MB, which who has no `api` does not pay. */
function apiEar(parts: ApiParts): Ear {
  return { name: 'api', start: async () => (await import('./http/server.js')).serveApi(parts) };
}

/** The monitor alone makes the tables and registers the host. */
async function waitForMonitor(store: Store): Promise<HostId> {
  for (let told = false; ; told = true) {
    const host = (await isMigrated(store)) ? await hostByName(store.db, config.host) : null;
    if (host) return host.id;
    if (!told) log.info({}, 'waits for the monitor to make the store');
    await systemClock.sleep(WAIT_EVERY_MS, stopping.signal);
  }
}
