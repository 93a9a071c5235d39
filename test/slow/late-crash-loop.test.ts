import { afterAll, beforeAll, expect, it } from 'vitest';
import { breakShop } from '../../scripts/shop/break-shop.js';
import { deployShop, shopProcesses } from '../../scripts/shop/shop.js';
import { until } from '../doubles/pm2-home.js';
import { ofEachWorker, type SampleShop, startSampleShop, status, statuses } from '../doubles/sample-shop.js';

let sample: SampleShop;

beforeAll(async () => {
  sample = await startSampleShop();
});

afterAll(() => sample.stop());

it('the late crash loop begins 20 s after the release, PM2 never ends it, and the release before does', { timeout: 120_000 }, async () => {
  const { shop } = sample;
  await breakShop(shop, 'late-crash-loop');
  expect(await statuses(shop)).toEqual({ '/': 200, '/health': 200, '/cart': 200, '/checkout': 200 });
  await until('forty exits', async () => (await restarts()) > 40, 60_000);
  expect((await shopProcesses(shop)).map((one) => one.status)).not.toContain('errored');
  await deployShop(shop, 2);
  await until('the good release to answer', async () => (await ofEachWorker(() => status(shop, '/checkout'))).every((one) => one === 200));
  const settled = await restarts();
  expect(await statuses(shop)).toEqual({ '/': 200, '/health': 200, '/cart': 200, '/checkout': 200 });
  expect(await restarts()).toBe(settled);
});

async function restarts(): Promise<number> {
  return (await shopProcesses(sample.shop)).reduce((sum, one) => sum + one.restarts, 0);
}
