/** What most scenarios begin with: one PM2 for the tests of a file, and a watch over it in each of them. */
import { afterEach } from 'vitest';
import { givenOnce } from '../doubles/given.js';
import { startPm2Home, type Pm2Home } from '../doubles/pm2-home.js';
import { brisk, type Pace } from './brisk.js';
import { beginWatch, type Watch } from './watch.js';

export interface WatchedHome {
  readonly pm2: Pm2Home;
  /** Watches what `yaml` says of apps and policy, briskly, until the test is over. */
  watch(yaml: string, options?: Parameters<typeof beginWatch>[1] & Pace): Promise<Watch>;
}

export function watchedHome(): WatchedHome {
  const pm2 = givenOnce(() => startPm2Home(), (home) => home.stop());
  let watch: Watch | null = null;
  afterEach(async () => {
    await watch?.stop();
    watch = null;
  });
  return {
    pm2,
    async watch(yaml, { tiers, settle, ...options } = {}) {
      watch = await beginWatch(brisk(pm2, yaml, { ...(tiers ? { tiers } : {}), ...(settle ? { settle } : {}) }), options);
      return watch;
    },
  };
}
