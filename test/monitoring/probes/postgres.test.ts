import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { postgres } from '../../../monitoring/probes/postgres.js';
import { freePort } from '../../../scripts/free-port.js';
import type { Reading } from '../../../src/domain/check.js';
import { POSTGRES_FAULTS } from '../../../src/domain/postgres-fault.js';
import { systemClock } from '../../../src/io/clock.js';
import { packageRoot } from '../../../src/io/package-root.js';
import { createPostgres, type Postgres } from '../../../src/io/postgres.js';
import { soundReading } from '../../contracts/probe.js';
import { noPostgres, startPgStandby, startPgTown, type PgTown } from '../../doubles/pg-town.js';
import { until } from '../../doubles/pm2-home.js';
import { listed } from '../../doubles/pm2-list.js';
import { ioOf } from './io.js';

let client: Postgres;

beforeEach(() => {
  client = createPostgres({ clock: systemClock });
});

afterEach(() => client.close());

async function measure(url: string, options: object = {}): Promise<Reading> {
  const parsed = postgres.options.parse({ url, timeoutMs: 2_000, ...options });
  return soundReading(postgres, await postgres.measure(parsed, ioOf({ postgres: client }), AbortSignal.timeout(20_000)));
}

/** A process that takes so many connections and does nothing with them. */
async function holdingChild(count: number, url: string): Promise<ChildProcess> {
  const code = `const pg = require('pg'); Promise.all(Array.from({ length: ${count} }, () => new pg.Client({ connectionString: process.env.DB, application_name: 'shop-web' }).connect())).then(() => process.send('held')); setInterval(() => {}, 60000);`;
  const child = spawn(process.execPath, ['-e', code], { cwd: packageRoot(), env: { ...process.env, DB: url }, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  await once(child, 'message');
  return child;
}

function named({ values }: Reading): Readonly<Record<string, number | null>> {
  return Object.fromEntries(postgres.fields.map((field, n) => [field, values[n] ?? null]));
}

function faultOf(reading: Reading): string | null {
  return POSTGRES_FAULTS[(named(reading)['fault'] ?? 0) - 1] ?? null;
}

it('is bad where nothing listens, and no reading where the way there is wrong', async () => {
  const reading = await measure(`postgres://ann:hunter2@127.0.0.1:${await freePort()}/shop`);
  expect([reading.verdict, faultOf(reading), reading.note]).toEqual(['bad', 'down', 'it refuses connections']);
  await expect(measure('postgres://ann:hunter2@nobody.invalid/shop')).rejects.toMatchObject({ code: 'postgres.name' });
});

describe.skipIf(noPostgres)('of a PostgreSQL', () => {
  let town: PgTown;

  beforeAll(async () => {
    town = await startPgTown({ max_connections: '20', shared_preload_libraries: 'pg_stat_statements' });
  }, 60_000);
  afterEach(() => town.clear());
  afterAll(() => town?.stop());

  it('is good when all is well, with what it has', async () => {
    const reading = await measure(town.url);
    expect(reading).toMatchObject({ verdict: 'good', note: null });
    expect(named(reading)).toMatchObject({ fault: 0, used: 1, limit: 17, waiting: 0, chain: 0, may_see: 1, may_signal: 1, invalid_indexes: 0, read_whole: 0 });
    expect(named(reading)['uptime_ms']).toBeLessThan(120_000);
  });

  it('is bad when all connections are taken, seen over the one that is held', async () => {
    await measure(town.url);
    for (let n = 0; n < 16; n += 1) await town.session(n < 12 ? 'shop-web' : 'shop-worker');
    const reading = await measure(town.url);
    expect([reading.verdict, faultOf(reading), reading.note]).toEqual(['bad', 'saturated', 'all 17 connections are in use: shop-web 12 (12 idle), shop-worker 4 (4 idle)']);
    const other = createPostgres({ clock: systemClock });
    const late = await postgres.measure(postgres.options.parse({ url: town.url, timeoutMs: 2_000 }), ioOf({ postgres: other }), AbortSignal.timeout(9_000));
    await other.close();
    expect([late.verdict, faultOf(late)]).toEqual(['bad', 'saturated']);
  });

  it('says in whose pool most of them stand idle, and that it is nobody’s where it is not', async () => {
    await measure(town.url);
    const child = await holdingChild(12, town.shopUrl);
    onTestFinished(() => void child.kill('SIGKILL'));
    for (let n = 0; n < 4; n += 1) await town.session('shop-worker');
    const pm2 = { list: async () => [listed({ name: 'shop', pid: child.pid ?? 0 })] };
    const users = [{ name: 'other', processes: ['other'] }, { name: 'shop', processes: ['shop'] }];
    const poolIn = async (among: typeof users) => named(await postgres.measure(postgres.options.parse({ url: town.url, timeoutMs: 2_000, users: among }), ioOf({ postgres: client, pm2 } as never), AbortSignal.timeout(9_000)));
    expect(await poolIn(users)).toMatchObject({ pool_of: 0, pool_idle: 0 });
    await until('them to be idle', async () => (await poolIn(users))['pool_of'] === 2, 30_000);
    expect(await poolIn(users)).toMatchObject({ pool_of: 2, pool_idle: 12 });
    expect(await poolIn(users.slice(0, 1))).toMatchObject({ pool_of: 0, pool_idle: 0 });
  }, 60_000);

  it('is bad when one session keeps others waiting for too long, and names the root', async () => {
    const { root, waiters } = await town.chain();
    const reading = await measure(town.url, { blockedMs: 10 });
    expect([reading.verdict, faultOf(reading)]).toEqual(['bad', 'blocked']);
    expect(reading.note).toMatch(new RegExp(`^session ${root.pid} \\(shop-web\\) keeps 2 waiting for \\d.*: it is idle in transaction$`));
    expect(named(reading)).toMatchObject({ root_pid: root.pid, waiting: 2, chain: 3 });
    await until('it to be unknown, before it is bad', async () => (await measure(town.url, { blockedMs: 60_000 })).verdict === 'unknown');
    await root.query('commit');
    await Promise.all(waiters);
    expect(named(await measure(town.url))).toMatchObject({ root_pid: null, waiting: 0, blocked_ms: 0 });
  });

  it('sees who is idle in transaction and which query runs long, but for those that wait', async () => {
    const idle = await town.session('shop-web');
    await idle.query('begin; select 1');
    const busy = await town.session('shop-report');
    const query = busy.query('select pg_sleep(30)').catch(() => undefined);
    await until('its query to run', async () => named(await measure(town.url))['query_pid'] === busy.pid);
    expect(named(await measure(town.url))).toMatchObject({ idle_pid: idle.pid, query_pid: busy.pid });
    await town.clear();
    await query;
  });

  it('is bad when frozen, within its time, and good as soon as it answers', async () => {
    await measure(town.url);
    await town.freeze();
    const began = performance.now();
    const reading = await measure(town.url, { timeoutMs: 400 });
    expect([reading.verdict, faultOf(reading), reading.note]).toEqual(['bad', 'hung', 'no answer within 400 ms']);
    expect(performance.now() - began).toBeLessThan(3_000);
    await town.thaw();
    await until('it to be good', async () => (await measure(town.url)).verdict === 'good');
  });

  it('is good after a restart, and tells that it began anew', async () => {
    await measure(town.url);
    await town.restart();
    const reading = await measure(town.url);
    expect(reading.verdict).toBe('good');
    expect(named(reading)['uptime_ms']).toBeLessThan(10_000);
  });

  it('is bad where it takes no changes, unless it is a standby', async () => {
    await town.sql('alter role hypercare set default_transaction_read_only = on');
    const reading = await measure(town.url);
    expect([reading.verdict, faultOf(reading)]).toEqual(['bad', 'read-only']);
    expect((await measure(town.url, { standby: true })).verdict).toBe('good');
    await town.sql('alter role hypercare reset default_transaction_read_only');
  });

  it('is good where we may see less, and says what that is', async () => {
    await town.session('shop-web');
    const reading = await measure(town.plainUrl);
    expect(reading.verdict).toBe('good');
    expect(named(reading)).toMatchObject({ used: 2, may_see: 0, may_signal: 0, statements: 0, hypopg: 0, idle_ms: null, slow_ms: null });
    const { waiters } = await town.chain();
    expect((await measure(town.plainUrl, { blockedMs: 10 })).note).toMatch(/^session \d+ \(shop-web\) keeps 2 waiting for .*: it is doing what we may not see$/);
    expect(waiters).toHaveLength(2);
  });

  it('names what is worth looking at, without what stands in queries', async () => {
    await town.sql('create extension pg_stat_statements');
    await town.sql("create table big (id int, secret text); alter table big owner to shop; insert into big select n % 30000, 'x' from generate_series(1, 60000) n");
    const shop = await town.session('shop-web');
    await expect(shop.query('create unique index concurrently broken on big (id)')).rejects.toThrow();
    for (let n = 0; n < 55; n += 1) await shop.query(`select count(*) from big where id = 4711 and secret <> 'hunter${n}' and length(pg_sleep(0.001)::text) = 0`);
    await shop.query('select pg_stat_force_next_flush()');
    await shop.query('analyze big');
    await shop.end();
    const advised = async (): Promise<Reading> => {
      await client.close();
      return measure(town.url);
    };
    await until('the statistics to be there', async () => named(await advised())['read_whole'] === 1);
    const reading = await advised();
    expect(named(reading)).toMatchObject({ invalid_indexes: 1, read_whole: 1, statements: 1, slow_ms: expect.any(Number) as number });
    expect(reading.note).toMatch(/^invalid index public\.broken; public\.big read whole \d+ times, \d+ rows; slowest: select/i);
    expect(reading.note).not.toMatch(/hunter|4711/);
  });
});

describe.skipIf(noPostgres)('of a PostgreSQL and its standby', () => {
  it('is how far that is behind, and good again when it takes over', async () => {
    const town = await startPgTown();
    onTestFinished(() => town.stop());
    const standby = await startPgStandby(town);
    onTestFinished(() => standby.stop());
    await until('the standby to follow', async () => (await town.sql("select from pg_stat_replication where state = 'streaming'")).length > 0);
    await town.sql("update orders set note = 'seen there' where id = 1");
    await until('it to have caught up', async () => ((await standby.sql("select from orders where note = 'seen there'")) as readonly unknown[]).length > 0);
    await until('that to be told', async () => named(await measure(standby.url, { standby: true }))['lag_ms'] === 0);
    const unwanted = await measure(standby.url);
    expect([unwanted.verdict, faultOf(unwanted), unwanted.note]).toEqual(['bad', 'read-only', 'it takes no changes: it is a standby, and was it before?']);
    await standby.sql('select pg_wal_replay_pause()');
    await town.sql('insert into orders select n, 1 from generate_series(30000, 30100) n');
    await until('the standby to say that it is behind', async () => (named(await measure(standby.url, { standby: true }))['lag_ms'] ?? 0) > 200);
    await until('the primary to say so too', async () => (named(await measure(town.url))['lag_ms'] ?? 0) > 200);
    await standby.sql('select pg_wal_replay_resume()');
    await standby.sql('select pg_promote()');
    expect((await measure(standby.url)).verdict).toBe('good');
  }, 60_000);
});
