import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMonitor, type Monitor } from '../../monitoring/monitor.js';
import { detectors } from '../../monitoring/detectors/index.js';
import { probes } from '../../monitoring/probes/index.js';
import { repairs } from '../../monitoring/repairs/index.js';
import { loadConfig } from '../../src/config/load.js';
import { fileCarrier } from '../../src/io/carrier.js';
import type { Clock } from '../../src/io/clock.js';
import { createExec } from '../../src/io/exec.js';
import { createGit } from '../../src/io/git.js';
import { createHttp } from '../../src/io/http.js';
import { createLogger } from '../../src/io/log.js';
import { createPm2 } from '../../src/io/pm2-client.js';
import { storeFile } from '../../src/store/address.js';
import { takeSeat } from '../../src/store/seat.js';
import { openStore, type Store } from '../../src/store/store.js';
import { pm2 as pm2Cli } from '../pm2-cli.js';
import { shopConfig } from '../shop/shop-config.js';
import { installShop, type Shop } from '../shop/shop.js';

/** Everything a demo plays with, apart from whatever else runs here: a PM2, a shop, a store, a monitor. */
export interface Scene {
  readonly shop: Shop;
  readonly store: Store;
  readonly monitor: Monitor;
  /** Stops what was started and deletes the directory. */
  end(): Promise<void>;
}

/** Short intervals, so that a story takes seconds; nothing else differs from what is watched in earnest. */
const WATCH = `
watch:
  tiers: [{ until: 1h, every: 1s }]
  confirm: { every: 300ms, bad: 3, good: 2 }
  settle: 1s
  warm_up: 1s
`;

export async function setScene(place: { readonly user: string; readonly clock: Clock }): Promise<Scene> {
  const dir = await mkdtemp(join(tmpdir(), 'hypercare-demo-'));
  const pm2Home = join(dir, 'pm2');
  const ends: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })];
  const end = async (): Promise<void> => {
    for (const step of ends.toReversed()) await step().catch(() => undefined);
  };
  try {
    await mkdir(pm2Home, { mode: 0o700 });
    ends.push(() => pm2Cli(pm2Home, ['kill']));
    const shop = await installShop({ dir: join(dir, 'shop'), pm2Home });
    const { store, monitor } = await watch(shop, { ...place, dir }, ends);
    return { shop, store, monitor, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function watch(shop: Shop, place: { readonly dir: string; readonly user: string; readonly clock: Clock }, ends: (() => Promise<unknown>)[]): Promise<Pick<Scene, 'store' | 'monitor'>> {
  const { dir, user, clock } = place;
  const file = join(dir, 'hypercare.yaml');
  const yaml = shopConfig(shop, { dataDir: dir, user }).replace('every: 5s', 'every: 500ms').replace('memory: 300MB', 'memory: 150MB');
  await writeFile(file, yaml + WATCH);
  const loaded = loadConfig({ file, env: {}, envFile: join(dir, '.env'), home: dir, units: { channels: {}, repairs: Object.keys(repairs) } });
  if (!loaded.ok) throw new Error(`the demo's own config has mistakes: ${loaded.mistakes.map(({ message }) => message).join('; ')}`);
  const { config } = loaded;
  const log = createLogger({ format: 'text', level: 'silent' });
  const seat = takeSeat(shop.pm2Home);
  const store = openStore({ file: storeFile(config) });
  const io = { clock, http: createHttp(), exec: createExec(), git: createGit(), pm2: createPm2({ home: shop.pm2Home, clock, log }) };
  const carrier = fileCarrier(storeFile(config), () => store.dataVersion());
  const monitor = await createMonitor({ config, store, carrier, io, log, units: { probes, detectors, repairs }, osUser: user });
  const running = monitor.run().catch(() => undefined);
  ends.push(async () => {
    await monitor.stop();
    await running;
    await io.pm2.close();
    await io.http.close();
    await store.close();
    seat?.release();
  });
  return { store, monitor };
}
