import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pm2 as pm2Cli } from '../pm2-cli.js';
import type { Place } from './place.js';

export const ENDPOINTS_AN_APP = 10;
export const LOAD_INTERVAL_MS = 10_000;

/** Apps that do nothing, in a PM2 of their own: what is measured is the watching. */
export interface Sleepers {
  readonly pm2Home: string;
  /** Brings their number up to `count`. */
  upTo(count: number): Promise<void>;
}

export async function startSleepers(place: Place): Promise<Sleepers> {
  const pm2Home = join(place.dir, 'load-pm2');
  await mkdir(pm2Home, { mode: 0o700 });
  place.later(() => pm2Cli(pm2Home, ['kill']));
  let running = 0;
  return {
    pm2Home,
    async upTo(count) {
      const missing = Array.from({ length: Math.max(0, count - running) }, (_, n) => appName(running + n));
      if (missing.length === 0) return;
      const apps = missing.map((name) => ({ name, script: '/bin/sleep', args: '1000000', interpreter: 'none', exec_mode: 'fork', cwd: place.dir }));
      const file = join(place.dir, 'sleepers.config.json');
      await writeFile(file, JSON.stringify({ apps }));
      await pm2Cli(pm2Home, ['start', file]);
      running = count;
    },
  };
}

function appName(n: number): string {
  return `app-${n}`;
}

/** Path of one endpoint of one app; its app can be read from it. */
function pathOf(app: number, endpoint: number): string {
  return `/${app}/${endpoint}`;
}

export function appOf(path: string): string {
  return appName(Number(path.split('/')[1]));
}

/** Apps with ten endpoints each, asked once every ten seconds; PM2 and release of each are looked at every 30 s besides. */
export function loadConfig(load: { readonly checks: number; readonly origin: string; readonly pm2Home: string; readonly dataDir: string }): string {
  const apps = Array.from({ length: Math.ceil(load.checks / ENDPOINTS_AN_APP) }, (_, n) => {
    const endpoints = Array.from({ length: ENDPOINTS_AN_APP }, (__, e) => `      - { path: ${pathOf(n, e)}, samples: 1 }`);
    return [`  ${appName(n)}:`, `    url: ${load.origin}`, '    liveness: false', '    endpoints:', ...endpoints].join('\n');
  });
  return `host: bench
data_dir: ${JSON.stringify(load.dataDir)}
pm2_home: ${JSON.stringify(load.pm2Home)}
apps:
${apps.join('\n')}
watch:
  tiers: [{ until: 2h, every: ${LOAD_INTERVAL_MS / 1_000}s }]
`;
}
