import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HypercareError } from '../../src/domain/errors.js';
import { freePort } from '../free-port.js';
import { systemClock } from '../../src/io/clock.js';
import { packageRoot } from '../../src/io/package-root.js';
import { listPm2, type Pm2Entry, pm2 } from '../pm2-cli.js';
import { until } from '../until.js';
import { commitOf, writeHistory } from './history.js';
import { buildRelease, liveDir, type ShopPlaces, shopPlaces, switchTo } from './layout.js';
import { processFile } from './process-file.js';

/** One installed sample shop. */
export interface Shop {
  readonly name: string;
  readonly port: number;
  /** 'http://127.0.0.1:PORT' */
  readonly url: string;
  readonly pm2Home: string;
  readonly places: ShopPlaces;
}

export interface InstallShop {
  /** Absolute path of the directory that will hold all of it. */
  readonly dir: string;
  readonly pm2Home: string;
  /** Default: the port of the installation that is there, else one that is free. */
  readonly port?: number;
  /** Its name in PM2; default 'sample-shop'. */
  readonly name?: string;
}

/** What shop.json holds. */
interface ShopCard {
  readonly name: string;
  readonly port: number;
  readonly pm2Home: string;
}

const SHOP_NAME = 'sample-shop';
/** The good release a new installation opens with; release 1 lies built beside it. */
export const FIRST_RELEASE = 2;
const PRICES = { tea: 450, coffee: 890, cake: 380, jam: 520 };
const OPEN_WITHIN = { withinMs: 30_000, everyMs: 100 };
const STOPPED_WITHIN = { withinMs: 30_000, everyMs: 100 };
/** PM2 starts an exited app again at once, so a stop that was lost shows by then. */
const BETWEEN_LIVES_MS = 300;
const ASK_WITHIN_MS = 2_000;

/**
 * Installs the sample shop below `dir` and starts it under PM2, two workers in cluster mode. Done again it changes
 * nothing: a release that was switched to stays, a shop that is down stays down. Throws `shop.name` when PM2 has
 * another app of that name.
 */
export async function installShop(install: InstallShop): Promise<Shop> {
  const places = shopPlaces(install.dir);
  const name = install.name ?? SHOP_NAME;
  const running = await shopProcesses({ name, pm2Home: install.pm2Home, places });
  await layOut(places);
  const port = install.port ?? (await installedShop(install.dir))?.port ?? (await freePort());
  const shop: Shop = { name, port, url: `http://127.0.0.1:${port}`, pm2Home: install.pm2Home, places };
  await writeFile(places.card, `${JSON.stringify({ name, port, pm2Home: install.pm2Home } satisfies ShopCard, null, 2)}\n`);
  if (running.length === 0) await open(shop);
  return shop;
}

/** The shop that was installed in `dir`, running or not; null where there is none. */
export async function installedShop(dir: string): Promise<Shop | null> {
  const places = shopPlaces(dir);
  if (!existsSync(places.card)) return null;
  const card = JSON.parse(readFileSync(places.card, 'utf8')) as ShopCard;
  return { ...card, url: `http://127.0.0.1:${card.port}`, places };
}

/** Release `number` goes live as a deploy would do it: built beside, the link switched, PM2 told to reload. */
export async function deployShop(shop: Shop, number: number): Promise<void> {
  const commit = await commitOf(shop.places.repo, number);
  await switchTo(shop.places, await buildRelease(shop.places, commit));
  await reload(shop);
}

/**
 * PM2 refuses an app that is between two lives of a crash loop ("process already started"), and a stop that falls
 * between them is answered and lost: stopped again until it stays so, it can be started.
 */
async function reload(shop: Shop): Promise<void> {
  await pm2(shop.pm2Home, ['reload', shop.name]).catch(async () => {
    await until('PM2 has stopped the sample shop', () => stopped(shop), STOPPED_WITHIN);
    await pm2(shop.pm2Home, ['restart', shop.name]);
  });
}

async function stopped(shop: Shop): Promise<boolean> {
  await pm2(shop.pm2Home, ['stop', shop.name]);
  const looks: boolean[] = [];
  for (let look = 0; look < 2; look += 1) {
    await systemClock.sleep(BETWEEN_LIVES_MS);
    looks.push((await shopProcesses(shop)).every((one) => one.status === 'stopped'));
  }
  return looks.every(Boolean);
}

/** The shop's own processes in its PM2. Throws `shop.name` when one of that name runs another script. */
export async function shopProcesses(shop: Pick<Shop, 'name' | 'pm2Home' | 'places'>): Promise<readonly Pm2Entry[]> {
  const named = (await listPm2(shop.pm2Home)).filter((entry) => entry.name === shop.name);
  const script = join(shop.places.current, 'server.js');
  const foreign = named.find((entry) => entry.script !== script);
  if (foreign) {
    throw new HypercareError('shop.name', 'denied', `PM2 already has an app "${shop.name}" that is not this sample shop (${foreign.script})`, `Rename it or delete it (pm2 delete ${shop.name}), then try again.`);
  }
  return named;
}

/** Status and body of one page; null when no answer came in time. */
export async function askShop(shop: Shop, page: string, withinMs = ASK_WITHIN_MS): Promise<{ readonly status: number; readonly body: string } | null> {
  try {
    const answer = await fetch(`${shop.url}${page}`, { signal: AbortSignal.timeout(withinMs), headers: { connection: 'close' } });
    return { status: answer.status, body: await answer.text() };
  } catch {
    return null;
  }
}

async function layOut(places: ShopPlaces): Promise<void> {
  await mkdir(join(places.data, 'faults'), { recursive: true });
  await mkdir(places.logs, { recursive: true });
  const prices = join(places.data, 'prices.json');
  if (!existsSync(prices)) await writeFile(prices, `${JSON.stringify(PRICES, null, 2)}\n`);
  await writeHistory(places.repo, join(packageRoot(), 'scripts', 'shop', 'releases'));
  for (let number = 1; number < FIRST_RELEASE; number += 1) await buildRelease(places, await commitOf(places.repo, number));
  const first = await buildRelease(places, await commitOf(places.repo, FIRST_RELEASE));
  if ((await liveDir(places)) === null) await switchTo(places, first);
}

async function open(shop: Shop): Promise<void> {
  await writeFile(shop.places.ecosystem, `${JSON.stringify(processFile(shop), null, 2)}\n`);
  await pm2(shop.pm2Home, ['start', shop.places.ecosystem]);
  await until(`the sample shop answers at ${shop.url} (its log: ${join(shop.places.logs, 'error.log')})`, () => isOpen(shop), OPEN_WITHIN);
}

/** Asked for its pid, for somebody else may have taken the port. */
async function isOpen(shop: Shop): Promise<boolean> {
  const answer = await askShop(shop, '/version');
  if (answer?.status !== 200) return false;
  const { pid } = JSON.parse(answer.body) as { readonly pid: number };
  return (await shopProcesses(shop)).some((one) => one.pid === pid);
}

