import { mkdirSync, realpathSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { hostWarnings } from '../../../src/cli/host-warnings.js';
import { configFor } from '../config/written.js';

it('names each directory in which nothing could be removed or packed, at its place, and why', async () => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'hc-host-warnings-')));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  for (const one of ['tmp', 'pm2/logs', 'data/deep', 'shop/.git', 'shop/tmp']) mkdirSync(join(dir, one), { recursive: true });
  symlinkSync(join(dir, 'tmp'), join(dir, 'link'));
  const warnings = await hostWarnings(configFor(`
apps: { shop: { release: { mode: in-place, dir: ${dir}/shop } } }
data_dir: ${dir}/data
pm2_home: ${dir}/pm2
host:
  clean:
    - dir: ${dir}/tmp
    - dir: ${dir}/shop/tmp
    - dir: ${dir}/gone
    - dir: ${dir}/link
    - dir: ${dir}/data/deep
    - dir: ${dir}/shop/.git
    - dir: ${dir}/shop
  compress:
    - dir: ${dir}/pm2/logs
    - dir: ${dir}/pm2
`));
  expect(warnings.map(({ path, message }) => `${path.join('.')}: ${message.replaceAll(dir, '')}`)).toEqual([
    'host.clean.2.dir: nothing can be done there: /gone is not there',
    'host.clean.3.dir: nothing can be done there: /link is a symlink or no directory',
    "host.clean.4.dir: nothing can be done there: /data/deep holds what hypercare or PM2 needs: of theirs, PM2's logs alone may be named",
    "host.clean.5.dir: nothing can be done there: /shop/.git holds an app's code",
    "host.clean.6.dir: nothing can be done there: /shop holds an app's code",
    "host.compress.1.dir: nothing can be done there: /pm2 holds what hypercare or PM2 needs: of theirs, PM2's logs alone may be named",
  ]);
});
