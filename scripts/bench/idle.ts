import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/io/clock.js';
import type { Logger } from '../../src/io/log.js';
import { shopConfig } from '../shop/shop-config.js';
import { startPair } from './pair.js';
import type { Place } from './place.js';
import { usageOf, type Usage } from './usage.js';
import { shopUnderPm2 } from './with-pm2.js';

/** Three light checks of a shop, each in this time: ten checks a minute. */
const LIGHT_EVERY = '18s';
/** After a start memory still moves. */
const WARM_UP_MS = 15_000;

export interface IdleFigures {
  readonly who: 'monitor' | 'bot';
  readonly rssBytes: number;
  /** Share of one core, in percent. */
  readonly cpuPercent: number;
}

/** Monitor and bot beside one healthy shop, with the cadences that are shipped. */
export async function benchIdle(place: Place, forMs: number, user: string, log: Logger): Promise<readonly IdleFigures[]> {
  const { shop } = await shopUnderPm2(place, 'idle', log);
  const dataDir = join(place.dir, 'idle-data');
  await mkdir(dataDir);
  const pair = await startPair(place, dataDir, shopConfig(shop, { dataDir, user }).replace('every: 5s', `every: ${LIGHT_EVERY}`));
  await systemClock.sleep(WARM_UP_MS);
  const began = systemClock.monotonic();
  const before = await Promise.all([usageOf(pair.monitor.pid), usageOf(pair.bot.pid)]);
  await systemClock.sleep(forMs);
  const after = await Promise.all([usageOf(pair.monitor.pid), usageOf(pair.bot.pid)]);
  const tookMs = systemClock.monotonic() - began;
  await pair.stop();
  const figures = (who: IdleFigures['who'], from: Usage, to: Usage): IdleFigures => ({ who, rssBytes: to.rssBytes, cpuPercent: ((to.cpuMs - from.cpuMs) / tookMs) * 100 });
  return [figures('monitor', before[0], after[0]), figures('bot', before[1], after[1])];
}
