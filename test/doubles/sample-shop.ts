/** The real sample shop in a PM2 home of its own, and what its customers see of it. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { askShop, installShop, type Shop, shopProcesses } from '../../scripts/shop/shop.js';
import { type Pm2Home, startPm2Home, until } from './pm2-home.js';

export interface SampleShop {
  readonly shop: Shop;
  readonly pm2Home: Pm2Home;
  /** Where the shop's directory lies in; removed at the end. */
  readonly scratch: string;
  /** Stops and starts the shop by PM2, whatever state it is in, and waits until both workers answer at /health. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSampleShop(): Promise<SampleShop> {
  const pm2Home = await startPm2Home();
  const scratch = await mkdtemp(join(tmpdir(), 'hypercare-shop-'));
  const stop = async (): Promise<void> => {
    await pm2Home.stop();
    await rm(scratch, { recursive: true, force: true });
  };
  try {
    const shop = await installShop({ dir: join(scratch, 'shop'), pm2Home: pm2Home.home });
    return { shop, pm2Home, scratch, restart: () => restart(shop, pm2Home), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Status of each page, asked once. */
export async function statuses(shop: Shop): Promise<Record<string, number | null>> {
  const pages = ['/', '/health', '/cart', '/checkout'];
  return Object.fromEntries(await Promise.all(pages.map(async (page) => [page, await status(shop, page)] as const)));
}

export async function status(shop: Shop, page: string, withinMs = 2_000): Promise<number | null> {
  return (await askShop(shop, page, withinMs))?.status ?? null;
}

/** Asked so often at once that PM2's cluster gives each worker its share. */
export function ofEachWorker<T>(ask: () => Promise<T>): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: 6 }, ask));
}

/** The versions that answer now: one while a release is settled, two in the middle of a reload. */
export async function versions(shop: Shop): Promise<readonly string[]> {
  const answers = await ofEachWorker(() => askShop(shop, '/version'));
  return [...new Set(answers.map((answer) => (JSON.parse(answer?.body ?? '{}') as { version: string }).version))].sort();
}

export async function pids(shop: Shop): Promise<readonly number[]> {
  return (await shopProcesses(shop)).map((one) => one.pid);
}

/** Resident set of each worker in bytes. */
export async function memory(shop: Shop): Promise<readonly number[]> {
  const kilobytes = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return (await pids(shop)).map((pid) => kilobytes(pid) * 1024);
}

/** Ten customers on kept connections, asking without a pause; what went wrong for any of them is listed at the end. */
export function customers(shop: Shop): { answered(): number; leave(): Promise<readonly string[]> } {
  const pool = new Pool(shop.url, { connections: 10, pipelining: 1 });
  const lost: string[] = [];
  let answered = 0;
  let shopping = true;
  const buy = async (): Promise<void> => {
    const response = await pool.request({ path: '/checkout', method: 'GET' });
    await response.body.dump();
    if (response.statusCode === 200) answered += 1;
    else lost.push(String(response.statusCode));
  };
  const customer = async (): Promise<void> => {
    while (shopping) await buy().catch((error: Error) => lost.push(error.message));
  };
  const all = Array.from({ length: 10 }, customer);
  return {
    answered: () => answered,
    leave: async () => {
      shopping = false;
      await Promise.all(all);
      await pool.close();
      return lost;
    },
  };
}

async function restart(shop: Shop, pm2Home: Pm2Home): Promise<void> {
  await pm2Home.pm2('stop', shop.name);
  await pm2Home.pm2('restart', shop.name);
  await until('every worker to answer again', async () => (await ofEachWorker(() => status(shop, '/health'))).every((one) => one === 200));
}
