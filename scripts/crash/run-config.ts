import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { repairs } from '../../monitoring/repairs/index.js';
import type { Config } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load.js';
import type { Shop } from '../shop/shop.js';
import { shopConfig } from '../shop/shop-config.js';

/** So that a card drawn again later is the same card. */
export const TIME_ZONE = 'UTC';

/** The second person, who presses when it has been decided. */
export const LATECOMER = 'latecomer';

/** Intervals that let a whole story fit into seconds; nothing else differs from what is watched in earnest. */
const SHORT = `
  - name: ${LATECOMER}
    role: approver
    terminal: ${LATECOMER}

watch:
  tiers: [{ until: 1h, every: 1s }]
  confirm: { every: 300ms, bad: 3, good: 2 }
  settle: 1s
  warm_up: 1s
`;

/** The people of the shop's own config stand at its end, and one is put behind them. */
export function writeConfig(dir: string, shop: Shop): void {
  const yaml = shopConfig(shop, { dataDir: dir, user: userInfo().username }).replace('every: 5s', 'every: 500ms');
  writeFileSync(join(dir, 'hypercare.yaml'), yaml + SHORT.slice(1));
}

export function readConfig(dir: string): Config {
  const loaded = loadConfig({ file: join(dir, 'hypercare.yaml'), env: {}, envFile: join(dir, '.env'), home: dir, units: { channels: {}, repairs: Object.keys(repairs) } });
  if (!loaded.ok) throw new Error(`the run's own config has mistakes: ${loaded.mistakes.map(({ line, message }) => `line ${line}: ${message}`).join('; ')}`);
  return loaded.config;
}
