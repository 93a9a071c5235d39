import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RepairTarget } from '../../../monitoring/repairs/repair.js';
import type { ReleaseSighting } from '../../../src/domain/release.js';
import { createHttp, type Http } from '../../../src/io/http.js';
import type { Io } from '../../../src/io/io.js';
import { deployRefusal, prepareDeploy, wish } from '../../doubles/deployed-app.js';
import { startPm2Home, until, type Pm2Home, type StartedApp } from '../../doubles/pm2-home.js';
import { BROKEN, ioOf, later, released, releasedShop, says, targetOf, VERSIONED_APP, version, type ReleasedShop } from '../../doubles/released-app.js';
import { NO_MOUNT, smallDisk, type SmallDisk } from '../../doubles/small-disk.js';
import { walk } from '../../doubles/walk.js';

let home: Pm2Home;
let http: Http;
let io: Io;
let shop: ReleasedShop;
beforeAll(async () => {
  home = await startPm2Home();
  http = createHttp();
});
afterAll(async () => {
  await http.close();
  await home.stop();
});
beforeEach(async () => {
  io = { ...ioOf(home.home), http };
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

const SMOKE = { command: ['node', 'app.cjs'], env: {}, path: '/', timeoutMs: 10_000 };

async function target(fields: Partial<NonNullable<Awaited<ReturnType<ReleasedShop['target']>>['release']>> = {}) {
  return shop.target({ release: { mode: 'releases', dir: shop.base, repo: shop.repo.dir, ...fields } });
}

const releaseNames = (base = shop.base): string[] => readdirSync(join(base, 'releases')).sort();

describe('release.deploy', () => {
  it('builds the newest commit beside, switches by one rename and reloads, and no request is refused', async () => {
    const commit = shop.repo.commit(version('v3'), 'Sell most');
    const app = await start(2);
    const { prepared, steps } = await prepareDeploy(await target(), wish({ ref: 'main' }), later(io));
    expect(prepared.does.map(({ name }) => name)).toEqual([`build ${commit.slice(0, 7)}`, 'look at the release', 'save a restore point', 'note the way back', 'switch current', 'renew shop', 'confirm workers']);
    expect(prepared).toMatchObject({ brings: commit, bounds: { restarts: 2, migrations: 0 } });
    expect(prepared.notes[0]).toBe(`from ${shop.commits.v2.slice(0, 7)} to ${commit.slice(0, 7)} “Sell most”`);

    let refused = 0;
    let asking = true;
    const buying = (async () => {
      for (; asking; await delay(5)) await fetch(app.url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(3_000) }).then((answer) => answer.text(), (error: { cause?: { code?: string } }) => { if (error.cause?.code === 'ECONNREFUSED') refused += 1; });
    })();
    const walked = await walk(steps, prepared, io);
    asking = false;
    await buying;
    expect(walked.failure).toBe(null);
    expect(await says(app)).toBe('v3');
    expect(refused).toBe(0);
    expect(readlinkSync(shop.current)).toBe(`releases/${commit.slice(0, 12)}`);
    const seen = (walked.receipts['look at the release'] as unknown as { release: ReleaseSighting }).release;
    expect(seen).toMatchObject({ commit, dir: join(shop.base, 'releases', commit.slice(0, 12)) });
  });

  it('saves a restore point first: the link, what PM2 was told, and names of the environment without values', async () => {
    shop.repo.commit(version('v3'));
    await home.startApp({ name: 'shop', cwd: shop.current, code: VERSIONED_APP, awaitAnswer: true, env: { API_PASSWORD: 'hunter-two' } });
    const { prepared, steps } = await prepareDeploy(await target(), wish({ ref: 'main' }), io);
    const { failure, receipts } = await walk(steps, prepared, io);
    expect(failure).toBe(null);
    const file = (receipts['save a restore point'] as { file: string }).file;
    const text = readFileSync(file, 'utf8');
    expect(JSON.parse(text)).toMatchObject({ version: 1, link: { leadsTo: shop.dirs.v2 }, processes: [{ name: 'shop', cwd: shop.current }] });
    expect(text).toContain('API_PASSWORD');
    expect(text).not.toContain('hunter-two');
  });

  it('names what else runs from there, before and afterwards, and says nothing of it where there is none', async () => {
    shop.repo.commit(version('v3'));
    await start();
    const { prepared, steps } = await prepareDeploy(await target(), wish({ ref: 'main' }), io);
    expect(prepared.notes.join('\n')).not.toContain('from there');
    await home.startApp({ name: 'shop-mailer', cwd: shop.current, code: VERSIONED_APP, awaitAnswer: true });
    const again = await prepareDeploy(await target(), wish({ ref: 'main' }), io);
    expect(again.prepared.notes).toContain(`shop-mailer runs from ${shop.base} too and is not started anew: name it under pm2 of shop`);
    const { failure, receipts } = await walk(steps, prepared, io);
    await home.pm2('delete', 'shop-mailer');
    expect(failure).toBe(null);
    expect(receipts['confirm workers']).toMatchObject({ said: `left shop-mailer as it is, which PM2 starts from ${shop.base} too: it goes on with what it began with until PM2 reloads it` });
  });

  it('goes on where no restore point can be saved, says so, and leaves nothing half', async () => {
    shop.repo.commit(version('v3'));
    await start();
    const { prepared, steps } = await prepareDeploy(await target(), wish({ ref: 'main' }), io);
    mkdirSync(join(shop.base, '.hypercare', 'restore-point.part'), { recursive: true });
    const { failure, receipts } = await walk(steps, prepared, io);
    expect(failure).toBe(null);
    expect(receipts['save a restore point']).toMatchObject({ file: null, said: expect.stringMatching(/^saved no restore point, and went on with what the journal has: EISDIR/) as string });
    expect(receipts['confirm workers']).not.toHaveProperty('said');
  });

  it('goes back by itself, once, where the new release does not come up', async () => {
    shop.repo.commit(BROKEN, 'Break');
    const app = await start();
    const { prepared, steps } = await prepareDeploy(await target(), wish({ ref: 'main' }), io);
    const walked = await walk(steps, prepared, io);
    expect(walked.failure).toMatch(/^confirm workers: shop .*(gave it up|keeps exiting)/);
    expect(walked.troubles).toEqual([]);
    await until('v2 to serve again', async () => (await says(app)) === 'v2');
    expect(readlinkSync(shop.current)).toBe(`releases/${shop.commits.v2.slice(0, 12)}`);
  });

  it('never goes live where the declared smoke check fails, and leaves nothing running', async () => {
    shop.repo.commit(BROKEN, 'Break');
    const app = await start();
    const { prepared, steps } = await prepareDeploy(await target({ smoke: SMOKE }), wish({ ref: 'main' }), io);
    expect(prepared.does.map(({ name }) => name)).toContain('smoke check');
    const walked = await walk(steps, prepared, io);
    expect(walked.failure).toMatch(/^smoke check: The smoke check failed: it ended with code 1: Error: broken at boot/);
    expect(await says(app)).toBe('v2');
    expect(readlinkSync(shop.current)).toBe(`releases/${shop.commits.v2.slice(0, 12)}`);
    expect(walked.receipts['switch current']).toBeUndefined();
  });

  it('starts the release on a spare port with what was declared alone, asks it, and ends it', async () => {
    const telling = VERSIONED_APP.replace('response.end(version)', "{ require('node:fs').writeFileSync('told.json', JSON.stringify({ env: process.env, pid: process.pid })); response.end(version); }");
    const commit = shop.repo.commit({ 'app.cjs': telling, 'version.js': "module.exports = 'v3'" });
    await start();
    const { prepared, steps } = await prepareDeploy(await target({ smoke: { ...SMOKE, env: { DB: 'declared' } } }), wish({ ref: 'main' }), io);
    expect(JSON.stringify(prepared)).not.toContain('declared');
    const smoke = steps.findIndex(({ name }) => name === 'smoke check');
    const walked = await walk(steps.slice(0, smoke + 1), prepared, io);
    expect(walked.failure).toBe(null);
    const told = JSON.parse(readFileSync(join(shop.base, 'releases', commit.slice(0, 12), 'told.json'), 'utf8')) as { env: Record<string, string>; pid: number };
    expect(Object.keys(told.env).filter((name) => !['PATH', 'HOME', 'LANG'].includes(name)).sort()).toEqual(['DB', 'HOST', 'PORT']);
    expect(existsSync(`/proc/${told.pid}`)).toBe(false);
  });

  it('keeps the five newest releases that it built itself, and every one that others built or somebody uses', async () => {
    await start();
    const { commits, base } = shop;
    const mark = (name: string, builtAt: number): void => {
      mkdirSync(join(base, 'releases', name));
      writeFileSync(join(base, 'releases', name, '.hypercare-release'), JSON.stringify({ version: 1, builtAt }));
    };
    ['aa', 'bb', 'cc', 'dd', 'ee', 'ff'].forEach((name, n) => mark(name, 1_000 + n));
    mkdirSync(join(base, 'releases/by-hand'));
    const commit = shop.repo.commit(version('v3'));
    const { prepared, steps } = await prepareDeploy(await target(), wish({ ref: 'main' }), io);
    expect(prepared.does[0]).toMatchObject({ name: 'remove old releases', does: `remove aa, bb below ${base}/releases, which hypercare built and nobody uses` });
    const worker = home.startApp({ name: 'worker', cwd: join(base, 'releases/bb'), code: 'setInterval(() => undefined, 1_000)' });
    await worker;
    const { failure, receipts } = await walk(steps, prepared, io);
    await home.pm2('delete', 'worker');
    expect(failure).toBe(null);
    expect(receipts['remove old releases']).toMatchObject({ said: expect.stringMatching(/^removed one old release, and left bb: (node|PM2)/) });
    expect(releaseNames()).toEqual(['bb', 'by-hand', 'cc', 'dd', 'ee', 'ff', ...[commits.v1, commits.v2, commit].map((one) => one.slice(0, 12))].sort());
  });

  it('takes a release that is built already, and not one that is in pieces', async () => {
    const app = await start();
    const { prepared, steps } = await prepareDeploy(await target(), wish({ ref: shop.commits.v1 }), io);
    expect(prepared.does[0]?.name).toBe('look at the release');
    rmSync(join(shop.dirs.v1, 'app.cjs'));
    expect((await walk(steps, prepared, io)).failure).toContain('has no app.cjs, which PM2 starts');
    expect(await says(app)).toBe('v2');
  });

  it('is not gone back from by itself over migrations, and says so', async () => {
    shop.repo.commit({ ...version('v3'), 'migrations/1.sql': 'alter table a drop b' });
    await start();
    const { prepared, steps } = await prepareDeploy(await target(), wish({ ref: 'main' }), io);
    expect(prepared.notes.join('\n')).toContain('one migration file differs; hypercare runs none, and if the app is not well afterwards it is not gone back from by itself');
    expect(prepared.bounds).toMatchObject({ migrations: 1 });
    expect(steps.filter(({ undo }) => undo).every(({ undoUntil }) => undoUntil === 'done')).toBe(true);
  });
});

describe('release.deploy refuses, in plain words,', () => {
  it('what was found bad, unless somebody says why', async () => {
    const commit = shop.repo.commit(version('v3'));
    await start();
    const of = await target();
    const bad = await released(commit, join(shop.base, 'releases/gone'), { verdict: 'bad', verdictReason: 'rolled back: checkout answers 500', quarantinedAt: 5 });
    expect(await deployRefusal({ ...of, ledger: [...of.ledger, bad] }, wish({ ref: 'main' }), io)).toBe(`${commit.slice(0, 7)} was found bad (rolled back: checkout answers 500); to deploy it all the same say why, with --override "<reason>"`);
    const { prepared } = await prepareDeploy({ ...of, ledger: [...of.ledger, bad] }, wish({ ref: 'main', override: 'the database was the cause' }), io);
    expect(prepared.notes[0]).toContain('is deployed all the same: the database was the cause');
  });

  it('an unknown ref, what is live already, a tree in place, and an app without a repository', async () => {
    await start();
    const of = await target();
    expect(await deployRefusal(of, wish({ ref: 'mian' }), io)).toContain('knows no branch, tag or commit “mian”');
    expect(await deployRefusal(of, wish({ ref: shop.commits.v2 }), io)).toContain('is live already');
    expect(await deployRefusal({ ...of, release: { mode: 'in-place', dir: shop.base, repo: null } }, wish({ ref: 'main' }), io)).toContain('runs from one git tree');
    expect(await deployRefusal({ ...of, release: { mode: 'releases', dir: shop.base, repo: null } }, wish({ ref: 'main' }), io)).toContain('names no repository to build from');
  });

  it('packages that no registry gives are told with what npm said, and nothing live was touched', async () => {
    const manifest = { name: 'shop', version: '1.0.0', dependencies: { left: '1.0.0' } };
    const lock = { name: 'shop', version: '1.0.0', lockfileVersion: 3, packages: { '': manifest, 'node_modules/left': { version: '1.0.0', resolved: 'http://127.0.0.1:1/left.tgz', integrity: 'sha512-AAAA' } } };
    shop.repo.commit({ ...version('v3'), 'package.json': JSON.stringify(manifest), 'package-lock.json': JSON.stringify(lock), '.npmrc': 'fetch-retries=0\ncache=.npm-cache\n' });
    const app = await start();
    const before = releaseNames();
    const { prepared, steps } = await prepareDeploy(await target(), wish({ ref: 'main' }), io);
    const walked = await walk(steps, prepared, io);
    expect(walked.failure).toMatch(/^build [0-9a-f]{7}: npm ci in \S+\/releases\/[0-9a-f]{12} ended with code 1: code ECONNREFUSED; .*request to http:\S+ failed/);
    expect(releaseNames()).toEqual(before);
    expect(await says(app)).toBe('v2');
  });
});

describe.skipIf(NO_MOUNT !== null)('release.deploy on a disk that is full', () => {
  let disk: SmallDisk;
  beforeEach(async () => { disk = await smallDisk(100); });
  afterEach(() => disk.remove());

  /** All of the shop's releases, moved there; its base is a link to it, as of a disk mounted elsewhere. */
  async function moved(): Promise<RepairTarget> {
    const base = join(disk.dir, 'srv');
    mkdirSync(base);
    cpSync(shop.base, base, { recursive: true, verbatimSymlinks: true });
    rmSync(shop.base, { recursive: true });
    symlinkSync(base, shop.base);
    const { commits } = shop;
    return targetOf({ mode: 'releases', dir: shop.base, repo: shop.repo.dir }, [await released(commits.v2, join(base, 'releases', commits.v2.slice(0, 12)))]);
  }

  it('is refused with the numbers, or fails without a trace where it fills meanwhile; the app serves on', async () => {
    const commit = shop.repo.commit({ ...version('v3'), 'large.bin': 'x'.repeat(12 * 1024 * 1024) });
    const of = await moved();
    const app = await start();
    const { prepared, steps } = await prepareDeploy(of, wish({ ref: 'main' }), io);
    await disk.fill(5 * 1024 * 1024);
    expect(await deployRefusal(of, wish({ ref: 'main' }), io)).toMatch(/cannot be built: it needs about \d+ MiB on the disk of .* while it is built, and \S+ MiB are free/);
    const walked = await walk(steps, prepared, io);
    expect(walked.failure).toMatch(/^build [0-9a-f]{7}: the disk is full in \S+\/releases \(/);
    expect(releaseNames()).toEqual([shop.commits.v1, shop.commits.v2].map((one) => one.slice(0, 12)).sort());
    expect(await says(app)).toBe('v2');
    expect(prepared.brings).toBe(commit);
  });
});
