import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Io } from '../../src/io/io.js';
import { actsOn } from '../../src/store/acts.js';
import { baselinesOf } from '../../src/store/baselines.js';
import { checksOf } from '../../src/store/checks.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { startLimited } from '../doubles/limited-apps.js';
import { startPm2Home, until, type Pm2Home, type StartedApp } from '../doubles/pm2-home.js';
import { noRedis, ownRedis, type OwnRedis } from '../doubles/redis.js';
import { brisk } from './brisk.js';
import { beginWatch, type Watch } from './watch.js';

/** More than its checks make in a story. */
const LIMIT = 600;
const USUAL = 2;

describe.skipIf(noRedis)('an app whose rate limiter turns away all who come through the proxy on its machine, our checks too', () => {
  let home: Pm2Home;
  let own: OwnRedis;
  let app: StartedApp;
  /** What PM2's agent would say after minutes. */
  let perSecond = USUAL;

  beforeAll(async () => {
    [home, own] = await Promise.all([startPm2Home(), ownRedis()]);
    app = await startLimited(home, 'express-rate-limit', { name: 'shop', redisUrl: own.url, limit: LIMIT });
  }, 60_000);

  beforeEach(async () => {
    await rm(join(home.home, 'hypercare.anchor'), { force: true });
    await own.say('FLUSHDB');
    perSecond = USUAL;
  });

  afterAll(async () => {
    await home.stop();
    await own.stop();
  });

  const counting = (real: Io): Io => ({ ...real, pm2: { ...real.pm2, list: async () => (await real.pm2.list()).map((one) => ({ ...one, startedAt: one.startedAt - 600_000, requestsPerS: perSecond })) } });

  async function begin(policy: string): Promise<Watch> {
    const watch = await beginWatch(brisk(home, `apps:
  shop:
    url: ${app.url}
    endpoints: [{ path: /, critical: true, samples: 1, timeout: 2s }]
    liveness: { path: /health, every: 1s }
    uses: [cache]
    limiters: [{ prefix: "rl:", limit: ${LIMIT} }]
redis:
  cache: { url: "${own.url}", every: 1s, timeout: 1s }
policy: ${policy}
`), { outside: counting });
    onTestFinished(() => watch.stop());
    await watch.steady();
    await until('the usual to be learned', () => isLearned(watch), 45_000);
    return watch;
  }

  async function isLearned({ store, app: { id } }: Watch): Promise<boolean> {
    const launch = await openLaunchOf(store.db, id);
    const pm2 = (await checksOf(store.db, id)).find(({ probe }) => probe === 'pm2');
    return launch !== null && pm2 !== undefined && ((await baselinesOf(store.db, [pm2.id], launch.releaseId)).get(pm2.id)?.n ?? 0) >= 10;
  }

  /** Others who come the same way, until nobody is let in any more. */
  async function crowd(): Promise<void> {
    for (let asked = 0; asked < 2 * LIMIT; asked += 20) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(app.url).then((answer) => answer.text().then(() => answer.status))));
      if (answers.every((status) => status === 429)) return;
    }
    throw new Error('nobody was ever turned away');
  }

  it('is not restarted for it; people are asked, told whom it lets in, and after a yes it is seen to answer', async () => {
    const watch = await begin('{ default: act-and-tell }');
    await crowd();
    await watch.asked();
    const card = (await watch.card()).replace(/\(6\d\d of 600\)/g, '(many of 600)').replace(/, \d+ in a row over a while/, ', some in a row over a while');
    expect(card.replace(/^ *Also: .*\n/gm, '')).toMatchInlineSnapshot(`
      "
      ✗ CRITICAL  shop: may I let in again whom its rate limiter turns away? /: a rate limiter turns hypercare’s checks away (status 429), some in a row over a while
        At ‹clock›: it counts: 127.0.0.1 (many of 600)
        2 requests a second come in; up to 2 are usual
        The checks come from this machine: so does whoever comes through a proxy on it, unless the app trusts that (“trust proxy”). Let the limiter pass the checks.

        It began a while after release shop went live.

        I ask because it lets in again whom the app keeps out, and no rule names it.
        May decide: tester.
        Expires ‹clock›, in 15 min; without an answer nothing is done.

        1 of 1 counters below rl: in cache: 127.0.0.1 (many of 600)
        One of them is this machine or its network: whoever comes through a proxy there is let in with it.
        2 requests a second come in now, by PM2's count of the last minute.
        At most 10 counters, no restarts.
        Way back: none is needed: whoever asks is counted anew, from nothing

        A yes does exactly this:
        1. UNLINK in cache the counters below rl: above the limit of 600, at most 10 (at most 20 s)

        Began    ‹clock›, a while ago
        Release  shop (watching)

        Choices: Do it · Not now · Details
        incident ‹id› · to answer in words: approve shop, deny shop
      "
    `);
    await watch.say('approve', 'shop');
    await watch.incident('resolved');
    expect((await fetch(app.url)).status).toBe(200);
    expect((await actsOn(watch.store.db, watch.app.id, 0)).map(({ kind }) => kind)).toEqual(['ratelimit.clear']);
  }, 120_000);

  it('is let in without asking where a rule names it and no more come in than usual', async () => {
    const watch = await begin('{ default: act-and-tell, rules: [{ repair: ratelimit.clear, rung: act-and-tell }] }');
    await crowd();
    await watch.incident('resolved');
    const story = await watch.story();
    expect(story).toContain('hypercare: ratelimit.clear on shop: auto');
    expect(story).toContain('hypercare: ratelimit.clear on shop ended: verified');
    expect((await fetch(app.url)).status).toBe(200);
  }, 120_000);

  it('is not let in by the machine while more requests come in than usual', async () => {
    const watch = await begin('{ default: act-and-tell, rules: [{ repair: ratelimit.clear, rung: act-and-tell }] }');
    perSecond = 40;
    await crowd();
    await watch.asked();
    // What came before it was seen is learned, and does not become usual.
    expect(await watch.story()).toMatch(/ratelimit\.clear on shop: ask\n    rule risk:request-rate: 40 requests a second come in, and up to [24] are usual: an attack would be let in/);
    expect((await fetch(app.url)).status).toBe(429);
  }, 120_000);
});
