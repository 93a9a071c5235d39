import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/io/package-root.js';
import { isMigrated } from '../../src/store/migrate.js';
import { openStore, type Store } from '../../src/store/store.js';
import { until } from '../until.js';
import { startChild, type Child } from './child.js';
import type { Place } from './place.js';

const READY = { withinMs: 30_000, everyMs: 50 };

/** Monitor and bot as they are shipped: a process each, on one SQLite file, with the environment PM2 would give them. */
export interface Pair {
  readonly monitor: Child;
  readonly bot: Child;
  /** The bench's own connection to what they share. */
  readonly store: Store;
  stop(): Promise<void>;
}

/** `dir` is the data directory that `yaml` names. What was there stays: a pair can be started again on its store. */
export async function startPair(place: Place, dir: string, yaml: string, nodeArgs: readonly string[] = []): Promise<Pair> {
  const config = join(dir, 'hypercare.yaml');
  await writeFile(config, yaml);
  const env = { NODE_ENV: 'production', HYPERCARE_CONFIG: config };
  const start = (part: string, args: readonly string[]) => startChild(process.execPath, [...args, join(packageRoot(), 'dist', part, 'main.js')], env);
  const monitor = start('monitoring', nodeArgs);
  const bot = start('bot', []);
  const stop = async () => {
    await Promise.all([monitor.stop(), bot.stop()]);
  };
  place.later(stop);
  const file = join(dir, 'hypercare.db');
  await until('the monitor has made its store', async () => alive(monitor) && existsSync(file), READY);
  const store = openStore({ file });
  place.later(() => store.close());
  await until('the monitor has brought its tables up', async () => alive(monitor) && (await isMigrated(store)), READY);
  return {
    monitor, bot, store,
    async stop() {
      await stop();
      await store.close();
    },
  };
}

function alive(child: Child): boolean {
  if (child.ended === null) return true;
  throw new Error(`a process under test ended (${child.ended}): ${child.lines.map(({ text }) => text).slice(-5).join(' · ')}`);
}
