/** A real monitor in this process, on a store of its own, over a real PM2 home. Its config is YAML, as a user writes it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.js';
import { fileCarrier } from '../../src/io/carrier.js';
import { systemClock } from '../../src/io/clock.js';
import { createExec } from '../../src/io/exec.js';
import { createGit } from '../../src/io/git.js';
import { createHttp } from '../../src/io/http.js';
import { createLogger } from '../../src/io/log.js';
import { createPm2 } from '../../src/io/pm2-client.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { openStore, type Store } from '../../src/store/store.js';
import { storeFile } from '../../src/store/address.js';
import { createMonitor, type Monitor } from '../../monitoring/monitor.js';
import type { VirtualTime } from './virtual-time.js';
import { detectors } from '../../monitoring/detectors/index.js';
import { probes } from '../../monitoring/probes/index.js';
import { repairs } from '../../monitoring/repairs/index.js';

export interface Watched {
  readonly monitor: Monitor;
  readonly store: Store;
  readonly logs: string[];
  /** The config's directory, with the store in it. */
  readonly dir: string;
  /** `keep`: the directory stays, for a second monitor on the same store. */
  stop(options?: { readonly keep: boolean }): Promise<void>;
}

/** `yaml` is given the data directory. */
export async function startWatched(yaml: (dataDir: string) => string, options: { readonly keepDir?: string; readonly time?: VirtualTime } = {}): Promise<Watched> {
  const dir = options.keepDir ?? (await mkdtemp(join(tmpdir(), 'hypercare-watched-')));
  const file = join(dir, 'hypercare.yaml');
  await writeFile(file, yaml(dir));
  const loaded = loadConfig({ file, env: {}, envFile: join(dir, '.env'), home: dir, units: { channels: {}, repairs: Object.keys(repairs) } });
  if (!loaded.ok) throw new Error(loaded.mistakes.map((mistake) => `${mistake.line}:${mistake.column} ${mistake.path.join('.')} ${mistake.message}`).join('\n'));
  const logs: string[] = [];
  const log = createLogger({ format: 'text', level: 'info' }, (line) => logs.push(line));
  const store = openStore({ file: storeFile(loaded.config) });
  const clock = options.time?.clock ?? systemClock;
  const pm2 = createPm2({ home: loaded.config.pm2Home, clock: systemClock, log });
  const io = { clock, http: createHttp(), exec: createExec(), git: createGit(), pm2 };
  const carrier = fileCarrier(storeFile(loaded.config), () => store.dataVersion());
  const monitor = await createMonitor({ config: loaded.config, store, carrier, io, log, units: { probes, detectors, repairs }, osUser: 'tester', ...(options.time ? { ticker: options.time.ticker } : {}) });
  options.time?.watch(monitor.ctx.effects);
  const running = monitor.run().catch((error: unknown) => logs.push(`ended: ${String(error)}`));
  return {
    monitor, store, logs, dir,
    async stop(ending = { keep: false }) {
      await monitor.stop();
      await running;
      await pm2.close();
      await io.http.close();
      await store.close();
      if (!ending.keep) await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The newest incident, when there is one. */
export async function newestIncident({ store, monitor }: Watched) {
  return (await recentIncidents(store.db, monitor.ctx.hostId, 1))[0] ?? null;
}
