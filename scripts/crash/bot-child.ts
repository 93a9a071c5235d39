/** A bot as bot/main.ts puts it together, whose one channel is a file. Its one argument is the run's directory. */
import { startBot } from '../../bot/bot.js';
import type { HostId } from '../../src/domain/ids.js';
import { fileCarrier } from '../../src/io/file-carrier.js';
import { systemClock } from '../../src/io/clock.js';
import { createLogger } from '../../src/io/log.js';
import { storeFile } from '../../src/store/address.js';
import { hostByName } from '../../src/store/hosts.js';
import { isMigrated } from '../../src/store/migrate.js';
import { openStore } from '../../src/store/store.js';
import { dyingStore } from './dying.js';
import { readFate } from './fate.js';
import { fileChannel } from './file-channel.js';
import { readConfig, TIME_ZONE } from './run-config.js';

const WAIT_EVERY_MS = 50;

const dir = process.argv[2] ?? '';
const config = readConfig(dir);
const fate = readFate(dir, 'bot', systemClock);
const store = dyingStore(openStore({ file: storeFile(config) }), fate);
const log = createLogger({ format: 'text', level: 'info' });
const carrier = fileCarrier(storeFile(config), () => store.dataVersion());
await startBot({ store, hostId: await waitForMonitor(), hostName: config.host, carrier, channels: [fileChannel(dir, fate)], clock: systemClock, log, tiers: config.watch.tiers, settleMs: config.watch.settleMs, policy: config.policy, timeZone: TIME_ZONE, quietHours: [], onCall: null });

async function waitForMonitor(): Promise<HostId> {
  for (;;) {
    const host = (await isMigrated(store)) ? await hostByName(store.db, config.host) : null;
    if (host) return host.id;
    await systemClock.sleep(WAIT_EVERY_MS);
  }
}
