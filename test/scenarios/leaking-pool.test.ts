import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/io/package-root.js';
import { actsOn } from '../../src/store/acts.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { noPostgres, startPgTown, type PgTown } from '../doubles/pg-town.js';
import { until } from '../doubles/pm2-home.js';
import type { Watch } from './watch.js';
import { watchedHome } from './watched-home.js';

/** Its pool gives out clients that nobody gives back, once somebody asked for /leak: then its checkout waits in vain for one. */
const LEAKING_SHOP = `
const pg = require(process.env.PACKAGES + '/node_modules/pg');
const pool = new pg.Pool({ connectionString: process.env.DB, application_name: 'shop-web', max: 12, connectionTimeoutMillis: 1000 });
pool.on('error', () => undefined);
const sells = () => pool.query('select 1').then(() => true, () => false);
require('node:http').createServer(async (request, response) => {
  for (let leaked = 0; request.url === '/leak' && leaked < 12; ) await pool.connect().then(() => (leaked += 1), () => undefined);
  response.writeHead(request.url !== '/checkout' || (await sells()) ? 200 : 500).end();
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

describe.skipIf(noPostgres)('an app whose own pool has most connections of its PostgreSQL idle', () => {
  const house = watchedHome();
  let town: PgTown;

  beforeAll(async () => {
    town = await startPgTown({ max_connections: '20' });
  }, 60_000);
  afterEach(() => town.clear());
  afterAll(() => town.stop());

  async function begin(name: string, policy: string, path = '/checkout'): Promise<{ readonly watch: Watch; readonly url: string }> {
    const app = await house.pm2.startApp({ name, code: LEAKING_SHOP, awaitAnswer: true, env: { DB: town.shopUrl, PACKAGES: packageRoot() } });
    const url = `http://127.0.0.1:${app.port}`;
    const watch = await house.watch(`apps:
  ${name}:
    url: ${url}
    endpoints: [{ path: ${path}, critical: true, samples: 1, timeout: 3s }]
    liveness: { path: /, every: 1s }
    uses: [db]
postgres:
  db: { url: "${town.url}", every: 1s, timeout: 1s, own: ["shop-*"] }
policy: ${policy}
`);
    await watch.steady();
    return { watch, url };
  }

  async function useUp(url: string): Promise<void> {
    await fetch(`${url}/leak`);
    for (let n = 0; n < 8; n += 1) await town.session('shop-batch').catch(() => null);
  }

  async function saturated({ store, monitor }: Watch, state: string): Promise<void> {
    const all = () => recentIncidents(store.db, monitor.ctx.hostId, 20);
    await until(`the trouble of the database to be ${state}`, async () => (await all()).some((one) => one.kind === 'postgres-saturated' && one.state === state), 60_000);
  }

  it('is restarted for it by itself, once, and both are well', { timeout: 120_000 }, async () => {
    const { watch, url } = await begin('leaking-shop', '{ default: act-and-tell }');
    await useUp(url);
    await saturated(watch, 'resolved');
    expect((await fetch(`${url}/checkout`)).status).toBe(200);
    expect((await actsOn(watch.store.db, watch.app.id, 0)).map(({ by, kind, note }) => `${kind} by ${by}: ${note}`)).toEqual(['restart by us: pm2.reset-pool']);
    expect((await recentIncidents(watch.store.db, watch.monitor.ctx.hostId, 20)).filter(({ state, severity }) => state !== 'resolved' && severity !== 'info')).toEqual([]);
    const [server] = (await recentIncidents(watch.store.db, watch.monitor.ctx.hostId, 20)).filter(({ kind }) => kind === 'postgres-saturated');
    expect(await watch.card(server)).toMatchInlineSnapshot(`
      "
      ✓ GOOD  db is good again after a while: all 17 connections are in use, 12 of them idle in leaking-shop: shop-w…
        Lasted a while, from ‹clock› to ‹clock›.
        Mended by pm2.reset-pool after a while; verified by 3 good checks.

        postgres.terminate: not possible: Nobody keeps others waiting in db, and no transaction has been idle for 5 min

        incident ‹id›
      "
    `);
    expect((await watch.story()).split(/\n(?=\S)/).filter((entry) => /reset-pool|terminate|people/.test(entry)).join('\n')).toMatchInlineSnapshot(`
      "hypercare: postgres.terminate is tried first
          for postgres-saturated the order is postgres.terminate, pm2.reset-pool
      hypercare: postgres.terminate was not possible
          Nobody keeps others waiting in db, and no transaction has been idle for 5 min
      hypercare: pm2.reset-pool on leaking-shop: auto
          the rule “default” lets it act and tell
      hypercare: pm2.reset-pool on leaking-shop began
          rule default, plan hash ‹hash›
      hypercare: pm2.reset-pool on leaking-shop ended: verified
          3 good readings in a row of each of 4 checks
      hypercare: incident over: all 17 connections are in use, 12 of them idle in leaking-shop: shop-web 12 (12 idle), shop-batch 4 (4 idle)
          pm2.reset-pool mended it after a while: 3 good readings in a row of each of 4 checks
      "
    `);
  });

  it('is asked for where its own policy says so, and not touched without a yes', { timeout: 120_000 }, async () => {
    // Its own trouble, which would be asked about first, is not looked at.
    const { watch, url } = await begin('asked-shop', '{ default: act-and-tell, rules: [{ repair: pm2.*, target: asked-shop, rung: ask }] }', '/');
    await useUp(url);
    await watch.asked();
    expect(await watch.card()).toMatchInlineSnapshot(`
      "
      ✗ CRITICAL  db: may I do pm2.reset-pool? all 17 connections are in use, 12 of them idle in asked-shop: shop-web 12 (12 idle), shop-batch 4 (4 idle)
        At ‹clock›: some readings in a row, for a while
        the instances of all apps, each times the size of its pool, should come to less than 16
        A reload of the app with the largest pool gives back what stands idle: hypercare repair pm2.reload <app>.
        Also: slow queries cannot be told: pg_stat_statements is not there
        Also: 17 of 17 connections are in use

        postgres.terminate: not possible: Nobody keeps others waiting in db, and no transaction has been idle for 5 min

        May decide: tester.
        Expires ‹clock›, in 15 min; without an answer nothing is done.

        12 of the 17 connections of db stand idle in its pool
        asked-shop: one instance in fork mode, online; nothing answers until it has started
        At most 1 restart.
        Way back: none is needed: its processes start anew, and only what they hold in memory is lost

        A yes does exactly this:
        1. end worker 1 of 1 of asked-shop, start it anew, and wait until it has been up for a while (at most 48 s)

        Began  ‹clock›, a while ago

        Choices: Do it · Not now · Details
        incident ‹id› · to answer in words: approve db, deny db
      "
    `);
    expect(await watch.say('approve', 'db')).toMatch(/yes/i);
    await saturated(watch, 'resolved');
    expect((await actsOn(watch.store.db, watch.app.id, 0)).map(({ by, note }) => `${by}: ${note}`)).toEqual(['us: pm2.reset-pool']);
  });

  it('is left alone while its server is frozen', { timeout: 120_000 }, async () => {
    const { watch, url } = await begin('frozen-shop', '{ default: act-and-tell }');
    await watch.say('freeze', 'db', '--reason', 'we look ourselves');
    await useUp(url);
    await saturated(watch, 'escalated');
    expect(await watch.card()).toMatch(/would have run pm2\.reset-pool, but .* we look ourselves/);
    expect(await actsOn(watch.store.db, watch.app.id, 0)).toEqual([]);
  });
});
