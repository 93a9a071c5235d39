import { existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Io } from '../../../src/io/io.js';
import { startPm2Home, until, type Pm2Home, type StartedApp } from '../../doubles/pm2-home.js';
import { ioOf, later, lay, prepareRollback, released, releasedShop, says, targetOf, VERSIONED_APP, type ReleasedShop } from '../../doubles/released-app.js';
import { walk } from '../../doubles/walk.js';

let home: Pm2Home;
let io: Io;
let shop: ReleasedShop;
beforeAll(async () => { home = await startPm2Home(); });
afterAll(() => home.stop());
beforeEach(async () => {
  io = ioOf(home.home);
  shop = await releasedShop();
});
afterEach(async () => {
  await home.pm2('delete', 'shop').catch(() => undefined);
  await io.pm2.close();
  shop.box.remove();
});

function start(cluster?: number): Promise<StartedApp> {
  return home.startApp({ name: 'shop', cwd: shop.current, code: VERSIONED_APP, awaitAnswer: true, ...(cluster === undefined ? {} : { cluster }) });
}

async function workDirectories(): Promise<readonly string[]> {
  return (await io.pm2.list()).map(({ pid }) => (existsSync(`/proc/${pid}/cwd`) ? readlinkSync(`/proc/${pid}/cwd`) : 'gone'));
}

/** Asks on and on; how many answers came, and how many connections were refused. */
function customer(app: StartedApp): { stop(): Promise<{ readonly served: number; readonly refused: number }> } {
  let going = true;
  const seen = { served: 0, refused: 0 };
  const asking = (async () => {
    while (going) {
      await fetch(app.url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(3_000) }).then((answer) => answer.text()).then(
        () => { seen.served += 1; },
        (error: { cause?: { code?: string } }) => { if (error.cause?.code === 'ECONNREFUSED') seen.refused += 1; },
      );
      await delay(5);
    }
  })();
  return {
    async stop() {
      going = false;
      await asking;
      return seen;
    },
  };
}

describe('release.rollback, releases side by side', () => {
  it('goes to the stable release by one rename and a reload, and no request is refused meanwhile', async () => {
    const { base, dirs, commits } = shop;
    const app = await start(2);
    const { prepared, steps } = await prepareRollback(await shop.target(), later(io));
    expect(prepared.does.map(({ name }) => name)).toEqual(['look at the release', 'save a restore point', 'note the way back', 'switch current', 'renew shop', 'confirm workers']);
    expect(prepared.does[3]?.does).toBe(`rename ${base}/current → ${dirs.v1}, now ${dirs.v2}`);
    expect(prepared.does[4]?.does).toBe('pm2 reload shop, or pm2 restart shop while not all of its workers serve');
    expect(prepared.bounds).toEqual({ restarts: 2, rollbacks: 1, migrations: 0 });
    expect(prepared.wayBack).toBe(`ln -sfn ${dirs.v2} ${base}/current && pm2 reload shop`);
    expect(prepared.preflight).toContainEqual({ about: 'downtime', light: 'green', says: 'none expected, workers are replaced one by one' });

    const buying = customer(app);
    const walked = await walk(steps, prepared, io);
    const { served, refused } = await buying.stop();

    expect(walked).toMatchObject({ failure: null, done: prepared.does.map(({ name }) => name) });
    expect(await workDirectories()).toEqual([dirs.v1, dirs.v1]);
    expect(readlinkSync(shop.current)).toBe(`releases/${commits.v1.slice(0, 12)}`);
    expect(await says(app)).toBe('v1');
    expect(served).toBeGreaterThan(10);
    expect(refused).toBe(0);
  });

  it('builds the release again, shared settings included, when its directory is gone', async () => {
    const { base, dirs, commits, repo } = shop;
    mkdirSync(join(base, 'shared'));
    writeFileSync(join(base, 'shared/.env'), 'A=1');
    symlinkSync('../../shared/.env', join(dirs.v2, '.env'));
    const app = await start();
    const target = await shop.target();
    rmSync(dirs.v1, { recursive: true });
    const { prepared, steps } = await prepareRollback(target, io);
    expect(prepared.does[0]).toMatchObject({ name: `build ${commits.v1.slice(0, 7)}`, does: `git archive ${commits.v1} of ${repo.dir} → ${dirs.v1}; symlink .env → ../../shared/.env; no packages needed` });
    expect(await walk(steps, prepared, io)).toMatchObject({ failure: null });
    expect(await says(app)).toBe('v1');
    expect(readFileSync(join(dirs.v1, '.env'), 'utf8')).toBe('A=1');
  });

  it('comes back by itself when the target does not come up', async () => {
    const { base, dirs, commits, repo } = shop;
    const dir = await lay(base, repo, commits.broken);
    const app = await start();
    const target = targetOf({ mode: 'releases', dir: base, repo: repo.dir }, [await released(commits.v2, dirs.v2), await released(commits.broken, dir, { verdict: 'stable' })]);
    const { prepared, steps } = await prepareRollback(target, io);
    const walked = await walk(steps, prepared, io);
    expect(walked.failure).toMatch(/^confirm workers: shop .*(gave it up|keeps exiting)/);
    expect(walked.done.slice(-2)).toEqual(['−switch current', '−note the way back']);
    expect(walked.troubles).toEqual([]);
    await until('v2 to serve again', async () => (await says(app)) === 'v2');
    expect(await workDirectories()).toEqual([dirs.v2]);
  });

  it('restarts from the target what PM2 gave up', async () => {
    const app = await start();
    writeFileSync(join(shop.dirs.v2, 'version.js'), "throw new Error('broken at boot')");
    await home.pm2('restart', 'shop');
    await until('PM2 to give up', async () => (await io.pm2.list()).every((one) => one.status === 'errored'), 20_000);
    const { prepared, steps } = await prepareRollback(await shop.target(), later(io));
    expect(prepared.does.map(({ name }) => name)).toContain('restart shop');
    expect(await walk(steps, prepared, io)).toMatchObject({ failure: null });
    expect(await says(app)).toBe('v1');
  });

  it('goes from a release that crashes again and again, while PM2 keeps starting it', async () => {
    const app = await start();
    writeFileSync(join(shop.dirs.v2, 'version.js'), "setTimeout(() => process.exit(1), 1_200); module.exports = 'v2'");
    await home.pm2('restart', 'shop');
    const { prepared, steps } = await prepareRollback(await shop.target(), later(io));
    expect(await walk(steps, prepared, io)).toMatchObject({ failure: null });
    expect(await says(app)).toBe('v1');
  });

  it('says that nothing can be told while PM2 is frozen', async () => {
    await start();
    const { prepared, steps } = await prepareRollback(await shop.target(), io);
    const impatient = ioOf(home.home, 500);
    await home.freeze();
    const states = await Promise.all(steps.slice(4).map((step) => step.state(prepared.witness, {}, impatient)));
    await home.thaw();
    await impatient.pm2.close();
    expect(states).toEqual(['unknown', 'unknown']);
  });
});
