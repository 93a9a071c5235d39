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
    [home, town] = await Promise.all([startPm2Home(), startPgTown({ shared_preload_libraries: 'pg_stat_statements' })]);
    // Nothing is to be advised, so that what is over is over.
    await town.sql('create extension pg_stat_statements');
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
    await until('it to be built, and that to be proved', async () => (await watch.story()).includes('postgres.create-index on db ended: verified'), 30_000);
    expect(await indexes()).toHaveLength(1);
  }, 60_000);

  it('ends no lock chain, whose end is not its own', async () => {
    await town.sql('grant pg_monitor, pg_signal_backend to shop; create table parcels (id int, order_id int); alter table parcels owner to shop');
    const app = await home.startApp({ name: 'packing', awaitAnswer: true });
    const watch = await beginWatch(brisk(home, `apps:
  packing: { url: "${app.url}", endpoints: [], liveness: { path: /, every: 1s }, uses: [db] }
postgres:
  db: { url: "${town.shopUrl}", every: 1s, timeout: 1s, blocked: 1s }
policy: { default: observe }
`));
    onTestFinished(() => watch.stop());
    const chain = async () => (await recentIncidents(watch.store.db, watch.monitor.ctx.hostId, 20)).find(({ kind }) => kind === 'postgres-blocked');
    const { root } = await town.chain();
    await until('people to be called', async () => (await chain())?.state === 'escalated', 30_000);
    await watch.say('repair', 'postgres.create-index', 'db', '--with', 'table=parcels columns=order_id');
    await root.query('commit');
    await until('both to be over', async () => (await watch.story()).includes('postgres.create-index on db ended: verified') && (await chain())?.state === 'resolved', 30_000);
    expect((await chain())?.reason).toBe('good again after postgres.create-index, which tester asked for');
    expect(await watch.card(await chain())).toContain('It is good again after postgres.create-index, which tester asked for.');
    expect(await watch.card(await chain())).not.toContain('Mended');
  }, 90_000);
});
