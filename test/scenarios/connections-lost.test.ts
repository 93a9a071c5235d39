import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/io/package-root.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { actsOn } from '../../src/store/acts.js';
import { noPostgres, startPgTown, type PgTown } from '../doubles/pg-town.js';
import { until } from '../doubles/pm2-home.js';
import { noRedis, ownRedis, type OwnRedis } from '../doubles/redis.js';
import type { Watch } from './watch.js';
import { watchedHome } from './watched-home.js';

/** Holds one connection to its cache, and gives up after the third try to get it back: a usual retryStrategy. */
const CACHED_SHOP = `
const { Redis } = require(process.env.PACKAGES + '/node_modules/ioredis');
const cache = new Redis(process.env.CACHE, { retryStrategy: (times) => (times > 3 ? null : 20), maxRetriesPerRequest: 0, enableOfflineQueue: false });
cache.on('error', () => undefined);
require('node:http').createServer(async (request, response) => {
  response.writeHead(request.url !== '/checkout' || (await cache.get('page:checkout').then(() => true, () => false)) ? 200 : 500).end();
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

/** Asks its database over one client, which can never be asked again once its connection broke. */
const STORED_SHOP = `
const pg = require(process.env.PACKAGES + '/node_modules/pg');
const client = new pg.Client({ connectionString: process.env.DB, application_name: 'shop-web' });
client.on('error', () => undefined);
client.connect().then(() => require('node:http').createServer(async (request, response) => {
  response.writeHead(request.url !== '/checkout' || (await client.query('select 1').then(() => true, () => false)) ? 200 : 500).end();
}).listen(Number(process.env.PORT), '127.0.0.1'));
`;

const house = watchedHome();

async function begin(name: string, code: string, { env, servers, uses }: { readonly env: Readonly<Record<string, string>>; readonly servers: string; readonly uses: string }): Promise<{ readonly watch: Watch; readonly checkout: () => Promise<number> }> {
  const app = await house.pm2.startApp({ name, code, awaitAnswer: true, env: { PACKAGES: packageRoot(), ...env } });
  const watch = await house.watch(`apps:
  ${name}:
    url: http://127.0.0.1:${app.port}
    endpoints: [{ path: /checkout, critical: true, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
    uses: [${uses}]
${servers}
policy:
  default: observe
  rules: [{ name: new connections, repair: pm2.reload, rung: act-and-tell, when: 'incident.kind == "connections-lost"' }]
`);
  await watch.steady();
  return { watch, checkout: async () => (await fetch(`http://127.0.0.1:${app.port}/checkout`)).status };
}

async function mended({ store, monitor }: Watch): Promise<void> {
  const all = async () => recentIncidents(store.db, monitor.ctx.hostId, 20);
  await until('the app to be mended', async () => (await all()).some(({ kind, state }) => kind === 'connections-lost' && state === 'resolved'), 45_000);
}

async function restarts({ store, app }: Watch): Promise<readonly string[]> {
  return (await actsOn(store.db, app.id, 0)).map(({ by, kind }) => `${kind} by ${by}`);
}

describe.skipIf(noRedis)('an app whose client gave up while its Redis was down', () => {
  let cache: OwnRedis;
  beforeAll(async () => {
    cache = await ownRedis();
  });
  afterAll(() => cache.stop());

  it('is left alone until that is well again, and is reloaded then, as policy says of that', { timeout: 90_000 }, async () => {
    const { watch, checkout } = await begin('cached-shop', CACHED_SHOP, { env: { CACHE: cache.url }, uses: 'cache', servers: `redis:\n  cache: { url: "${cache.url}", every: 1s, timeout: 1s }` });
    process.kill(cache.pid, 'SIGKILL');
    await watch.incident('escalated');
    expect(await restarts(watch)).toEqual([]);
    await cache.restart();
    await mended(watch);
    expect(await checkout()).toBe(200);
    expect(await restarts(watch)).toEqual(['restart by us']);
    // How its Redis was at that moment stands beside what the app was.
    expect(await watch.store.db.selectFrom('evidence').select(['kind', 'missing']).where('kind', 'like', 'redis%').execute()).toEqual([{ kind: 'redis cache', missing: null }]);
    // Whose trouble is seen first is chance, so the shop may have had an incident of its own for a moment.
    const story = (await watch.story()).split(/\n(?=\S)/).filter((entry) => !/launch|monitor|storm|anew/.test(entry) && (!entry.includes('/checkout') || entry.includes('though'))).join('\n');
    expect(story).toMatchInlineSnapshot(`
      "
      hypercare: incident on cache: it does not take connections
          some readings in a row, for a while; Look whether the server runs, and whether its address in hypercare.yaml is right.
      hypercare: people are needed: it does not take connections
          no repair is known for this kind of problem
      hypercare: incident over: it does not take connections
          good again by itself after a while
      hypercare: incident on cached-shop: /checkout: status 500, some checks in a row over a while, though cache is good again
          status 500 × some; never good in the readings looked at; it was well before, and broke with cache: its connections there are most likely lost
      hypercare: pm2.reload is what can be tried
          for connections-lost the runbook has nothing else
      hypercare: pm2.reload on cached-shop: auto
          the rule “new connections” lets it act and tell
      hypercare: pm2.reload on cached-shop began
          rule new connections, plan hash ‹hash›
      hypercare: pm2.reload on cached-shop ended: verified
          3 good readings in a row of each of 3 checks
      hypercare: incident over: /checkout: status 500, some checks in a row over a while, though cache is good again
          pm2.reload mended it after a while: 3 good readings in a row of each of 3 checks
      "
    `);
  });
});

describe.skipIf(noPostgres)('an app whose client is dead since its PostgreSQL began anew', () => {
  let town: PgTown;
  beforeAll(async () => {
    town = await startPgTown();
  }, 60_000);
  afterAll(() => town.stop());

  it('is reloaded too, though nobody saw the server down', { timeout: 90_000 }, async () => {
    const { watch, checkout } = await begin('stored-shop', STORED_SHOP, { env: { DB: town.shopUrl }, uses: 'db', servers: `postgres:\n  db: { url: "${town.url}", every: 30s, timeout: 1s }` });
    await town.restart();
    await mended(watch);
    expect(await checkout()).toBe(200);
    expect(await restarts(watch)).toEqual(['restart by us']);
    const mending = (await recentIncidents(watch.store.db, watch.monitor.ctx.hostId, 20)).find(({ kind }) => kind === 'connections-lost');
    expect(mending).toMatchObject({ severity: 'critical', emergency: false, reason: expect.stringMatching(/^pm2\.reload mended it/) });
  });
});
