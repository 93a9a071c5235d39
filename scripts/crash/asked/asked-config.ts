import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { APP, type Ground } from './ground.js';

/** The rollback is asked for by somebody who may approve it; intervals are short, and nothing else differs from what is watched in earnest. */
export function writeAskedConfig(dir: string, { mode, base, repo, pm2Home, url }: Ground): void {
  const user = userInfo().username;
  const release = { mode, dir: base, ...(mode === 'releases' ? { repo } : {}) };
  const people = [{ name: user, role: 'approver', terminal: user }];
  const app = { url, endpoints: [{ path: '/', samples: 1 }], liveness: { path: '/', every: '1s' }, release };
  const watch = { tiers: [{ until: '1h', every: '1s' }], confirm: { every: '300ms', bad: 3, good: 2 }, settle: '1s', warm_up: '1s' };
  // JSON is YAML.
  writeFileSync(join(dir, 'hypercare.yaml'), JSON.stringify({ data_dir: dir, pm2_home: pm2Home, apps: { [APP]: app }, policy: { default: 'observe' }, people, watch }, null, 2));
}
