import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { recentIncidents } from '../../src/store/incidents.js';
import { noPostgres, startPgTown, type PgTown } from '../doubles/pg-town.js';
import { startPm2Home, until, type Pm2Home } from '../doubles/pm2-home.js';
import { brisk } from './brisk.js';
import { beginWatch } from './watch.js';

describe.skipIf(noPostgres)('an index that somebody asks for', () => {
  let home: Pm2Home;
  let town: PgTown;

  beforeAll(async () => {
    [home, town] = await Promise.all([startPm2Home(), startPgTown()]);
  }, 60_000);

  afterAll(async () => {
    await home?.stop();
    await town?.stop();
  });

  it('is shown first, and built when it is asked for', async () => {
    const app = await home.startApp({ name: 'shop', awaitAnswer: true });
    const watch = await beginWatch(brisk(home, `apps:
  shop: { url: "${app.url}", endpoints: [], liveness: { path: /, every: 1s }, uses: [db] }
postgres:
  db: { url: "${town.shopUrl}", every: 1s, timeout: 1s }
policy: { default: observe }
`));
    onTestFinished(() => watch.stop());
    const indexes = () => town.sql("select from pg_indexes where indexname = 'hc_orders_customer_id_idx'");
    const words = ['repair', 'postgres.create-index', 'db', '--with', 'table=orders columns=customer_id'] as const;
    expect(await watch.say(...words, '--dry-run')).toContain('CREATE INDEX CONCURRENTLY "hc_orders_customer_id_idx" ON "public"."orders" ("customer_id")');
    expect(await indexes()).toEqual([]);
    expect(await watch.say('repair', 'postgres.create-index', 'db', '--with', 'table=orders;drop columns=x', '--dry-run')).toContain('table must be a plain name');
    await watch.say(...words);
    await until('it to be built, and that to be proved', async () => (await recentIncidents(watch.store.db, watch.monitor.ctx.hostId, 5)).some(({ reason }) => reason?.startsWith('postgres.create-index mended it') ?? false), 30_000);
    expect(await indexes()).toHaveLength(1);
    expect(await watch.story()).toContain('postgres.create-index on db ended: verified');
  }, 60_000);
});
