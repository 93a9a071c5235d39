import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/io/clock.js';
import type { Logger } from '../../src/io/log.js';
import { createPm2 } from '../../src/io/pm2-client.js';
import type { Pm2 } from '../../src/io/pm2.js';
import { pm2 as pm2Cli } from '../pm2-cli.js';
import { installShop, type Shop } from '../shop/shop.js';
import type { Contender } from './contender.js';
import type { Place } from './place.js';

/** PM2 gives up on an app that dies within its min_uptime of two seconds, again and again: it is left alone for longer. */
const REST_MS = 2_500;

export interface ShopUnderPm2 {
  readonly shop: Shop;
  readonly pm2: Pm2;
  workers(): Promise<readonly number[]>;
}

/** A sample shop of two workers in a PM2 of its own. */
export async function shopUnderPm2(place: Place, name: string, log: Logger): Promise<ShopUnderPm2> {
  const dir = join(place.dir, name);
  const pm2Home = join(dir, 'pm2');
  await mkdir(pm2Home, { recursive: true, mode: 0o700 });
  place.later(() => pm2Cli(pm2Home, ['kill']));
  const shop = await installShop({ dir: join(dir, 'shop'), pm2Home });
  const pm2 = createPm2({ home: pm2Home, clock: systemClock, log });
  place.later(() => pm2.close());
  const workers = async () => (await pm2.list()).filter((one) => one.name === shop.name && one.status === 'online').map(({ pid }) => pid);
  return { shop, pm2, workers };
}

/** PM2 alone: it starts what dies, and looks at nothing else. */
export async function pm2Alone(place: Place, log: Logger): Promise<{ readonly contender: Contender; readonly shop: Shop }> {
  const { shop, pm2, workers } = await shopUnderPm2(place, 'pm2-alone', log);
  const contender: Contender = {
    name: 'PM2 alone',
    url: `${shop.url}/`,
    dataDir: shop.places.data,
    sees: ['kill'],
    workers,
    calm: () => systemClock.sleep(REST_MS),
    noticedAt: async () => null, // It has no word for people: its log is for whoever reads it.
    async mend() {
      for (const { pmId, pid, startedAt } of await pm2.list()) await pm2.kill({ pmId, pid, startedAt }, 'SIGKILL');
    },
  };
  return { contender, shop };
}
