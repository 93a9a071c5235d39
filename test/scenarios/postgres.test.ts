import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breakShop } from '../../scripts/shop/break-shop.js';
import { shopConfig } from '../../scripts/shop/shop-config.js';
import { brokenAt } from '../../src/store/audit-chain.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { listResources } from '../../src/store/resources.js';
import { until } from '../doubles/pm2-home.js';
import { missingService, startPostgres, type Service } from '../doubles/postgres.js';
import { startSampleShop, versions, type SampleShop } from '../doubles/sample-shop.js';
import { newestIncident, startWatched, type Watched } from '../doubles/watched.js';

const QUICK = `
watch:
  tiers: [{ until: 1h, every: 1s }]
  confirm: { every: 300ms }
  settle: 1s
  warm_up: 1s
`;

describe.skipIf(missingService('postgres') !== null)('on PostgreSQL', () => {
  let postgres: Service;
  let sample: SampleShop;
  let watched: Watched;

  beforeAll(async () => {
    postgres = await startPostgres();
    sample = await startSampleShop();
    watched = await startWatched((dataDir) => shopConfig(sample.shop, { dataDir, user: 'tester' }).replace('every: 5s', 'every: 1s') + QUICK, { url: postgres.url });
  }, 90_000);
  afterAll(async () => {
    await watched?.stop();
    await sample?.stop();
    await postgres?.stop();
  });

  it('the same monitor sees the fault, mends it and proves it, by the same code', { timeout: 60_000 }, async () => {
    const { db } = watched.store;
    const { hostId } = watched.monitor.ctx;
    const app = (await listResources(db, hostId)).find((resource) => resource.kind === 'app');
    await until('its launch is watched', async () => (await openLaunchOf(db, app?.id as never)) !== null, 20_000);
    await breakShop(sample.shop, 'errors');
    await until('the incident is over', async () => (await newestIncident(watched))?.state === 'resolved', 40_000);
    expect((await newestIncident(watched))?.reason).toMatch(/^pm2\.reload mended it/);
    expect(await versions(sample.shop)).toEqual(['2.0.0']);
    expect(await brokenAt(db, hostId)).toBeNull();
  });
});
