import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { makeDataDir } from '../../src/store/data-dir.js';
import { freePort } from '../free-port.js';
import { installedShop, installShop, type Shop } from '../shop/shop.js';
import { shopConfig } from '../shop/shop-config.js';
import { type Place, sampleShopDir } from './place.js';

/** Easy to remember; another one where it is taken. */
const PORT = 4870;

/** The sample shop runs and its configuration is written; what was there already is left as it is. */
export async function prepareSample(place: Place, pm2Home: string): Promise<Shop> {
  const dir = sampleShopDir(place.dataDir);
  makeDataDir(place.dataDir);
  const port = (await installedShop(dir))?.port ?? (await freePort(PORT));
  const shop = await installShop({ dir, pm2Home, port });
  if (!existsSync(place.config)) {
    await writeFile(place.config, shopConfig(shop, { dataDir: place.dataDir, user: userInfo().username }));
    await chmod(place.config, 0o600);
  }
  return shop;
}
