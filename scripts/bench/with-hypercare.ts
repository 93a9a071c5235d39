import { join } from 'node:path';
import { fileCarrier } from '../../src/io/file-carrier.js';
import { systemClock } from '../../src/io/clock.js';
import type { Logger } from '../../src/io/log.js';
import type { HostId } from '../../src/domain/ids.js';
import { storeFile } from '../../src/store/address.js';
import { hostByName } from '../../src/store/hosts.js';
import { openIncidents } from '../../src/store/incidents.js';
import { openLaunches } from '../../src/store/launches.js';
import type { Store } from '../../src/store/store.js';
import { shopConfig } from '../shop/shop-config.js';
import { until } from '../until.js';
import type { Contender } from './contender.js';
import { startPair, type Pair } from './pair.js';
import type { Place } from './place.js';
import { BENCH_FAULTS } from './bench-fault.js';
import { shopUnderPm2, type ShopUnderPm2 } from './with-pm2.js';

/**
 * Everything is looked at once a second, as Monit does at its quickest. The counts are the shipped ones: what looks bad
 * three times in a row is an incident, on a machine that others keep busy too. The brakes would end a bench after three restarts, so they are as wide as they go.
 */
const WATCH = `
  restarts: { per_30m: 100, per_24h: 1000 }
watch:
  tiers: [{ until: 1h, every: 1s }]
  confirm: { every: 100ms, bad: 3, good: 2 }
  settle: 1s
  warm_up: 1s
`;
const HOST = 'bench';
const READY = { withinMs: 30_000, everyMs: 50 };
const AT_REST = { withinMs: 60_000, everyMs: 50 };
/** What was just told is still being written; and PM2 gives up on what dies young, again and again. */
const REST_MS = 1_000;
const LONG_AGO_MS = 2 * 24 * 3_600_000;

/** Monitor and bot beside the PM2 that runs the shop. */
export async function hypercare(place: Place, user: string, log: Logger): Promise<Contender> {
  const under = await shopUnderPm2(place, 'hypercare', log);
  const dir = join(place.dir, 'hypercare');
  const pair = await startPair(place, dir, configOf(under, dir, user));
  const hostId = await until('the monitor has entered its host', async () => (await hostByName(pair.store.db, HOST))?.id ?? null, READY);
  await until('the shop’s launch is seen', async () => (await openLaunches(pair.store.db, hostId)).length > 0, READY);
  const acts = await watchActs(place, pair.store, dir);
  return {
    name: 'hypercare',
    url: `${under.shop.url}/`,
    dataDir: under.shop.places.data,
    sees: BENCH_FAULTS,
    workers: under.workers,
    calm: () => calm(pair, hostId),
    // A worker that PM2 brings back by itself is counted, and no reason to wake people: its row is what is seen.
    noticedAt: async (since, fault) => (fault === 'kill' ? acts : pair.bot.lines.map(({ at }) => at)).find((at) => at >= since) ?? null,
    mend: async () => undefined,
  };
}

function configOf(under: ShopUnderPm2, dir: string, user: string): string {
  const yaml = shopConfig(under.shop, { dataDir: dir, user })
    .replace('every: 5s', 'every: 1s\n      timeout: 500ms')
    // PM2's own restarts are what is struck here; as a crash loop they would be repaired twice.
    .replace('latency: 500ms', 'restarts: { count: 1000, within: 10s }\n      latency: 500ms');
  const [apps, people] = yaml.split('\npeople:');
  return `host: { name: ${HOST}, cpu: 100 }\n${apps}${WATCH}\npeople:${people}`;
}

/** Nothing is open, and what was done lies days back: neither budget nor recurrence stops the next round. */
async function calm({ store }: Pair, hostId: HostId): Promise<void> {
  await until('no incident is open', async () => (await openIncidents(store.db, hostId)).length === 0, AT_REST);
  await systemClock.sleep(REST_MS);
  await store.write(async (tx) => {
    await tx.updateTable('remediations').set((eb) => ({ started_at: eb('started_at', '-', LONG_AGO_MS) })).execute();
    await tx.updateTable('acts').set((eb) => ({ at: eb('at', '-', LONG_AGO_MS) })).execute();
  });
}

/** When another process than the monitor could see that something was done to the shop: woken as the bot is. */
async function watchActs(place: Place, store: Store, dataDir: string): Promise<readonly number[]> {
  const seen: number[] = [];
  let known = 0;
  const look = async () => {
    const { n } = await store.db.selectFrom('acts').select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirstOrThrow();
    if (n > known) seen.push(systemClock.now());
    known = n;
  };
  const stop = await fileCarrier(storeFile({ dataDir }), () => store.dataVersion()).onPoke(() => void look().catch(() => undefined));
  place.later(stop);
  return seen;
}
