import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actsOn } from '../../src/store/acts.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { packageRoot } from '../../src/io/package-root.js';
import { noPostgres, startPgTown, type PgTown } from '../doubles/pg-town.js';
import { until } from '../doubles/pm2-home.js';
import type { Watch } from './watch.js';
import { watchedHome } from './watched-home.js';

/** Its checkout asks the database over a connection of its own each time, and fails where none is to be had in time. */
const SHOP = `
const pg = require(process.env.PACKAGES + '/node_modules/pg');
async function ask() {
  const client = new pg.Client({ connectionString: process.env.DB, application_name: 'shop-web', connectionTimeoutMillis: 1000, query_timeout: 1000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    client.connection.stream.destroy();
  }
}
require('node:http').createServer(async (request, response) => {
  response.writeHead(request.url !== '/checkout' || (await ask()) ? 200 : 500).end();
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

describe.skipIf(noPostgres)('an app whose PostgreSQL', () => {
  const house = watchedHome();
  let town: PgTown;

  beforeAll(async () => {
    town = await startPgTown({ max_connections: '20' });
  }, 60_000);
  afterAll(() => town.stop());

  async function begin(name: string): Promise<{ readonly watch: Watch; readonly checkout: () => Promise<number> }> {
    const app = await house.pm2.startApp({ name, code: SHOP, awaitAnswer: true, env: { DB: town.shopUrl, PACKAGES: packageRoot() } });
    const watch = await house.watch(`apps:
  ${name}:
    url: http://127.0.0.1:${app.port}
    endpoints: [{ path: /checkout, critical: true, samples: 1, timeout: 3s }]
    liveness: { path: /, every: 1s }
    uses: [db]
postgres:
  db: { url: "${town.url}", every: 30s, timeout: 1s, own: ["shop-*"] } # The shop's trouble is seen first.
policy: { default: act-and-tell }
`);
    await watch.steady();
    return { watch, checkout: async () => (await fetch(`http://127.0.0.1:${app.port}/checkout`)).status };
  }

  /** Its card once people are called, when the app's own trouble is known to be that of its database. */
  async function called(watch: Watch, kind: string): Promise<string> {
    const all = () => recentIncidents(watch.store.db, watch.monitor.ctx.hostId, 20);
    await until('people to be called', async () => (await all()).some((one) => one.kind === kind && one.state === 'escalated'), 45_000);
    await until('the app’s trouble to be its database’s', async () => (await all()).every(({ resourceId, state }) => resourceId !== watch.app.id || state === 'resolved'), 45_000);
    const incident = (await all()).find((one) => one.kind === kind);
    return (await watch.card(incident)).replace(/^ *Also: .*\n/gm, '');
  }

  async function well({ watch, checkout }: Awaited<ReturnType<typeof begin>>): Promise<void> {
    const all = () => recentIncidents(watch.store.db, watch.monitor.ctx.hostId, 20);
    await until('nothing to be open', async () => (await all()).every(({ state, severity }) => state === 'resolved' || severity === 'info'), 45_000);
    expect(await checkout()).toBe(200);
    expect(await actsOn(watch.store.db, watch.app.id, 0)).toEqual([]);
    expect((await all()).map(({ kind }) => kind)).not.toContain('connections-lost');
  }

  it('has no connection left is left alone: people are told who has them, and both are well when some come back', { timeout: 120_000 }, async () => {
    const begun = await begin('crowded-shop');
    const taken = [];
    for (let n = 0; n < 20; n += 1) taken.push(await town.session('shop-batch').catch(() => null));
    expect(taken.filter((one) => one !== null).length).toBeLessThan(18);
    expect(await called(begun.watch, 'postgres-saturated')).toMatchInlineSnapshot(`
      "
      ✗ CRITICAL  db needs you: all 17 connections are in use: shop-batch 16 (16 idle)
        At ‹clock›: some readings in a row, for a while
        no one app here has more than half of them idle, so none is restarted for it
        the instances of all apps, each times the size of its pool, should come to less than 16
        A reload of the app with the largest pool gives back what stands idle: hypercare repair pm2.reload <app>.

        postgres.terminate: not possible: Nobody keeps others waiting in db, and no transaction has been idle for 5 min

        hypercare has stopped acting: nothing is left to try.
        Now: look at db yourself. It is still measured, and this closes by itself once it is good.

        Began  ‹clock›, a while ago

        incident ‹id›
      "
    `);
    for (const one of taken) await one?.end();
    await well(begun);
  });

  it('is frozen is left alone: people are called, and both are well when it goes on', { timeout: 120_000 }, async () => {
    const begun = await begin('waiting-shop');
    await town.freeze();
    const card = await called(begun.watch, 'postgres-hung').finally(() => town.thaw());
    expect(card).toMatchInlineSnapshot(`
      "
      ✗ CRITICAL  db needs you: it takes connections and does not answer: no answer within a while
        At ‹clock›: some readings in a row, for a while
        Look at its processes and its machine: they may be stopped, swapping, or waiting for a disk.

        hypercare has stopped acting: no repair is known for this kind of problem.
        Now: look at db yourself. It is still measured, and this closes by itself once it is good.

        Began  ‹clock›, a while ago

        incident ‹id›
      "
    `);
    await well(begun);
  });
});
