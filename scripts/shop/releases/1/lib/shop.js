import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPrices } from './prices.js';
import { createThrottle } from './throttle.js';

const ROOT = join(import.meta.dirname, '..');

/** All that one worker keeps in memory. Throws where a file that the shop needs is missing or broken. */
export function openShop(dataDir) {
  return {
    prices: loadPrices(dataDir),
    throttle: createThrottle(),
    version: JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version,
    commit: readFileSync(join(ROOT, 'REVISION'), 'utf8').trim(),
    openedAt: Date.now(),
  };
}
