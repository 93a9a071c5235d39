import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../scripts/free-port.js';
import { systemClock } from '../../../src/io/clock.js';
import { createPostgres, type Postgres } from '../../../src/io/postgres.js';
import { noPostgres, startPgTown, type PgTown } from '../../doubles/pg-town.js';
import { until } from '../../doubles/pm2-home.js';

const SECRETS = /hunter2|ann\b|127\.0\.0\.1|pw-/;
const soon = (): AbortSignal => AbortSignal.timeout(10_000);
let postgres: Postgres;

beforeEach(() => {
  postgres = createPostgres({ clock: systemClock });
});

afterEach(() => postgres.close());

async function thrownBy(url: string, timeoutMs = 500): Promise<{ readonly code: string }> {
  const thrown: unknown = await postgres.ask({ url, timeoutMs }, { sql: 'select 1' }, soon()).then(() => null, (error: unknown) => error);
  expect(JSON.stringify([String(thrown), { ...(thrown as object) }, String((thrown as { cause?: unknown }).cause)])).not.toMatch(SECRETS);
  return thrown as { readonly code: string };
}

describe('a server that is not there', () => {
  it('is told by what is wrong, and nothing of its address is', async () => {
    expect(await thrownBy(`postgres://ann:hunter2@127.0.0.1:${await freePort()}/shop`)).toMatchObject({ code: 'postgres.refused' });
    expect(await thrownBy('postgres://ann:hunter2@nobody.invalid/shop')).toMatchObject({ code: 'postgres.name' });
  });

  it('is not waited for longer than was said where it takes connections and says nothing', async () => {
    const mute = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    onTestFinished(() => void mute.close());
    await new Promise((ready) => mute.once('listening', ready));
    const began = performance.now();
    expect(await thrownBy(`postgres://ann:hunter2@127.0.0.1:${(mute.address() as { port: number }).port}/shop`)).toMatchObject({ code: 'postgres.silent' });
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});

describe.skipIf(noPostgres)('a PostgreSQL', () => {
  let town: PgTown;

  beforeAll(async () => {
    town = await startPgTown({ max_connections: '20' });
  }, 60_000);
  afterEach(() => town.clear());
  afterAll(() => town?.stop());

  const at = (url = town.url) => ({ url, timeoutMs: 1_000 });
  const ours = () => town.sql<{ pid: number }>("select pid from pg_stat_activity where application_name = 'hypercare'");

  it('is asked over one lasting connection that only reads', async () => {
    await Promise.all([1, 2, 3].map((n) => postgres.ask(at(), { sql: 'select $1::int', values: [n] }, soon())));
    expect(await ours()).toHaveLength(1);
    await expect(postgres.ask(at(town.shopUrl), { sql: 'delete from public.orders' }, soon())).rejects.toMatchObject({ code: 'postgres.failed' });
  });

  it('is asked through its socket, and is down where that is gone', async () => {
    const [told] = await town.sql<{ dir: string; port: string }>("select current_setting('unix_socket_directories') as dir, current_setting('port') as port");
    const through = (dir = ''): string => `postgres:///postgres?host=${told?.dir}${dir}&port=${told?.port}&user=hypercare`;
    expect(await postgres.ask(at(through()), { sql: 'select current_user as me, inet_client_addr() as from' }, soon())).toEqual([{ me: 'hypercare', from: null }]);
    expect(await thrownBy(through('/nowhere'))).toMatchObject({ code: 'postgres.refused' });
  });

  it('is still asked when every connection is taken', async () => {
    await postgres.ask(at(), { sql: 'select 1' }, soon());
    const taken = [];
    for (let n = 0; n < 16; n += 1) taken.push(await town.session(`shop-${n}`));
    await expect(town.session('one-more')).rejects.toThrow();
    expect(await postgres.ask(at(), { sql: 'select 1 as one' }, soon())).toEqual([{ one: 1 }]);
    expect(await thrownBy(town.plainUrl)).toMatchObject({ code: 'postgres.saturated' });
  });

  it('keeps its deadline when frozen, and is asked again as soon as it answers', async () => {
    await postgres.ask(at(), { sql: 'select 1' }, soon());
    await town.freeze();
    for (let n = 0; n < 2; n += 1) {
      const began = performance.now();
      await expect(postgres.ask(at(), { sql: 'select 1' }, soon())).rejects.toMatchObject({ code: 'postgres.silent' });
      expect(performance.now() - began).toBeLessThan(4_000);
    }
    await town.thaw();
    await until('an answer', () => postgres.ask(at(), { sql: 'select 1' }, soon()).then(() => true, () => false));
    await until('one connection', async () => (await ours()).length === 1);
  });

  it('is still asked over the old connection when it was frozen and no other can be had', async () => {
    await postgres.ask(at(), { sql: 'select 1' }, soon());
    await town.freeze();
    await expect(postgres.ask(at(), { sql: 'select 1' }, soon())).rejects.toMatchObject({ code: 'postgres.silent' });
    await town.thaw();
    for (let n = 0; n < 16; n += 1) await town.session(`shop-${n}`);
    await until('an answer', () => postgres.ask(at(), { sql: 'select 1' }, soon()).then(() => true, () => false));
    expect(await ours()).toHaveLength(1);
  });

  it('is asked anew after a restart', async () => {
    await postgres.ask(at(), { sql: 'select 1' }, soon());
    await town.restart();
    await until('an answer', () => postgres.ask(at(), { sql: 'select 1' }, soon()).then(() => true, () => false));
  });

  it('answers within its own timeout, and a call is let go when it is called off', async () => {
    await expect(postgres.ask(at(), { sql: 'select pg_sleep(30)' }, soon())).rejects.toMatchObject({ code: 'postgres.cancelled' });
    await expect(postgres.ask({ ...at(), timeoutMs: 9_000 }, { sql: 'select pg_sleep(0.5)' }, AbortSignal.timeout(50))).rejects.toThrow(/aborted/);
  });

  it('gives an answer again that is fresh enough, and asks anew for others', async () => {
    const now = (keepMs?: number) => postgres.ask(at(), { sql: 'select clock_timestamp()::text as at', ...(keepMs === undefined ? {} : { keepMs }) }, soon());
    const first = await now(60_000);
    expect(await now(60_000)).toEqual(first);
    expect(await now()).not.toEqual(first);
  });

  it('tells nothing of who we are in what it refuses', async () => {
    expect(await thrownBy(town.url.replace('hypercare:', 'ann:'))).toMatchObject({ code: 'postgres.denied' });
    expect(await thrownBy(town.url.replace(/\/postgres$/, '/annex'))).toMatchObject({ code: 'postgres.denied' });
    await expect(postgres.ask(at(town.plainUrl), { sql: 'select * from public.orders' }, soon())).rejects.toMatchObject({ code: 'postgres.rights', message: expect.stringContaining('orders') as string });
  });

  it('is changed over another connection, which ends with it', async () => {
    const change = { name: 'hypercare-test', timeoutMs: 5_000, lockTimeoutMs: 200 };
    await postgres.change(at(town.shopUrl), { ...change, sql: 'create index o on public.orders (note)' }, soon());
    expect(await town.sql("select from pg_indexes where indexname = 'o'")).toHaveLength(1);
    const holder = await town.session('holder');
    await holder.query('begin; lock table orders');
    await expect(postgres.change(at(town.shopUrl), { ...change, sql: 'drop index public.o' }, soon())).rejects.toMatchObject({ code: 'postgres.locked' });
    await expect(postgres.change(at(town.shopUrl), { ...change, lockTimeoutMs: 1_500, sql: 'drop index public.o' }, AbortSignal.timeout(50))).rejects.toThrow();
    await until('its connection to be gone', async () => (await town.sql("select from pg_stat_activity where application_name = 'hypercare-test'")).length === 0);
  });
});
