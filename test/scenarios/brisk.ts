import type { Pm2Home } from '../doubles/pm2-home.js';
import { BRISK } from './watch.js';

/** What a story needs otherwise than brisk. */
export interface Pace {
  readonly tiers?: string;
  readonly settle?: string;
}

/** A hypercare.yaml for what that PM2 runs, with short intervals; `yaml` are its apps and its policy. */
export function brisk(home: Pm2Home, yaml: string, { tiers = '{ until: 1h, every: 1s }', settle = '1s' }: Pace = {}): (dataDir: string) => string {
  return (dataDir) => `data_dir: ${JSON.stringify(dataDir)}\npm2_home: ${JSON.stringify(home.home)}\n${yaml}${BRISK.replace('{ until: 1h, every: 1s }', tiers).replace('settle: 1s', `settle: ${settle}`)}`;
}
