import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitOf } from '../../../scripts/shop/history.js';
import { askShop, deployShop, installedShop, installShop, type Shop } from '../../../scripts/shop/shop.js';
import { until } from '../../doubles/pm2-home.js';
import { customers, pids, type SampleShop, startSampleShop, status, statuses, versions } from '../../doubles/sample-shop.js';

let sample: SampleShop;
let shop: Shop;

beforeAll(async () => {
  process.env['SLACK_BOT_TOKEN'] = 'of the test runner';
  sample = await startSampleShop();
  shop = sample.shop;
});

afterAll(async () => {
  delete process.env['SLACK_BOT_TOKEN'];
  await sample.stop();
});

describe('the installed sample shop', () => {
  it('opens with release 2, its commit in REVISION, and release 1 built beside it', async () => {
    const [first, second] = [await commitOf(shop.places.repo, 1), await commitOf(shop.places.repo, 2)];
    expect(realpathSync(shop.places.current)).toBe(join(realpathSync(join(shop.places.dir, 'releases')), second.slice(0, 12)));
    expect(readFileSync(join(shop.places.current, 'REVISION'), 'utf8').trim()).toBe(second);
    expect(readFileSync(join(shop.places.dir, 'releases', first.slice(0, 12), 'REVISION'), 'utf8').trim()).toBe(first);
    expect(await versions(shop)).toEqual(['2.0.0']);
  });

  it('answers at every page, and says no to a page it does not have', async () => {
    expect(await statuses(shop)).toEqual({ '/': 200, '/health': 200, '/cart': 200, '/checkout': 200 });
    expect(await status(shop, '/nothing')).toBe(404);
    expect(JSON.parse((await askShop(shop, '/checkout?items=tea'))?.body ?? '')).toEqual({ goods: 450, delivery: 390, total: 840 });
  });

  it('has none of the secrets of whoever started it', async () => {
    for (const pid of await pids(shop)) {
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toContain('SHOP_DATA');
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('of the test runner');
    }
  });

  it('is left alone by a second installation', async () => {
    const before = await pids(shop);
    expect(await installShop({ dir: shop.places.dir, pm2Home: sample.pm2Home.home })).toEqual(shop);
    expect(await installedShop(shop.places.dir)).toEqual(shop);
    expect(await pids(shop)).toEqual(before);
  });

  it('refuses the name of an app that is not the shop', async () => {
    await sample.pm2Home.startApp({ name: 'taken' });
    const other = join(sample.scratch, 'other');
    await expect(installShop({ dir: other, pm2Home: sample.pm2Home.home, name: 'taken' })).rejects.toMatchObject({ code: 'shop.name' });
    expect(existsSync(other)).toBe(false);
  });
});

describe('a release of the sample shop', () => {
  it('goes live without one lost request', async () => {
    const load = customers(shop);
    await until('the load to be under way', () => load.answered() > 200);
    await deployShop(shop, 1);
    await until('both workers to run release 1', async () => (await versions(shop)).join() === '1.0.0');
    expect(await load.leave()).toEqual([]);
  });

  it('number 3 takes the checkout down and nothing else, and number 2 heals it', async () => {
    await deployShop(shop, 3);
    expect(await statuses(shop)).toEqual({ '/': 200, '/health': 200, '/cart': 200, '/checkout': 500 });
    await deployShop(shop, 2);
    expect(await statuses(shop)).toEqual({ '/': 200, '/health': 200, '/cart': 200, '/checkout': 200 });
  });
});
