import { beforeEach, describe, expect, it } from 'vitest';
import { trust } from '../../../monitoring/stages/trust.js';
import type { ResourceId } from '../../../src/domain/ids.js';
import { readAudit } from '../../../src/store/audits.js';
import { eventsSince } from '../../../src/store/events.js';
import { pastRun } from '../../doubles/past-run.js';
import { appOf, quietShop } from './quiet-shop.js';

const DAY = 24 * 3_600_000;
const NOW = Date.UTC(2026, 10, 22, 10, 0, 0);

const watched = quietShop(NOW, { policy: 'ask' });
let shop: ResourceId;
beforeEach(async () => {
  shop = (await appOf(watched)).id;
});

const ran = (times: number, state: 'verified' | 'failed', from: number) => watched.store.write(async (tx) => {
  for (let n = 0; n < times; n += 1) await pastRun(tx, { appId: shop, at: NOW - (from - 2 * n) * DAY, verdict: 'ask', state });
});
/** Looks as a monitor does that was just started, and returns what was told until then. */
async function look(days = 0) {
  const { ctx } = watched.monitor;
  await trust().run({ ...ctx, clock: { ...ctx.clock, now: () => NOW + days * DAY } });
  return (await eventsSince(watched.store.db, ctx.hostId, NOW - DAY, 100)).filter(({ kind }) => kind === 'trust.proposed');
}

describe('the trust ladder', () => {
  it('is proposed one rung up once, however often it is looked at and however often the monitor starts', async () => {
    await ran(10, 'verified', 40);
    expect(await look()).toMatchObject([{ body: { app: shop, repair: 'pm2.reload', to: 'act-and-tell', runs: 10 } }]);
    await ran(1, 'verified', 15);
    expect(await look(1)).toHaveLength(1);
    expect((await readAudit(watched.store.db, watched.monitor.ctx.hostId, 20)).map(({ what }) => what)).toContain('proposed act-and-tell in place of ask for pm2.reload on shop');
  });

  it('is proposed again where the row was broken and began anew', async () => {
    await ran(10, 'verified', 80);
    expect(await look(-50)).toEqual([]);
    const told = async () => (await eventsSince(watched.store.db, watched.monitor.ctx.hostId, 0, 100)).filter(({ kind }) => kind === 'trust.proposed').length;
    expect(await told()).toBe(1);
    await ran(1, 'failed', 55);
    await ran(10, 'verified', 45);
    await look();
    expect(await told()).toBe(2);
  });

  it('is not touched while too little is known, and never by itself', async () => {
    await ran(9, 'verified', 40);
    expect(await look()).toEqual([]);
    expect(watched.monitor.ctx.settings.policy.default).toBe('ask');
  });
});
