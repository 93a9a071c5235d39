import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../src/domain/json.js';
import { createHttp, type Http } from '../../../src/io/http.js';
import type { Io } from '../../../src/io/io.js';
import { compile, type Compiled } from '../../doubles/compiled.js';
import { prepareDeploy, wish } from '../../doubles/deployed-app.js';
import { startPm2Home, until, type Pm2Home, type StartedApp } from '../../doubles/pm2-home.js';
import { ioOf, releasedShop, says, VERSIONED_APP, version, type ReleasedShop } from '../../doubles/released-app.js';
import { walk } from '../../doubles/walk.js';

/** The steps in their order; that of the build is named after its commit. */
const STEPS = ['remove old releases', 'build', 'look at the release', 'smoke check', 'save a restore point', 'note the way back', 'switch current', 'restart shop', 'confirm workers'];

let home: Pm2Home;
let compiled: Compiled;
let http: Http;
let io: Io;
let shop: ReleasedShop;
let app: StartedApp;
beforeAll(async () => {
  home = await startPm2Home();
  http = createHttp();
  compiled = await compile('test/doubles/walk.ts', 'test/doubles/deployed-app.ts', 'test/doubles/released-app.ts', 'src/io/http.ts');
});
afterAll(async () => {
  compiled.remove();
  await http.close();
  await home.stop();
});
beforeEach(async () => {
  io = { ...ioOf(home.home), http };
  shop = await releasedShop();
  for (const [n, name] of ['aa', 'bb', 'cc', 'dd', 'ee'].entries()) {
    mkdirSync(join(shop.base, 'releases', name));
    writeFileSync(join(shop.base, 'releases', name, '.hypercare-release'), JSON.stringify({ version: 1, builtAt: n }));
  }
  shop.repo.commit(version('v3'), 'Sell most');
  app = await home.startApp({ name: 'shop', cwd: shop.current, code: VERSIONED_APP, awaitAnswer: true });
});
afterEach(async () => {
  await home.pm2('delete', 'shop').catch(() => undefined);
  await io.pm2.close();
  shop.box.remove();
});

describe('a deploy that is killed', () => {
  it.each(STEPS)('with -9 after “%s”, before that is on record, leaves an app that serves, and goes on to the end', async (after) => {
    const smoke = { command: ['node', 'app.cjs'], env: {}, path: '/', timeoutMs: 10_000 };
    const target = await shop.target({ release: { mode: 'releases', dir: shop.base, repo: shop.repo.dir, smoke } });
    const args = wish({ ref: 'main' });
    const { prepared, steps } = await prepareDeploy(target, args, io);
    expect(steps.map(({ name }) => name.replace(/^build .*/, 'build'))).toEqual(STEPS);
    const record = join(shop.box.dir, 'journal.json');
    writeFileSync(record, '{}');
    const child = compiled.start(`
      import { writeFileSync } from 'node:fs';
      import { releaseDeploy } from './monitoring/repairs/release-deploy.js';
      import { createHttp } from './src/io/http.js';
      import { walk } from './test/doubles/walk.js';
      import { ioOf } from './test/doubles/released-app.js';
      const [target, args, prepared] = ${JSON.stringify([target, args, prepared])};
      const receipts = {};
      const keep = (step, receipt) => {
        if (step.replace(/^build .*/, 'build') === ${JSON.stringify(after)}) { console.log('acted'); for (;;); }
        receipts[step] = receipt;
        writeFileSync(${JSON.stringify(record)}, JSON.stringify(receipts));
      };
      await walk(releaseDeploy.steps(target, args, prepared), prepared, { ...ioOf(${JSON.stringify(home.home)}), http: createHttp() }, {}, keep);
    `);
    if (child.stdout) await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await until('one whole release to serve', async () => ['v2', 'v3'].includes(await says(app)));

    const kept = JSON.parse(readFileSync(record, 'utf8')) as Record<string, Json>;
    expect(Object.keys(kept)).toHaveLength(STEPS.indexOf(after));
    expect((await walk(steps, prepared, io, kept)).failure).toBe(null);
    expect(await says(app)).toBe('v3');
    const commits = [...Object.values(shop.dirs).map((dir) => dir.slice(-12)), (prepared.brings ?? '').slice(0, 12)];
    expect(readdirSync(join(shop.base, 'releases')).sort()).toEqual(['bb', 'cc', 'dd', 'ee', ...commits].sort());
  });
});
