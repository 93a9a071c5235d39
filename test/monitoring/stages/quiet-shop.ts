/** What tests of stages begin with: a monitor that watches a shop and measures nothing of it; what it would have seen, the test writes. */
import type { Resource } from '../../../src/domain/resource.js';
import { listResources } from '../../../src/store/resources.js';
import { givenEach, givenOnce } from '../../doubles/given.js';
import { startPm2Home } from '../../doubles/pm2-home.js';
import { virtualTime } from '../../doubles/virtual-time.js';
import { startWatched, type Watched } from '../../doubles/watched.js';

/** At that time, and for each test anew, or once for all of the file. */
export function quietShop(at: number, { policy = 'observe', given = givenEach }: { readonly policy?: string; readonly given?: typeof givenEach } = {}): Watched {
  const pm2 = givenOnce(() => startPm2Home(), (home) => home.stop());
  const yaml = (dataDir: string): string => `data_dir: ${JSON.stringify(dataDir)}\npm2_home: ${JSON.stringify(pm2.home)}\napps: { shop: { liveness: false } }\npolicy: { default: ${policy} }\n`;
  return given(() => startWatched(yaml, { time: virtualTime(at) }), (watched) => watched.stop());
}

export async function appOf({ store, monitor }: Pick<Watched, 'store' | 'monitor'>): Promise<Resource> {
  const app = (await listResources(store.db, monitor.ctx.hostId)).find(({ kind }) => kind === 'app');
  if (!app) throw new Error('no app');
  return app;
}
