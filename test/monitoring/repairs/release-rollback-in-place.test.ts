import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { isInstalling } from '../../../monitoring/release/install-in-place.js';
import { releaseRollback } from '../../../monitoring/repairs/release-rollback.js';
import type { RepairTarget, Step } from '../../../monitoring/repairs/repair.js';
import { WAY_BACK } from '../../../monitoring/repairs/road.js';
import { HypercareError } from '../../../src/domain/errors.js';
import { createExec } from '../../../src/io/exec.js';
import type { Io } from '../../../src/io/io.js';
import { gitSandbox, type Repo, type Sandbox } from '../../doubles/git-repo.js';
import { addPackage } from '../../doubles/npm-app.js';
import { startPm2Home, until, type Pm2Home, type StartedApp } from '../../doubles/pm2-home.js';
import { BROKEN, ioOf, prepareRollback, released, ROLLBACK, says, targetOf, version, VERSIONED_APP } from '../../doubles/released-app.js';
import { walk, type Walk } from '../../doubles/walk.js';

/** What it answers comes out of its package, so that wrong packages show. */
const WITH_PACKAGE = { 'app.cjs': VERSIONED_APP, 'version.js': "module.exports = require('greet');", '.gitignore': 'node_modules\n' };

let home: Pm2Home;
let io: Io;
let box: Sandbox;
let repo: Repo;
beforeAll(async () => { home = await startPm2Home(); });
afterAll(() => home.stop());
beforeEach(() => {
  io = ioOf(home.home);
  box = gitSandbox();
  repo = box.repo('shop');
});
afterEach(async () => {
  await home.pm2('delete', 'shop').catch(() => undefined);
  await io.pm2.close();
  box.remove();
});

const start = (): Promise<StartedApp> => home.startApp({ name: 'shop', cwd: repo.dir, code: VERSIONED_APP, awaitAnswer: true });

async function target(running: string, stable: string): Promise<RepairTarget> {
  return targetOf({ mode: 'in-place', dir: repo.dir, repo: null }, [await released(running, repo.dir), await released(stable, repo.dir, { verdict: 'stable', verdictAt: 5 })]);
}

async function refusal(of: RepairTarget): Promise<string> {
  const made = await releaseRollback.prepare(of, ROLLBACK, io, new AbortController().signal);
  return 'refused' in made ? made.refused : 'was not refused';
}

async function npmCi(): Promise<void> {
  const result = await createExec().run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: repo.dir, timeoutMs: 60_000 });
  if (result.code !== 0) throw new Error(result.stderr);
}

/** What a kill before the receipt makes of it: the way back is walked once more, and finds that it is there. */
async function expectNoneAgain(steps: readonly Step[], { receipts }: Walk): Promise<void> {
  const runs = async (): Promise<unknown> => (await io.pm2.list()).map(({ pid, restarts }) => ({ pid, restarts }));
  const before = await runs();
  await steps.find(({ name }) => name === WAY_BACK)?.undo?.(receipts[WAY_BACK] ?? null, io, new AbortController().signal);
  expect(await runs()).toEqual(before);
}

describe('release.rollback in place', () => {
  it('checks the stable release out, restarts, and says that this is the weaker way', async () => {
    const v1 = repo.commit(version('v1'));
    const v2 = repo.commit(version('v2'));
    const app = await start();
    const { prepared, steps } = await prepareRollback(await target(v2, v1), io);
    expect(prepared.does.map(({ does }) => does)).toEqual([
      `if a later step fails: git checkout --detach ${v2} in ${repo.dir}, and shop anew`,
      `keep what is not committed in ${repo.dir} as a patch below its .git; if it is in the way, stop at the next step`,
      `git checkout --detach ${v1} in ${repo.dir}, now ${v2}; no hooks, nothing overwritten`,
      'pm2 restart shop',
      `look until every worker of shop runs from ${repo.dir} at ${v1.slice(0, 7)} and stays up; else go back`,
    ]);
    expect(prepared.notes).toContain(`afterwards ${repo.dir} is on no branch: git pull fails there until somebody checks one out`);
    expect(prepared.wayBack).toBe(`cd ${repo.dir} && git checkout --detach ${v2} && pm2 restart shop`);
    const walked = await walk(steps, prepared, io);
    expect(walked).toMatchObject({ failure: null, receipts: { 'save edits': { patch: null } } });
    expect(await says(app)).toBe('v1');
    expect(await io.git.head(repo.dir)).toBe(v1);
    expect(await refusal(await target(v2, v1))).toContain('somebody moved it');
  });

  it('goes back where PM2 starts the app through a link, as pm2 deploy does', async () => {
    const v1 = repo.commit(version('v1'));
    const v2 = repo.commit(version('v2'));
    const link = join(box.dir, 'current');
    symlinkSync(repo.dir, link);
    const app = await home.startApp({ name: 'shop', cwd: link, code: VERSIONED_APP, awaitAnswer: true });
    const { prepared, steps } = await prepareRollback(await target(v2, v1), io);
    expect((await walk(steps, prepared, io)).failure).toBe(null);
    expect(await says(app)).toBe('v1');
  });

  it('installs packages where the lockfile differs, and names the downtime', async () => {
    const v1 = repo.commit({ ...WITH_PACKAGE, ...addPackage(repo, { version: '1.0.0' }) });
    const v2 = repo.commit(addPackage(repo, { version: '2.0.0' }));
    await npmCi();
    const app = await start();
    expect(await says(app)).toBe('greet 2.0.0');
    const { prepared, steps } = await prepareRollback(await target(v2, v1), io);
    expect(JSON.stringify(prepared.preflight)).toContain('npm installs in place, and the app lacks packages while it runs');
    expect(prepared.does.map(({ name }) => name)).toEqual(['note the way back', 'save edits', 'check out', 'install packages', 'restart shop', 'confirm workers']);
    expect(await walk(steps, prepared, io)).toMatchObject({ failure: null });
    expect(await says(app)).toBe('greet 1.0.0');
  });

  it('waits for no npm that installs nothing, as one that keeps an app running', async () => {
    const v1 = repo.commit({ ...WITH_PACKAGE, ...addPackage(repo, { version: '1.0.0' }) });
    const v2 = repo.commit(addPackage(repo, { version: '2.0.0' }));
    await npmCi();
    const app = await start();
    const npm = spawn('npm', ['exec', '--offline', '-c', 'echo there; sleep 60'], { cwd: repo.dir, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void process.kill(-(npm.pid ?? 0), 'SIGKILL'));
    await once(npm.stdout, 'data');
    expect(await isInstalling(repo.dir)).toBe(false);
    const { prepared, steps } = await prepareRollback(await target(v2, v1), io);
    expect(await walk(steps, prepared, io)).toMatchObject({ failure: null });
    expect(await says(app)).toBe('greet 1.0.0');
  });

  it.each([['npm', 'ci', '--omit=dev'], ['npm', '--silent', 'i', 'greet']])('sees an npm that installs: %s %s', async (...words) => {
    const npm = spawn(process.execPath, ['-e', `process.title = ${JSON.stringify(words.join(' '))}; console.log('there'); setTimeout(() => {}, 30_000)`], { cwd: repo.dir, stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void npm.kill('SIGKILL'));
    await once(npm.stdout, 'data');
    expect(await isInstalling(repo.dir)).toBe(true);
  });

  it('comes back with its packages when those of the target cannot be installed', async () => {
    const files = addPackage(repo, { version: '1.0.0' });
    const v1 = repo.commit({ ...WITH_PACKAGE, ...files, 'package-lock.json': (files['package-lock.json'] ?? '').replace(/sha512-[^"]+/, `sha512-${'A'.repeat(86)}==`) });
    const v2 = repo.commit(addPackage(repo, { version: '2.0.0' }));
    await npmCi();
    const app = await start();
    const { prepared, steps } = await prepareRollback(await target(v2, v1), io);
    const walked = await walk(steps, prepared, io);
    expect(walked.failure).toMatch(/^install packages: npm ci in .* ended with code 1/);
    expect(walked.troubles).toEqual([]);
    expect(await io.git.head(repo.dir)).toBe(v2);
    await until('the app to serve again', async () => (await says(app)) === 'greet 2.0.0');
    await expectNoneAgain(steps, walked);
    expect(existsSync(join(repo.dir, '.git/hypercare/installing'))).toBe(false);
  });

  it('comes back by itself when the target does not come up', async () => {
    const broken = repo.commit(BROKEN);
    const v2 = repo.commit(version('v2'));
    const app = await start();
    const { prepared, steps } = await prepareRollback(await target(v2, broken), io);
    const walked = await walk(steps, prepared, io);
    expect(walked.failure).toMatch(/^confirm workers: /);
    expect(walked.done.slice(-2)).toEqual(['−check out', '−note the way back']);
    expect(walked.troubles).toEqual([]);
    expect(await io.git.head(repo.dir)).toBe(v2);
    await until('v2 to serve again', async () => (await says(app)) === 'v2');
    await expectNoneAgain(steps, walked);
  });

  it('leaves no files of the target behind where the checkout breaks off', async () => {
    const v1 = repo.commit({ ...version('v1'), 'lib.js': 'old', 'only-there.js': '1' });
    const v2 = repo.commit({ ...version('v2'), 'lib.js': 'new', 'only-there.js': null });
    const app = await start();
    const { prepared, steps } = await prepareRollback(await target(v2, v1), io);
    let times = 0;
    const breaksOff: Io['git'] = { ...io.git, async checkout(dir, commit, timeoutMs) {
      if ((times += 1) > 1) return io.git.checkout(dir, commit, timeoutMs);
      writeFileSync(join(dir, 'lib.js'), 'old');
      writeFileSync(join(dir, 'only-there.js'), '1');
      throw new HypercareError('git.no_space', 'permanent', 'No space left on device');
    } };
    const walked = await walk(steps, prepared, { ...io, git: breaksOff });
    expect(walked.failure).toBe('check out: No space left on device');
    expect(walked.troubles).toEqual([]);
    expect([await io.git.head(repo.dir), repo.git('status', '--porcelain'), readFileSync(join(repo.dir, 'lib.js'), 'utf8'), existsSync(join(repo.dir, 'only-there.js'))]).toEqual([v2, '', 'new', false]);
    expect((await io.pm2.list()).map(({ restarts }) => restarts)).toEqual([0]);
    expect(await says(app)).toBe('v2');
  });

  it('keeps edits made after the yes as a patch, overwrites nothing, and leaves the workers alone', async () => {
    const v1 = repo.commit(version('v1'));
    const v2 = repo.commit(version('v2'));
    await start();
    const { prepared, steps } = await prepareRollback(await target(v2, v1), io);
    writeFileSync(join(repo.dir, 'version.js'), "module.exports = 'hotfix';");
    const [before] = await io.pm2.list();
    const walked = await walk(steps, prepared, io);
    expect(walked.failure).toMatch(/^check out: Unsaved work in .* would be lost: version\.js/);
    expect(walked.troubles).toEqual([]);
    expect(readFileSync(join(repo.dir, 'version.js'), 'utf8')).toContain('hotfix');
    const { patch } = walked.receipts['save edits'] as { patch: string };
    expect(readFileSync(patch, 'utf8')).toContain("+module.exports = 'hotfix';");
    expect(readdirSync(join(repo.dir, '.git/hypercare'))).toHaveLength(1);
    expect((await io.pm2.list())[0]).toMatchObject({ pid: before?.pid, startedAt: before?.startedAt });
  });

  it('saves what git does not know too, as a patch that git applies, and leaves the files where they are', async () => {
    const v1 = repo.commit(version('v1'));
    const v2 = repo.commit({ ...version('v2'), '.gitignore': 'ignored\n' });
    await start();
    mkdirSync(join(repo.dir, 'conf'));
    writeFileSync(join(repo.dir, 'conf/mine.json'), '{ "mine": true }\n');
    writeFileSync(join(repo.dir, 'logo.png'), Buffer.from([137, 80, 0, 255]));
    writeFileSync(join(repo.dir, 'ignored'), 'not looked at');
    const { prepared, steps } = await prepareRollback(await target(v2, v1), io);
    const walked = await walk(steps, prepared, io);
    expect(walked.failure).toBe(null);
    const { patch } = walked.receipts['save edits'] as { patch: string };
    expect(readFileSync(join(repo.dir, 'conf/mine.json'), 'utf8')).toContain('mine');
    const elsewhere = box.repo('elsewhere');
    elsewhere.git('apply', patch);
    expect(readFileSync(join(elsewhere.dir, 'conf/mine.json'), 'utf8')).toBe('{ "mine": true }\n');
    expect([...readFileSync(join(elsewhere.dir, 'logo.png'))]).toEqual([137, 80, 0, 255]);
    expect(existsSync(join(elsewhere.dir, 'ignored'))).toBe(false);
  });

  it('refuses in the plan already what the checkout would refuse', async () => {
    const v1 = repo.commit({ ...version('v1'), notes: '1' });
    const v2 = repo.commit(version('v2'));
    await start();
    writeFileSync(join(repo.dir, 'notes'), 'mine');
    expect(await refusal(await target(v2, v1))).toContain('Unsaved work is in the way');
    repo.git('checkout', '--quiet', '--', 'notes');
    const library = box.repo('library');
    library.commit(version('v1'));
    repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.dir, 'vendor');
    const v3 = repo.commit({});
    repo.git('checkout', '--quiet', v2);
    expect(await refusal(await target(v2, v3))).toContain('submodules differ (vendor)');
  });

  it('refuses what would lose work or lead nowhere, in plain words', async () => {
    const v1 = repo.commit({ ...version('v1'), 'config.json': '1' });
    const v2 = repo.commit({ ...version('v2'), 'config.json': null });
    await start();
    const of = await target(v2, v1);
    writeFileSync(join(repo.dir, 'config.json'), 'mine');
    writeFileSync(join(repo.dir, 'version.js'), 'hotfix');
    expect(await refusal(of)).toBe(`Unsaved work is in the way in ${repo.dir}: config.json, version.js; commit it or put it aside`);
    repo.git('checkout', '--quiet', '--', 'version.js');
    repo.git('clean', '--quiet', '--force');
    expect(await refusal(of)).toBe('was not refused');
    expect(await refusal(await target(v2, '1'.repeat(40)))).toContain('does not have the commit of 1111111 (a shallow clone?)');
    expect(await refusal({ ...of, release: { mode: 'in-place', dir: box.dir, repo: null } })).toContain('is no git tree');
    expect(await refusal({ ...of, release: { mode: 'in-place', dir: box.repo('other').dir, repo: null } })).toContain('somebody moved it');
    const yarn = repo.commit({ 'yarn.lock': 'x' });
    expect(await refusal(await target(yarn, v1))).toBe('was not refused');
    const none = repo.commit({ 'yarn.lock': null });
    expect(await refusal(await target(none, yarn))).toContain('hypercare installs with npm only');
  });
});
