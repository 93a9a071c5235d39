import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { breakShop } from '../../../scripts/shop/break-shop.js';
import { askShop, deployShop, type Shop, shopProcesses } from '../../../scripts/shop/shop.js';
import { until } from '../../doubles/pm2-home.js';
import { memory, ofEachWorker, pids, type SampleShop, startSampleShop, status, statuses } from '../../doubles/sample-shop.js';

const ALL_WELL = { '/': 200, '/health': 200, '/cart': 200, '/checkout': 200 };

let sample: SampleShop;
let shop: Shop;

beforeAll(async () => {
  sample = await startSampleShop();
  shop = sample.shop;
});

afterAll(() => sample.stop());

describe('a fault in memory lasts until the workers are restarted', () => {
  afterEach(async () => {
    await sample.restart();
    expect(await statuses(shop)).toEqual(ALL_WELL);
  });

  it('errors: every page that needs a price answers 500, and /health does not notice', async () => {
    await breakShop(shop, 'errors');
    await until('the checkout to fail in both workers', async () => (await ofEachWorker(() => status(shop, '/checkout'))).every((one) => one === 500));
    expect(await statuses(shop)).toEqual({ '/': 500, '/health': 200, '/cart': 500, '/checkout': 500 });
  });

  it('slow: every page takes most of a second, and is right', async () => {
    await breakShop(shop, 'slow');
    await until('both workers to be slow', async () => (await ofEachWorker(() => timeOf('/health'))).every((ms) => ms > 500));
    expect(await status(shop, '/checkout')).toBe(200);
  });

  it('leak: the memory of both workers grows on and on', async () => {
    const before = await memory(shop);
    await breakShop(shop, 'leak');
    await until('both workers to have grown by 30 MB', async () => (await memory(shop)).every((bytes, index) => bytes > (before[index] ?? 0) + 30e6));
    expect(await status(shop, '/checkout')).toBe(200);
  });

  it('hang: no worker answers, and PM2 sees nothing wrong', async () => {
    await breakShop(shop, 'hang');
    await until('nobody to answer', async () => (await ofEachWorker(() => status(shop, '/health', 300))).every((one) => one === null));
    const hung = await shopProcesses(shop);
    expect(hung.map((one) => one.status)).toEqual(['online', 'online']);
    await replaceWorkers();
  });

  it('hang of one worker: some requests are answered, others are not', async () => {
    await breakShop(shop, 'hang', 'one');
    await until('both kinds of request', async () => {
      const answers = await ofEachWorker(() => status(shop, '/health', 500));
      return answers.includes(null) && answers.includes(200);
    });
    await replaceWorkers();
  });
});

describe('a fault in the release', () => {
  it('bad-release: the checkout fails from the first request on, and the release before it heals it', async () => {
    await breakShop(shop, 'bad-release');
    expect(await statuses(shop)).toEqual({ ...ALL_WELL, '/checkout': 500 });
    await sample.restart();
    expect(await status(shop, '/checkout')).toBe(500);
    await deployShop(shop, 2);
    expect(await statuses(shop)).toEqual(ALL_WELL);
  });
});

describe('a crash while the price list is away', () => {
  it('ends with PM2 giving up and nobody answering, until somebody restarts the shop', async () => {
    await breakShop(shop, 'crash');
    expect((await shopProcesses(shop)).map((one) => one.status)).toEqual(['errored', 'errored']);
    expect(await askShop(shop, '/health')).toBeNull();
    await sample.restart();
    expect(await statuses(shop)).toEqual(ALL_WELL);
  });
});

async function timeOf(page: string): Promise<number> {
  const from = performance.now();
  await askShop(shop, page);
  return performance.now() - from;
}

/** Left hung they would cost a restart the whole of its kill_timeout; killed and not yet replaced, PM2 refuses it. */
async function replaceWorkers(): Promise<void> {
  for (const pid of await pids(shop)) process.kill(pid, 'SIGKILL');
  await until('the killed workers to be replaced', async () => (await ofEachWorker(() => status(shop, '/health'))).every((one) => one === 200));
}
