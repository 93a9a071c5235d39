import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { postgresCreateIndex } from '../../../monitoring/repairs/postgres-create-index.js';
import type { IndexArgs } from '../../../monitoring/repairs/postgres-index.js';
import type { Prepared } from '../../../src/domain/plan.js';
import { repairContract } from '../../contracts/repair.js';
import { noPostgres, startPgTown, type PgTown } from '../../doubles/pg-town.js';
import { pgWorld, type PgWorld } from '../../doubles/pg-world.js';
import { until } from '../../doubles/pm2-home.js';

const ARGS: IndexArgs = { table: 'orders', columns: 'customer_id' };
const soon = (): AbortSignal => AbortSignal.timeout(10_000);

describe.skipIf(noPostgres)('building an index that somebody asked for', () => {
  let town: PgTown;
  let hypopg: boolean;

  beforeAll(async () => {
    town = await startPgTown();
    hypopg = await town.sql('create extension hypopg').then(() => true, () => false);
    await town.sql('create table foreigners (id int); create table measured (at timestamptz) partition by range (at); alter table measured owner to shop');
  }, 60_000);
  afterAll(() => town?.stop());

  const indexes = async () => (await town.sql<{ told: string }>("select c.relname || ' ' || case when i.indisvalid then 'valid' else 'invalid' end as told from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = 'orders'::regclass order by 1")).map(({ told }) => told);
  const BUILT = ['hc_orders_customer_id_idx valid', 'orders_pkey valid'];

  async function open(): Promise<PgWorld<IndexArgs>> {
    const world = pgWorld(town, ARGS, { url: town.shopUrl, look: indexes });
    return {
      ...world,
      async close() {
        await world.close();
        await town.sql('drop index if exists hc_orders_customer_id_idx');
      },
    };
  }

  repairContract({
    repair: postgresCreateIndex,
    open,
    refused: {
      'a table that is not there': async () => ({ args: { ...ARGS, table: 'order' } }),
      'a column that is not there': async () => ({ args: { ...ARGS, columns: 'customer' } }),
      'a table of somebody else': async () => ({ args: { table: 'foreigners', columns: 'id' } }),
      'a partitioned table': async () => ({ args: { table: 'measured', columns: 'at' } }),
      'columns that begin an index already': async () => ({ args: { ...ARGS, columns: 'id' } }),
      'an index of that name that is there already': async () => void (await town.sql('create index hc_orders_customer_id_idx on orders (note)')),
    },
  });

  it('takes plain names alone', () => {
    for (const args of [{ ...ARGS, table: 'orders; drop table orders' }, { ...ARGS, columns: 'id) where (true' }, { ...ARGS, table: 'a.b.c' }, { ...ARGS, columns: '' }, { ...ARGS, table: '"orders"' }]) {
      expect(postgresCreateIndex.args.safeParse(args).success).toBe(false);
    }
    expect(postgresCreateIndex.args.safeParse({ table: 'sales.orders', columns: 'a,b' }).success).toBe(true);
  });

  async function prepared(world: PgWorld<IndexArgs>): Promise<Prepared> {
    const made = await postgresCreateIndex.prepare(world.target, world.args, world.io, soon());
    if ('refused' in made) throw new Error(made.refused);
    return made;
  }

  const stepOf = (world: PgWorld<IndexArgs>, plan: Prepared) => postgresCreateIndex.steps(world.target, world.args, plan)[0] as NonNullable<ReturnType<typeof postgresCreateIndex.steps>[number]>;

  it('says what it does and what that brings', async () => {
    const world = await open();
    onTestFinished(() => world.close());
    const plan = await prepared(world);
    expect(plan.does[0]?.does).toBe('CREATE INDEX CONCURRENTLY "hc_orders_customer_id_idx" ON "public"."orders" ("customer_id")');
    expect(plan.wayBack).toBe('DROP INDEX CONCURRENTLY IF EXISTS "public"."hc_orders_customer_id_idx"');
    const [size, cost] = plan.notes;
    expect(size).toMatch(/^"public"\."orders" has about 20000 rows and takes [\d.]+ MiB/);
    if (!hypopg) return expect(cost).toContain('hypopg');
    const [, before, after] = /costs (\d+) now and (\d+) with it/.exec(cost ?? '') ?? [];
    expect(Number(after)).toBeLessThan(Number(before) / 5);
    expect(await town.sql("select from pg_indexes where indexname like '%hypo%'")).toEqual([]);
  });

  it('takes names as ORMs write them', async () => {
    await town.sql('create table "OrderLines" ("customerId" int); alter table "OrderLines" owner to shop');
    const world = await open();
    onTestFinished(async () => {
      await world.close();
      await town.sql('drop table "OrderLines"');
    });
    const args = { table: 'OrderLines', columns: 'customerId' };
    const plan = await prepared({ ...world, args });
    await postgresCreateIndex.steps(world.target, args, plan)[0]?.act(plan.witness, {}, world.io, AbortSignal.timeout(20_000));
    expect(await town.sql(`select indexdef from pg_indexes where tablename = 'OrderLines'`)).toEqual([{ indexdef: 'CREATE INDEX "hc_OrderLines_customerId_idx" ON public."OrderLines" USING btree ("customerId")' }]);
  });

  it('leaves nothing half done where it cannot be built in time', async () => {
    const world = await open();
    onTestFinished(() => world.close());
    const plan = await prepared(world);
    const holder = await town.session('shop-web');
    await holder.query('begin; update orders set note = note where id = 3');
    const act = stepOf(world, plan).act(plan.witness, {}, world.io, AbortSignal.timeout(30_000));
    await until('the build to wait for the transaction', async () => (await town.sql("select from pg_stat_activity where application_name = 'hypercare-index' and wait_event = 'virtualxid'")).length > 0);
    expect(await stepOf(world, plan).state(plan.witness, {}, world.io)).toBe('moving');
    await town.sql("select pg_cancel_backend(pid) from pg_stat_activity where application_name = 'hypercare-index'");
    await holder.query('rollback');
    await expect(act).rejects.toMatchObject({ code: 'postgres.cancelled' });
    expect(await indexes()).toEqual(['orders_pkey valid']);
    expect(await stepOf(world, plan).state(plan.witness, {}, world.io)).toBe('before');
  });

  it('is found under way by whoever carries it on after a crash, and is done', async () => {
    const world = await open();
    onTestFinished(() => world.close());
    const plan = await prepared(world);
    const holder = await town.session('shop-web');
    await holder.query('begin; update orders set note = note where id = 3');
    const dying = new AbortController();
    const act = stepOf(world, plan).act(plan.witness, {}, world.io, dying.signal).catch(() => 'gone');
    await until('the build to wait for the transaction', async () => (await town.sql("select from pg_stat_activity where application_name = 'hypercare-index' and wait_event = 'virtualxid'")).length > 0);
    dying.abort();
    expect(await act).toBe('gone');
    expect(await stepOf(world, plan).state(plan.witness, {}, world.io)).toBe('moving');
    await holder.query('rollback');
    await until('it to be done', async () => (await stepOf(world, plan).state(plan.witness, {}, world.io)) === 'after');
    expect(await indexes()).toEqual(BUILT);
  });

  it('removes what an earlier build left invalid, and builds it anew', async () => {
    const world = await open();
    onTestFinished(() => world.close());
    const plan = await prepared(world);
    await town.sql('create index hc_orders_customer_id_idx on orders (customer_id)');
    await town.sql("update pg_index set indisvalid = false where indexrelid = 'hc_orders_customer_id_idx'::regclass");
    expect(await stepOf(world, plan).state(plan.witness, {}, world.io)).toBe('before');
    await stepOf(world, plan).act(plan.witness, {}, world.io, soon());
    expect(await indexes()).toEqual(BUILT);
  });

  it('waits for no transaction that is old already', async () => {
    const world = await open();
    onTestFinished(() => world.close());
    const old = { ...world.io, postgres: { ...world.io.postgres, ask: async (...asked: Parameters<typeof world.io.postgres.ask>) => {
      const rows = await world.io.postgres.ask<{ inTransactionMs?: number | null }>(...asked);
      return rows.map((row) => ('inTransactionMs' in row && row.inTransactionMs !== null ? { ...row, inTransactionMs: 3_600_000 } : row));
    } } } as typeof world.io;
    await (await town.session('shop-report')).query('begin; select 1');
    expect(await postgresCreateIndex.prepare(world.target, ARGS, old, soon())).toMatchObject({ refused: expect.stringMatching(/^session \d+ \(shop-report\) has had a transaction open for 1 h/) as string });
  });
});
