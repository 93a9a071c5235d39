/** A real monitor in this process, on a store of its own, over a real PM2 home. Its config is YAML, as a user writes it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.js';
import type { Io } from '../../src/io/io.js';
import { createLogger } from '../../src/io/log.js';
import { recentIncidents } from '../../src/store/incidents.js';
import type { Store } from '../../src/store/store.js';
import { composeMonitor } from '../../monitoring/compose.js';
import type { Monitor } from '../../monitoring/monitor.js';
import type { VirtualTime } from './virtual-time.js';
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
export async function startWatched(yaml: (dataDir: string) => string, options: { readonly keepDir?: string; readonly time?: VirtualTime; readonly url?: string; readonly outside?: (real: Io) => Io } = {}): Promise<Watched> {
  const dir = options.keepDir ?? (await mkdtemp(join(tmpdir(), 'hypercare-watched-')));
  const file = join(dir, 'hypercare.yaml');
  await writeFile(file, yaml(dir));
  const loaded = loadConfig({ file, env: {}, envFile: join(dir, '.env'), home: dir, units: { channels: {}, repairs: Object.keys(repairs) } });
  if (!loaded.ok) throw new Error(loaded.mistakes.map((mistake) => `${mistake.line}:${mistake.column} ${mistake.path.join('.')} ${mistake.message}`).join('\n'));
  const logs: string[] = [];
  const log = createLogger({ format: 'text', level: 'info' }, (line) => logs.push(line));
  const secrets = options.url === undefined ? {} : { DATABASE_URL: options.url };
  const composed = await composeMonitor({ config: loaded.config, secrets, log, osUser: 'tester', ...options.time, ...(options.outside ? { outside: options.outside } : {}) });
  const { monitor, store } = composed;
  options.time?.watch(monitor.ctx.effects);
  void composed.run().catch((error: unknown) => logs.push(`ended: ${String(error)}`));
  let stopped = false;
  return {
    monitor, store, logs, dir,
    async stop(ending = { keep: false }) {
      if (!stopped) await composed.close();
      stopped = true;
      if (!ending.keep) await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The newest incident, when there is one. */
export async function newestIncident({ store, monitor }: Watched) {
  return (await recentIncidents(store.db, monitor.ctx.hostId, 1))[0] ?? null;
}
