import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Item → price in cents. */
export function loadPrices(dataDir) {
  return new Map(Object.entries(JSON.parse(readFileSync(join(dataDir, 'prices.json'), 'utf8'))));
}
