/** `npm stop`: takes monitor, bot and the sample shop out of PM2, and nothing else. */
import { join } from 'node:path';
import { processEnv } from '../src/config/env.js';
import { errorText } from '../src/domain/errors.js';
import { packageRoot } from '../src/io/package-root.js';
import { listPm2, type Pm2Entry, pm2, usersPm2Home } from './pm2-cli.js';
import { installedShop } from './shop/shop.js';
import { endLeftOvers } from './start/orphans.js';
import { isOwn, ownEntries } from './start/own-processes.js';
import { findDataDir, sampleShopDir } from './start/place.js';

async function down(): Promise<void> {
  const pm2Home = usersPm2Home();
  const ours = (entry: Pm2Entry): boolean => isOwn(packageRoot(), entry);
  // Monitors go first: they would take the end of bot and shop for faults.
  const left = await endLeftOvers({ root: packageRoot(), pm2Home });
  for (const { name, pid } of left) console.log(`Stopped ${name} (pid ${pid}), which ran on after its PM2 daemon had died.`);
  const named = await ownEntries(pm2Home);
  const gone = [...named.filter(ours), ...(await shopEntries(pm2Home))];
  for (const entry of gone) await pm2(pm2Home, ['delete', String(entry.pmId)]);
  const foreign = named.filter((entry) => !ours(entry));
  for (const entry of foreign) console.log(`Left alone: ${entry.name} (pid ${entry.pid}), which runs from elsewhere (${entry.script}).`);
  if (gone.length > 0) console.log(`Stopped ${listed(gone)}. PM2 and its other apps run on.`);
  else if (left.length === 0) console.log('Nothing to stop: no process of this checkout runs under PM2.');
}

/** The bundled shop, by its exact name and script; an app of the same name from elsewhere is none of ours. */
async function shopEntries(pm2Home: string): Promise<readonly Pm2Entry[]> {
  const shop = await installedShop(sampleShopDir(findDataDir(processEnv(), packageRoot())));
  if (shop === null || shop.pm2Home !== pm2Home) return [];
  const script = join(shop.places.current, 'server.js');
  return (await listPm2(pm2Home)).filter((entry) => entry.name === shop.name && entry.script === script);
}

function listed(entries: readonly Pm2Entry[]): string {
  const names = [...new Set(entries.map((entry) => entry.name))];
  return names.length === 1 ? String(names[0]) : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

try {
  await down();
} catch (error) {
  console.error(errorText(error));
  process.exitCode = 1;
}
