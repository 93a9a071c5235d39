import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/io/clock.js';
import { createLogger } from '../../src/io/log.js';
import type { Pm2 } from '../../src/io/pm2.js';
import { createPm2 } from '../../src/io/pm2-client.js';
import { pm2 as pm2Cli } from '../pm2-cli.js';
import { askShop, deployShop, FIRST_RELEASE, installShop, type Shop } from '../shop/shop.js';
import { until } from '../until.js';

const WELL_WITHIN = { withinMs: 30_000, everyMs: 100 };
/** PM2's cluster gives each worker its share of so many questions. */
const ASKED = 6;

/** What all runs share: one PM2 and one shop in it. Each run has a directory of its own. */
export interface Place {
  readonly dir: string;
  readonly shop: Shop;
  readonly pm2: Pm2;
  /** Stops what was started; deletes the directory unless something in it is worth a look. */
  end(keep: boolean): Promise<void>;
}

export async function makePlace(): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), 'hypercare-crash-'));
  const pm2Home = join(dir, 'pm2');
  await mkdir(pm2Home, { mode: 0o700 });
  const pm2 = createPm2({ home: pm2Home, clock: systemClock, log: createLogger({ format: 'text', level: 'silent' }) });
  const end = async (keep: boolean): Promise<void> => {
    await pm2.close();
    await pm2Cli(pm2Home, ['kill']).catch(() => undefined);
    if (!keep) await rm(dir, { recursive: true, force: true });
  };
  try {
    return { dir, pm2, end, shop: await installShop({ dir: join(dir, 'shop'), pm2Home }) };
  } catch (error) {
    await end(false);
    throw error;
  }
}

/** Versions that answer now and whether the page that the bad release breaks is well. */
export async function answersOf(shop: Shop): Promise<{ readonly versions: readonly string[]; readonly checkout: readonly (number | null)[] }> {
  const many = Array.from({ length: ASKED });
  const versions = await Promise.all(many.map(async () => (JSON.parse((await askShop(shop, '/version'))?.body ?? '{}') as { version?: string }).version ?? 'none'));
  const checkout = await Promise.all(many.map(async () => (await askShop(shop, '/checkout'))?.status ?? null));
  return { versions: [...new Set(versions)], checkout: [...new Set(checkout)] };
}

/**
 * Whatever the run before left: release 2 is live and answers well, and the lock of a reload whose client was killed is
 * gone. PM2's command would refuse to deploy for the thirty seconds in which it takes such a lock for a living one's.
 */
export async function bringBack(shop: Shop, goodVersion: string): Promise<void> {
  await rm(join(shop.pm2Home, 'reload.lock'), { force: true });
  const isWell = async (): Promise<boolean> => {
    const { versions, checkout } = await answersOf(shop);
    return versions.join() === goodVersion && checkout.join() === '200';
  };
  if (await isWell()) return;
  await deployShop(shop, FIRST_RELEASE);
  await until('the shop is back on its good release', isWell, WELL_WITHIN);
}
