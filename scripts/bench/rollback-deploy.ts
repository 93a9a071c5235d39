import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/io/package-root.js';
import { run } from '../run.js';
import type { Place } from './place.js';
import { declareApp, startApp, terminal, type Mode, type Origin } from './rollback-app.js';
import type { RollbackWay } from './rollback-way.js';

const WITHIN_MS = 120_000;
/** Its log stands in /tmp under this name. */
const USER = 'hypercare-bench';
const PM2 = join(packageRoot(), 'node_modules', 'pm2', 'bin', 'pm2');

/**
 * PM2's own `pm2 deploy <file> production revert 1`. For the host `localhost` its script runs each command in a local
 * shell and not through ssh, and the hook behind it only reloads, where PM2's examples run `npm install` too: so it is
 * measured at its quickest.
 */
export async function pm2Deploy(place: Place, origin: Origin, { home, mode }: { readonly home: string; readonly mode: Mode }): Promise<RollbackWay> {
  const base = join(place.dir, `deploy-${mode}`);
  place.later(() => rm(join(tmpdir(), `pm2-deploy-${USER}.log`), { force: true }));
  const hook = `pm2 startOrReload ${join(base, 'ecosystem.json')}`;
  const production = { host: 'localhost', ref: 'origin/main', repo: origin.repo, path: base, 'post-deploy': hook };
  const app = await declareApp(base, { name: `deploy-${mode}`, mode, cwd: join(base, 'current') }, { deploy: { production } });
  const command = async (...words: readonly string[]) => {
    await run(process.execPath, [PM2, 'deploy', app.file, 'production', ...words], { cwd: base, env: { ...terminal(home), USER }, timeoutMs: WITHIN_MS });
  };
  // Its script looks for edits in the operator's own clone first, which there is none of here.
  const deploy = (commit: string) => command('--force', 'ref', commit);
  await command('setup');
  await startApp(home, app);
  return { mode, name: 'pm2 deploy … revert 1', ours: false, url: app.url, deploy, ready: async () => undefined, back: () => command('revert', '1').then(() => null) };
}
