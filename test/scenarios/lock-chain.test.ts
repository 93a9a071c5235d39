import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { actsOn } from '../../src/store/acts.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { packageRoot } from '../../src/io/package-root.js';
import { noPostgres, startPgTown, type PgTown } from '../doubles/pg-town.js';
import { startPm2Home, until, type Pm2Home } from '../doubles/pm2-home.js';
import { brisk } from './brisk.js';
import { beginWatch, type Watch } from './watch.js';

/** Its checkout changes an order, and fails where it cannot within two seconds. */
const SHOP = `
const pg = require(process.env.PACKAGES + '/node_modules/pg');
const pool = new pg.Pool({ connectionString: process.env.DB, application_name: 'shop-web', max: 4, statement_timeout: 2000 });
pool.on('error', () => undefined);
require('node:http').createServer(async (request, response) => {
  const done = request.url !== '/checkout' || (await pool.query('update orders set note = note where id = 1').then(() => true, () => false));
  response.writeHead(done ? 200 : 500).end();
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

describe.skipIf(noPostgres)('a chain of three that waits for a session idle in its transaction', () => {
  let home: Pm2Home;
  let town: PgTown;

  beforeAll(async () => {
    [home, town] = await Promise.all([startPm2Home(), startPgTown({ shared_preload_libraries: 'pg_stat_statements' })]);
    await town.sql('create extension pg_stat_statements');
  }, 60_000);

  afterAll(async () => {
    await home?.stop();
    await town?.stop();
  });

  async function begin(rung = 'ask'): Promise<{ readonly watch: Watch; readonly checkout: () => Promise<number> }> {
    const app = await home.startApp({ name: 'shop', code: SHOP, awaitAnswer: true, env: { DB: town.shopUrl, PACKAGES: packageRoot() } });
    const watch = await beginWatch(brisk(home, `apps:
  shop:
    url: http://127.0.0.1:${app.port}
    endpoints: [{ path: /checkout, critical: true, samples: 1, timeout: 3s }]
    liveness: { path: /, every: 1s }
    uses: [db]
postgres:
  db: { url: "${town.url}", every: 1h, timeout: 1s, blocked: 4s, own: ["shop-*"] } # The shop's trouble is seen first, and has it looked at.
policy:
  default: act-and-tell
  rules: [{ name: sessions are asked for, repair: postgres.*, rung: ${rung} }]
`));
    onTestFinished(() => watch.stop());
    await watch.steady();
    return { watch, checkout: async () => (await fetch(`http://127.0.0.1:${app.port}/checkout`)).status };
  }

  it('is asked about, ended at its root after a yes, and the app is left alone meanwhile', async () => {
    const { watch, checkout } = await begin();
    const { store, monitor } = watch;
    const { root, waiters, pids } = await town.chain('shop-import');
    const plain = (text: string): string => text.replaceAll(String(root.pid), '‹pid›').replace(/\b\d+ (waiting|waits?|sessions stand)\b/g, 'some $1').replace(/ for a while: it is.*…/, ' …');
    await watch.asked();
    const all = async () => recentIncidents(store.db, monitor.ctx.hostId, 20);
    const blocked = async () => (await all()).find(({ kind }) => kind === 'postgres-blocked');
    await until('the app’s trouble to be that of its database', async () => (await all()).some(({ resourceId, state }) => resourceId === watch.app.id && state === 'resolved'));
    expect(plain(await watch.card())).toMatchInlineSnapshot(`
      "
      ✗ CRITICAL  db: may I do postgres.terminate? session ‹pid› (shop-import) keeps some waiting for a while: it is idle in transaction
        At ‹clock›: some readings in a row, for a while
        some sessions stand in the longest row
        idle_in_transaction_session_timeout keeps apps from holding others up for ever.
        Also: /checkout: status 500, some checks in a row over a while

        postgres.cancel: not possible: session ‹pid› (shop-import) is idle in transaction: a cancel does nothing there, and postgres.terminate is the one

        May decide: tester.
        Expires ‹clock›, in 15 min; without an answer nothing is done.

        session ‹pid› (shop-import), idle in transaction for a while; some wait for it, the longest for a while
        what it has not committed is undone
        a client that does not expect this may take its process with it: shop may be restarted once
        At most 1 session.
        There is no way back from it.

        A yes does exactly this:
        1. pg_terminate_backend(‹pid›) while the same session of shop-import stands idle in the same transaction (at most 15 s)

        Began  ‹clock›, a while ago

        Choices: Do it · Not now · Details
        incident ‹id› · to answer in words: approve db, deny db
      "
    `);
    expect(await watch.say('approve', 'db')).toContain('your yes counts');
    await until('the chain to be gone, proved', async () => (await blocked())?.state === 'resolved', 45_000);
    await Promise.all(waiters);
    expect(await town.sql(`select from pg_stat_activity where pid = ${root.pid}`)).toEqual([]);
    expect(await town.sql(`select from pg_stat_activity where pid in (${pids.slice(1).join()})`), 'only the root was ended').toHaveLength(2);
    expect(await checkout()).toBe(200);
    expect(await actsOn(store.db, watch.app.id, 0)).toEqual([]);
    const said = plain(await watch.story());
    // When the app is measured next is chance.
    const apps = /hypercare: incident over: \/checkout.*\n.*its cause is elsewhere: session.*\n/;
    expect(said).toMatch(apps);
    expect(said.replace(apps, '').split(/hypercare: storm of shop ended/)[0]).toMatchInlineSnapshot(`
      "
      hypercare: the monitor began
          watches shop
      hypercare: launch of shop shop began
          first seen
      hypercare: incident on shop: /checkout: status 500, some checks in a row over a while
          status 500 × some; last good a while ago
      hypercare: incident on db: session ‹pid› (shop-import) keeps some waiting for a while: it is idle in transaction
          some readings in a row, for a while; some sessions stand in the longest row; idle_in_transaction_session_timeout keeps apps from holding others up for ever.
      hypercare: storm of shop began
          db is bad, which it needs: session ‹pid› (shop-import) keeps some waiting for a while: it is idle in transaction
      hypercare: postgres.cancel is tried first
          for postgres-blocked the order is postgres.cancel, postgres.terminate, postgres.cancel, postgres.terminate
      hypercare: postgres.cancel was not possible
          session ‹pid› (shop-import) is idle in transaction: a cancel does nothing there, and postgres.terminate is the one
      hypercare: postgres.terminate on db: ask
          the rule “sessions are asked for” asks first
      tester: said yes to postgres.terminate
          plan hash ‹hash›, through terminal
      hypercare: postgres.terminate on db began
          rule sessions are asked for, plan hash ‹hash›
      hypercare: postgres.terminate on db ended: verified
          3 good readings in a row of postgres
      hypercare: incident over: session ‹pid› (shop-import) keeps some waiting for a while: it is idle in transaction
          postgres.terminate mended it after a while: 3 good readings in a row of postgres
      "
    `);
    expect(plain(await watch.card())).toMatchInlineSnapshot(`
      "
      ✓ GOOD  db is good again after a while: session ‹pid› (shop-import) keeps some waiting …
        Lasted a while, from ‹clock› to ‹clock›.
        Mended by postgres.terminate after a while; verified by 3 good checks.
        It ended session ‹pid› (shop-import).

        postgres.cancel: not possible: session ‹pid› (shop-import) is idle in transaction: a cancel does nothing there, and postgres.terminate is the one

        Asked to do postgres.terminate: tester said yes at ‹clock›; it ran a while.

        incident ‹id›
      "
    `);
    const kept = await Promise.all((await readdir(watch.dir)).filter((file) => file !== 'hypercare.yaml').map((file) => readFile(join(watch.dir, file), 'latin1')));
    expect(kept.join('').length, 'the store is looked through').toBeGreaterThan(10_000);
    expect([...kept, ...watch.logs].filter((text) => text.includes('pw-hypercare'))).toEqual([]);
  }, 90_000);

  it('and where another one keeps others waiting too, that is ended after it', async () => {
    const { watch, checkout } = await begin('act-and-tell');
    const { store, monitor } = watch;
    const { root, waiters } = await town.chain('shop-import');
    const [second, held] = [await town.session('shop-batch'), await town.session('shop-worker')];
    await second.query('begin; select * from orders where id = 5 for update');
    const waiter = held.query("update orders set note = 'z' where id = 5");
    waiter.catch(() => undefined);
    const ended = async (): Promise<boolean> => (await recentIncidents(store.db, monitor.ctx.hostId, 20)).some(({ kind, state }) => kind === 'postgres-blocked' && state === 'resolved');
    await until('both to be ended, proved', ended, 120_000).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await watch.story()}`);
    });
    await Promise.all([...waiters, waiter]);
    expect(await town.sql(`select from pg_stat_activity where pid in (${root.pid}, ${second.pid})`)).toEqual([]);
    expect(await checkout()).toBe(200);
  }, 180_000);
});
