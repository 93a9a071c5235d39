import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeMonitor } from '../../monitoring/compose.js';
import type { Monitor } from '../../monitoring/monitor.js';
import { repairs } from '../../monitoring/repairs/index.js';
import { loadConfig } from '../../src/config/load.js';
import { createLogger } from '../../src/io/log.js';
import { takeSeat } from '../../src/store/seat.js';
import type { Store } from '../../src/store/store.js';
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

/** Short intervals, so that a story takes seconds, and it is told on a busy machine too; nothing else differs from what is watched in earnest. */
const WATCH = `
host: { cpu: 100 }
watch:
  tiers: [{ until: 1h, every: 1s }]
  confirm: { every: 300ms, bad: 3, good: 2 }
  settle: 1s
  warm_up: 1s
`;

export async function setScene(place: { readonly user: string }): Promise<Scene> {
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

/** A page that hangs is given up after two seconds, or one that was asked just before a repair would hold up its proof. */
function brisk(yaml: string): string {
  const changes = [
    ['every: 5s', 'every: 1500ms'], ['memory: 300MB', 'memory: 150MB'],
    ['- /\n', '- { path: /, timeout: 2s }\n'], ['- /cart\n', '- { path: /cart, timeout: 2s }\n'], ['- path: /checkout\n', '- path: /checkout\n        timeout: 2s\n'],
  ] as const;
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the shop's config does not say “${from}” any more`);
    return text.replace(from, to);
  }, yaml);
}

async function watch(shop: Shop, place: { readonly dir: string; readonly user: string }, ends: (() => Promise<unknown>)[]): Promise<Pick<Scene, 'store' | 'monitor'>> {
  const { dir, user } = place;
  const file = join(dir, 'hypercare.yaml');
  await writeFile(file, brisk(shopConfig(shop, { dataDir: dir, user })) + WATCH);
  const loaded = loadConfig({ file, env: {}, envFile: join(dir, '.env'), home: dir, units: { channels: {}, repairs: Object.keys(repairs) } });
  if (!loaded.ok) throw new Error(`the demo's own config has mistakes: ${loaded.mistakes.map(({ message }) => message).join('; ')}`);
  const seat = takeSeat(shop.pm2Home);
  const composed = await composeMonitor({ config: loaded.config, secrets: {}, log: createLogger({ format: 'text', level: 'silent' }), osUser: user, ...(seat ? { seat } : {}) });
  void composed.run().catch(() => undefined);
  ends.push(async () => {
    await composed.close();
    seat?.release();
  });
  return composed;
}
