import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { actsOn } from '../../src/store/acts.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { getResource } from '../../src/store/resources.js';
import { startPm2Home, until, type Pm2Home, type StartedApp } from '../doubles/pm2-home.js';
import { fillKeys } from '../doubles/redis-target.js';
import { noRedis, ownRedis, type OwnRedis } from '../doubles/redis.js';
import { brisk } from './brisk.js';
import { beginWatch, type Watch } from './watch.js';

/** Its checkout writes a page into the cache, and fails where that refuses. */
const SHOP = `
const net = require('node:net');
function keep() {
  return new Promise((kept) => {
    const line = net.connect(Number(process.env.CACHE_PORT), '127.0.0.1', () => line.write('SET page:checkout ' + 'x'.repeat(100) + '\\r\\n'));
    line.setTimeout(500, () => line.destroy());
    line.on('data', (answer) => { kept(answer.toString().startsWith('+OK')); line.destroy(); }).on('error', () => kept(false)).on('close', () => kept(false));
  });
}
require('node:http').createServer(async (request, response) => {
  response.writeHead(request.url !== '/checkout' || (await keep()) ? 200 : 500).end();
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

describe.skipIf(noRedis)('an app and its cache', () => {
  let home: Pm2Home;
  let own: OwnRedis;
  let app: StartedApp;

  beforeAll(async () => {
    [home, own] = await Promise.all([startPm2Home(), ownRedis()]);
    app = await home.startApp({ name: 'shop', code: SHOP, awaitAnswer: true, env: { CACHE_PORT: new URL(own.url).port } });
  });

  beforeEach(() => rm(join(home.home, 'hypercare.anchor'), { force: true })); // Of the store of the test before.

  afterAll(async () => {
    await home.stop();
    await own.stop();
  });

  async function begin(): Promise<Watch> {
    const watch = await beginWatch(brisk(home, `apps:
  shop:
    url: http://127.0.0.1:${app.port}
    endpoints: [{ path: /checkout, critical: true, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
    uses: [cache]
redis:
  cache: { url: "${own.url.replace('//', '//:hunter2@')}", every: 30s, timeout: 1s, invalidate: ["page:"] } # The shop's trouble is seen first.
policy:
  default: act-and-tell
`));
    onTestFinished(() => watch.stop());
    await watch.steady();
    return watch;
  }

  it('that is full: the app is left alone while the cache is emptied by policy, and both are well again', async () => {
    const watch = await begin();
    await own.say('SET', 'basket:7', 'full');
    await fillKeys(own, 'page:user:', 1_200);
    expect((await watch.say('repair', 'redis.invalidate', 'cache', '--with', 'prefix=page:user:', '--dry-run')).replace(/plan [0-9a-f]{12}/, 'plan ‹hash›')).toMatchInlineSnapshot(`
      "
      i INFO  cache: redis.invalidate would be done without asking; nothing was done now
        It would do exactly this:
        1. UNLINK the keys that begin with page:user:, 1000 at a time and at most 2,000 (at most 30 s)

        1,200 keys begin with page:user: now, like page:user:…
        What answers from this cache is slow until it is filled again, and what stands behind it is asked more.
        At most 2000 keys.
        Way back: none is needed: the apps fill their cache again, and ask its source until then

        Policy: auto, because tester asked for it, and may approve (rule asked-by-approver).

        plan ‹hash›
      "
    `);
    expect(await watch.say('repair', 'redis.invalidate', 'cache', '--with', 'prefix=basket:', '--dry-run')).toMatchInlineSnapshot(`
      "
      ! WARNING  cache: redis.invalidate is not possible
        the config does not allow to remove what this begins with; it allows page:
      "
    `);
    expect(await own.say('EXISTS', 'page:user:1')).toBe(1);
    await own.say('CONFIG', 'SET', 'maxmemory', '16mb');
    await fillKeys(own, 'page:user:', 40_000, 'x'.repeat(500)); // What began while there was room may go beyond it.
    const { store, monitor } = watch;
    const all = async () => recentIncidents(store.db, monitor.ctx.hostId, 20);
    await until('the cache to be emptied, and nothing to be open', async () => (await all()).some(({ kind }) => kind === 'redis-full') && (await all()).every(({ state }) => state === 'resolved'), 45_000);
    expect((await fetch(`http://127.0.0.1:${app.port}/checkout`)).status).toBe(200);
    expect(await own.say('GET', 'basket:7')).toBe('full');
    expect(await actsOn(store.db, watch.app.id, 0)).toEqual([]);
    const incident = (await all()).find(({ kind }) => kind === 'redis-full');
    expect((await getResource(store.db, incident?.resourceId as never)).name).toBe('cache');
    // Two incidents go side by side: which is written first is chance.
    const story = (await watch.story()).trim().split(/\n(?=\S)/);
    expect(story.filter((entry) => !/shop|checkout/.test(entry)).join('\n')).toMatchInlineSnapshot(`
      "hypercare: incident on cache: its memory is full, so it refuses writes: 16 MiB
          some readings in a row, for a while; Remove what is not needed, or raise its maxmemory.
      hypercare: redis.invalidate is what can be tried
          for redis-full the runbook has nothing else
      hypercare: redis.invalidate on cache: auto
          the rule “default” lets it act and tell
      hypercare: redis.invalidate on cache began
          rule default, plan hash ‹hash›
      hypercare: redis.invalidate on cache ended: verified
          3 good readings in a row of redis
      hypercare: incident over: its memory is full, so it refuses writes: 16 MiB
          redis.invalidate mended it after a while: 3 good readings in a row of redis"
    `);
    // Whose trouble is seen first is chance, so the shop may have had an incident of its own for a moment.
    expect(story.filter((entry) => /storm of shop began/.test(entry)).join('\n')).toMatchInlineSnapshot(`
      "hypercare: storm of shop began
          cache is bad, which it needs: its memory is full, so it refuses writes: 16 MiB"
    `);
    // One of its pages the shop may have made meanwhile.
    expect((await watch.card()).replace(/40,00[01] keys/, '40,000 keys').replace(/from \d+ MiB to \d+ MiB/, 'from much to little')).toMatchInlineSnapshot(`
      "
      ✓ GOOD  cache is good again after a while: its memory is full, so it refuses writes: 16 MiB
        Lasted a while, from ‹clock› to ‹clock›.
        Mended by redis.invalidate after a while; verified by 3 good checks.
        It removed 40,000 keys that began with page:; its memory went from much to little.

        incident ‹id›
      "
    `);
    expect(JSON.stringify([story, watch.logs])).not.toContain('hunter2');
  }, 60_000);

  it('that hangs: people are called, nothing is done to either, and it is over when it answers', async () => {
    await own.say('CONFIG', 'SET', 'maxmemory', '0');
    const watch = await begin();
    own.freeze();
    await watch.incident('escalated');
    // What the shop saw of it may be there already.
    expect((await watch.card()).replace(/^ *Also: .*\n/gm, '')).toMatchInlineSnapshot(`
      "
      ✗ CRITICAL  cache needs you: it takes connections and does not answer
        At ‹clock›: some readings in a row, for a while
        Look at its process and its machine: it may be stopped, swapping, or at one very slow command.

        hypercare has stopped acting: no repair is known for this kind of problem.
        Now: look at cache yourself. It is still measured, and this closes by itself once it is good.

        Began  ‹clock›, a while ago

        incident ‹id›
      "
    `);
    own.thaw();
    const { store, monitor } = watch;
    await until('nothing to be open', async () => (await recentIncidents(store.db, monitor.ctx.hostId, 20)).every(({ state }) => state === 'resolved'), 45_000);
    expect(await actsOn(store.db, watch.app.id, 0)).toEqual([]);
  }, 60_000);
});
