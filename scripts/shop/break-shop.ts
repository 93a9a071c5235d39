import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/io/clock.js';
import { createLogger } from '../../src/io/log.js';
import { createPm2 } from '../../src/io/pm2-client.js';
import type { Pm2 } from '../../src/io/pm2.js';
import { pm2 } from '../pm2-cli.js';
import { until } from '../until.js';
import { deployShop, type Shop } from './shop.js';

/** crash · late-crash-loop · hang · errors · slow · leak · bad-release: what can go wrong in the sample shop, for real. */
export const SHOP_FAULTS = ['crash', 'late-crash-loop', 'hang', 'errors', 'slow', 'leak', 'bad-release'] as const;
export type ShopFault = (typeof SHOP_FAULTS)[number];

/** Answers 500 at /checkout from its first request on. */
const BROKEN_CHECKOUT_RELEASE = 3;
/** Runs well for 20 s, then crashes, and from then on at each boot. */
const LATE_CRASH_RELEASE = 4;
const GIVES_UP = { withinMs: 60_000, everyMs: 20 };

/** How much of the shop a fault in memory strikes: every worker, or the first one alone. */
export type Workers = 'all' | 'one';

/**
 * Breaks the shop; nothing of it is pretended. Resolves once the deed is done, with the wall clock of its beginning;
 * what follows shows from outside (late-crash-loop: 20 s later).
 */
export async function breakShop(shop: Shop, fault: ShopFault, workers: Workers = 'all'): Promise<{ readonly brokenAt: number }> {
  const brokenAt = systemClock.now();
  if (fault === 'crash') await crash(shop);
  else if (fault === 'bad-release') await deployShop(shop, BROKEN_CHECKOUT_RELEASE);
  else if (fault === 'late-crash-loop') await deployLateCrash(shop);
  else await strike(shop, fault, workers);
  return { brokenAt };
}

/**
 * The price list is gone just when the shop is restarted: every worker dies at its start until PM2 gives up. Then the
 * list is back, and nobody starts the shop. (Workers that are merely killed do not get there: PM2 gives up only on an
 * app it started less than sixteen seconds ago.)
 */
async function crash(shop: Shop): Promise<void> {
  const prices = join(shop.places.data, 'prices.json');
  // Over a held connection: PM2's command takes so long to look that a watchdog would be there before the list is back.
  const client = createPm2({ home: shop.pm2Home, clock: systemClock, log: createLogger({ format: 'text', level: 'silent' }) });
  await rename(prices, `${prices}.away`);
  try {
    const restart = pm2(shop.pm2Home, ['restart', shop.name]).catch(() => undefined);
    await until('PM2 gives the shop up', () => givenUp(shop, client), GIVES_UP);
    await rename(`${prices}.away`, prices);
    await restart;
  } finally {
    await rename(`${prices}.away`, prices).catch(() => undefined);
    await client.close();
  }
}

async function givenUp(shop: Shop, client: Pm2): Promise<boolean> {
  const processes = (await client.list()).filter((one) => one.name === shop.name);
  return processes.length > 0 && processes.every((one) => one.status === 'errored');
}

async function deployLateCrash(shop: Shop): Promise<void> {
  // Left by an earlier run of that release, it would crash at once instead of late.
  await rm(join(shop.places.data, 'prices.cache'), { force: true });
  await deployShop(shop, LATE_CRASH_RELEASE);
}

async function strike(shop: Shop, fault: string, workers: Workers): Promise<void> {
  const file = join(shop.places.data, 'faults', fault);
  await writeFile(`${file}.next`, `${workers}\n`);
  await rename(`${file}.next`, file);
}
