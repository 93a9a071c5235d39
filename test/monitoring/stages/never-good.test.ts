import { afterEach, describe, expect, it } from 'vitest';
import { getIncident } from '../../../src/store/incidents.js';
import { plansOf } from '../../../src/store/plans.js';
import { servePages } from '../../doubles/pages.js';
import { virtualTime, type VirtualTime } from '../../doubles/virtual-time.js';
import { newestIncident, startWatched, type Watched } from '../../doubles/watched.js';

const MINUTE = 60_000;
/** Nothing listens there. */
const NOBODY = 'http://127.0.0.1:9';
const START = Date.UTC(2026, 10, 22, 10, 0, 0);

let time: VirtualTime;
let watched: Watched;
const broken = new Set<string>();

const pages = servePages((request, response) => void response.writeHead(broken.has(request.url ?? '') ? 500 : 200).end('ok'));

afterEach(async () => {
  broken.clear();
  await watched.stop();
});

async function watch(app = 'shop', url = pages.url, keepDir?: string): Promise<void> {
  if (keepDir === undefined) time = virtualTime(START);
  watched = await startWatched((dataDir) => `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(pages.pm2.home)}
apps:
  ${app}:
    url: ${url}
    endpoints: [{ path: /, samples: 1 }, { path: /checkout, samples: 1 }]
    liveness: { path: /health, every: 10m }
policy: { default: suggest }
`, { time, ...(keepDir === undefined ? {} : { keepDir }) });
}

/** The monitor begins anew, with another address in its config. */
async function watchInstead(url: string): Promise<void> {
  const { dir } = watched;
  await watched.stop({ keep: true });
  await watch('shop', url, dir);
}

const incident = () => newestIncident(watched);

describe('an endpoint that was never good', { timeout: 60_000 }, () => {
  it('is told as a doubt about its address, once, and no repair is planned for it', async () => {
    broken.add('/checkout');
    await watch();
    await time.reach(START + 10 * MINUTE);
    const open = await incident();
    expect(open).toMatchObject({ kind: 'never-good', severity: 'warning', emergency: false, state: 'escalated' });
    expect(open?.title).toMatch(/^\/checkout: status 500, .*; never good since it is watched: is the address right\?$/);
    expect(open?.reason).toContain('a wrong address is likelier than a sick app');
    expect(await plansOf(watched.store.db, open?.id as never)).toEqual([]);
  });

  it('gives way to what was good and fails now: that is repaired', async () => {
    broken.add('/checkout');
    await watch();
    await time.reach(START + 2 * MINUTE);
    expect(await incident()).toMatchObject({ kind: 'never-good', state: 'escalated' });
    broken.add('/');
    await time.reach(START + 10 * MINUTE);
    const open = await incident();
    expect(open?.title).toMatch(/^\/: status 500/);
    expect(await plansOf(watched.store.db, open?.id as never)).not.toEqual([]);
  });

  it('is sickness whatever the address where PM2 itself says that the process is down', async () => {
    broken.add('/').add('/checkout').add('/health');
    await watch('nobody');
    await time.reach(START + 10 * MINUTE);
    expect(await incident()).toMatchObject({ kind: 'process-down', severity: 'critical' });
  });
});

describe('an address that is changed in the config', { timeout: 60_000 }, () => {
  it('was never good, however well the app was where it was watched before, and has its history back with the old one', async () => {
    await watch();
    await time.reach(START + 2 * MINUTE);
    expect(await incident()).toBeNull();
    await watchInstead(NOBODY);
    await time.reach(START + 4 * MINUTE);
    const doubt = await incident();
    expect(doubt).toMatchObject({ kind: 'never-good', severity: 'warning', state: 'escalated', closedAt: null });
    expect(await plansOf(watched.store.db, doubt?.id as never)).toEqual([]);
    broken.add('/');
    await watchInstead(pages.url);
    await time.reach(START + 20 * MINUTE);
    const sick = await incident();
    expect(sick).toMatchObject({ kind: 'endpoint-failing', closedAt: null });
    expect(await plansOf(watched.store.db, sick?.id as never)).not.toEqual([]);
  });

  it('ends what was wrong with the old one, and the question about it', async () => {
    await watch();
    await time.reach(START + 2 * MINUTE);
    broken.add('/checkout');
    await time.reach(START + 20 * MINUTE);
    const before = await incident();
    expect(before).toMatchObject({ kind: 'endpoint-failing', closedAt: null });
    await watchInstead(pages.url.replace('127.0.0.1', 'localhost'));
    expect(await getIncident(watched.store.db, before?.id as never)).toMatchObject({ state: 'resolved', reason: 'the config no longer names it: another address is watched now' });
  });
});
