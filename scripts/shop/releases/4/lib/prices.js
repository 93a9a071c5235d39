import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEEP_EVERY_MS = 20_000;

/** Item → price in cents. Kept in prices.cache, so that changes made while the shop is open outlive a restart. */
export function loadPrices(dataDir) {
  const cache = join(dataDir, 'prices.cache');
  const prices = new Map(Object.entries(JSON.parse(readFileSync(join(dataDir, 'prices.json'), 'utf8'))));
  mergeInto(prices, cache);
  setInterval(() => {
    writeFileSync(cache, JSON.stringify(prices));
    mergeInto(prices, cache);
  }, KEEP_EVERY_MS);
  return prices;
}

function mergeInto(prices, cache) {
  for (const [item, price] of readIfThere(cache)) prices.set(item, price);
}

function readIfThere(cache) {
  try {
    return JSON.parse(readFileSync(cache, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
