import { afterEach, describe, expect, it } from 'vitest';
import { plansOf } from '../../../src/store/plans.js';
import { servePages } from '../../doubles/pages.js';
import { virtualTime, type VirtualTime } from '../../doubles/virtual-time.js';
import { newestIncident, startWatched, type Watched } from '../../doubles/watched.js';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 22, 10, 0, 0);

let time: VirtualTime;
let watched: Watched;
const broken = new Set<string>();

const pages = servePages((request, response) => void response.writeHead(broken.has(request.url ?? '') ? 500 : 200).end('ok'));

afterEach(async () => {
  broken.clear();
  await watched.stop();
});

async function watch(app = 'shop'): Promise<void> {
  time = virtualTime(START);
  watched = await startWatched((dataDir) => `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(pages.pm2.home)}
apps:
  ${app}:
    url: ${pages.url}
    endpoints: [{ path: /, samples: 1 }, { path: /checkout, samples: 1 }]
    liveness: { path: /health, every: 10m }
policy: { default: suggest }
`, { time });
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
