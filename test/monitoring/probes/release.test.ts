import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { release } from '../../../monitoring/probes/release.js';
import type { Reading } from '../../../src/domain/check.js';
import { systemClock } from '../../../src/io/clock.js';
import { createGit } from '../../../src/io/git.js';
import { sha256 } from '../../../src/io/hash.js';
import { createLogger } from '../../../src/io/log.js';
import type { Pm2, Pm2Process } from '../../../src/io/pm2.js';
import { createPm2 } from '../../../src/io/pm2-client.js';
import { soundReading } from '../../contracts/probe.js';
import { gitSandbox, type Repo, type Sandbox } from '../../doubles/git-repo.js';
import { answers, startPm2Home, until, type Pm2Home } from '../../doubles/pm2-home.js';
import { ioOf } from './io.js';
import { startWorker, type Worker } from './worker.js';

const git = createGit();
let box: Sandbox;
let workers: Worker[];

beforeEach(() => {
  box = gitSandbox();
  workers = [];
});

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.end()));
  box.remove();
});

/** A real process in that directory, said to have begun at that time, as PM2 would list it. */
async function worker(dir: string, startedAt = systemClock.now(), name = 'shop', env: Readonly<Record<string, string>> = {}): Promise<Pm2Process> {
  const started = await startWorker(dir, env);
  workers.push(started);
  return { name, pid: started.pid, status: 'online', startedAt, nodeVersion: '20.20.2' } as Pm2Process;
}

async function measure(listed: readonly Pm2Process[], options: object): Promise<Reading> {
  const pm2 = { list: async () => listed } as unknown as Pm2;
  const parsed = release.options.parse({ mode: 'in-place', dir: null, repo: null, processes: ['shop'], configFiles: [], ...options });
  return soundReading(release, await release.measure(parsed, ioOf({ pm2, git }), new AbortController().signal));
}

const LATER = 3_600_000;

/** Everything in the directory was written an hour ago, as it is in an app that runs. */
function age(dir: string, ...files: readonly string[]): void {
  const hourAgo = new Date(systemClock.now() - LATER);
  for (const file of files) utimesSync(join(dir, file), hourAgo, hourAgo);
}

describe('releases beside each other', () => {
  function built(name: string, commit: string): string {
    const dir = join(box.dir, 'base', 'releases', name);
    mkdirSync(join(dir, 'server'), { recursive: true });
    writeFileSync(join(dir, 'REVISION'), `${commit}\n`);
    writeFileSync(join(dir, 'package-lock.json'), name);
    age(dir, 'REVISION', 'package-lock.json');
    return dir;
  }

  it('has the variables of each of its processes', async () => {
    const one = built('one', '1'.repeat(40));
    symlinkSync(one, join(box.dir, 'base', 'current'));
    const listed = [await worker(one, systemClock.now(), 'shop', { SHOP_KEY: '1' }), await worker(one, systemClock.now(), 'mailer', { MAIL_KEY: '1' })];
    const reading = await measure(listed, { mode: 'releases', dir: join(box.dir, 'base'), processes: ['shop', 'mailer'] });
    expect(reading.sighting).toMatchObject({ envKeys: expect.arrayContaining(['SHOP_KEY', 'MAIL_KEY']) as string[] });
  });

  it('is the one the workers are in, whatever the link says by now', async () => {
    const one = built('one', '1'.repeat(40));
    const two = built('two', '2'.repeat(40));
    symlinkSync(two, join(box.dir, 'base', 'current'));
    const reading = await measure([await worker(one), await worker(join(one, 'server'))], { mode: 'releases', dir: join(box.dir, 'base') });
    expect(reading).toMatchObject({ verdict: 'good', values: [2, expect.any(Number), 0] });
    expect(reading.sighting).toEqual({ dir: one, commit: '1'.repeat(40), lockHash: sha256('one'), configHash: null, nodeVersion: '20.20.2', envKeys: expect.any(Array) as string[] });
  });

  it('is what the link led to when PM2 began the workers that died at their boot', async () => {
    const two = built('two', '2'.repeat(40));
    symlinkSync(two, join(box.dir, 'base', 'current'));
    const died = (startedAt: number) => ({ name: 'shop', pid: 0, status: 'errored', startedAt, nodeVersion: '20.20.2' }) as Pm2Process;
    const reading = await measure([died(systemClock.now() + 1_000), died(systemClock.now() + 2_000)], { mode: 'releases', dir: join(box.dir, 'base') });
    expect(reading).toMatchObject({ verdict: 'good', values: [0, expect.any(Number), 0], sighting: { dir: two, commit: '2'.repeat(40) } });
    const before = await measure([died(systemClock.now() - LATER)], { mode: 'releases', dir: join(box.dir, 'base') });
    expect(before).toMatchObject({ verdict: 'unknown', note: 'no worker is online, and the live release changed after the last of them began' });
  });

  it('cannot be told while workers run two of them, as in the middle of a reload', async () => {
    const listed = [await worker(built('one', '1'.repeat(40))), await worker(built('two', '2'.repeat(40)))];
    const reading = await measure(listed, { mode: 'releases', dir: join(box.dir, 'base') });
    expect(reading).toMatchObject({ verdict: 'unknown', values: [2, expect.any(Number), 1], note: 'its workers run two releases: shop from one, shop from two' });
    expect(reading.sighting).toBeUndefined();
  });

  it('is said to be two where that lasts, with what was left behind and what brings it along', async () => {
    const [one, two, base] = [built('one', '1'.repeat(40)), built('two', '2'.repeat(40)), join(box.dir, 'base')];
    symlinkSync(two, join(base, 'current'));
    const listed = async (cwd: string, sinceMs: number): Promise<readonly Pm2Process[]> => [await worker(two, systemClock.now() - sinceMs), { ...(await worker(one, systemClock.now() - LATER, 'mailer')), cwd }];
    const options = { mode: 'releases', dir: base, processes: ['shop', 'mailer'] };
    const said = 'its workers run two releases: shop from two, mailer from one';
    expect(await measure(await listed(join(base, 'current'), 59_000), options), 'a reload may be under way').toMatchObject({ values: [2, expect.any(Number), 1], note: said });
    expect(await measure(await listed(join(base, 'current'), 61_000), options)).toMatchObject({ verdict: 'unknown', values: [2, expect.any(Number), 2], note: `${said}; what was left behind follows with: pm2 reload mailer` });
    expect(await measure(await listed(one, 61_000), options)).toMatchObject({ note: `${said}; delete mailer in PM2, and start it once with cwd ${base}/current` });
  });

  it('cannot be told while workers that were started from the new link fell, and the older ones answer alone', async () => {
    const [one, two] = [built('one', '1'.repeat(40)), built('two', '2'.repeat(40))];
    symlinkSync(two, join(box.dir, 'base', 'current'));
    const old = await worker(one);
    const fallen = { ...old, pmId: 1, pid: 0, status: 'waiting restart', startedAt: systemClock.now() + 1_000 };
    expect(await measure([old, fallen], { mode: 'releases', dir: join(box.dir, 'base') })).toMatchObject({ verdict: 'unknown', values: [1, expect.any(Number), 1], note: expect.stringContaining('goes live fell') as string });
    expect(await measure([old, { ...fallen, startedAt: systemClock.now() - 2 * LATER }], { mode: 'releases', dir: join(box.dir, 'base') })).toMatchObject({ verdict: 'good', values: [1, expect.any(Number), 0] });
  });

  it('cannot be told when its directory was removed under a worker', async () => {
    const one = built('one', '1'.repeat(40));
    const listed = [await worker(one)];
    rmSync(one, { recursive: true });
    expect(await measure(listed, { mode: 'releases', dir: join(box.dir, 'base') })).toMatchObject({ verdict: 'unknown', note: 'a worker runs from a directory that was removed' });
  });

  it('cannot be told while a worker is elsewhere, as one that begins is in the directory of PM2’s daemon', async () => {
    const base = join(box.dir, 'base');
    const repo = box.repo('blog');
    repo.commit({ 'server.js': 'of another app' });
    const listed = [await worker(repo.dir)];
    for (const one of [listed, [await worker(built('one', '1'.repeat(40))), ...listed]]) {
      const reading = await measure(one, { mode: 'releases', dir: base });
      expect(reading).toMatchObject({ verdict: 'unknown', note: `a worker runs from elsewhere: ${repo.dir}` });
      expect(reading.sighting).toBeUndefined();
    }
  });

  it('is what the link leads to, and what a linked directory of releases holds', async () => {
    const store = join(box.dir, 'store', 'v1');
    mkdirSync(store, { recursive: true });
    mkdirSync(join(box.dir, 'base'));
    symlinkSync(store, join(box.dir, 'base', 'current'));
    expect(await measure([await worker(store)], { mode: 'releases', dir: join(box.dir, 'base') })).toMatchObject({ verdict: 'good', sighting: { dir: store } });
    rmSync(join(box.dir, 'base', 'current'));
    symlinkSync(join(box.dir, 'store'), join(box.dir, 'base', 'releases'));
    expect(await measure([await worker(store)], { mode: 'releases', dir: join(box.dir, 'base') })).toMatchObject({ verdict: 'good', sighting: { dir: store } });
  });
});

describe('a working tree in place', () => {
  /** HEAD was put on `commit` so long ago, by the reflog. */
  function moved(repo: Repo, commit: string, agoMs: number): void {
    const at = `${Math.floor((systemClock.now() - agoMs) / 1_000)} +0000`;
    execFileSync('git', ['checkout', '--quiet', '--detach', commit], { cwd: repo.dir, env: { ...process.env, GIT_COMMITTER_DATE: at } });
  }

  function tree(): { readonly repo: Repo; readonly first: string; readonly second: string } {
    const repo = box.repo('shop');
    const first = repo.commit({ 'package-lock.json': 'one' });
    const second = repo.commit({ 'server.js': 'two' });
    // The commits above are entries of now; the reflog of a tree that was deployed some time ago begins then.
    rmSync(join(repo.dir, '.git', 'logs'), { recursive: true });
    moved(repo, first, 2 * LATER);
    age(repo.dir, 'package-lock.json');
    return { repo, first, second };
  }

  it('is HEAD, where HEAD stood before the workers began', async () => {
    const { repo, first } = tree();
    const reading = await measure([await worker(repo.dir)], { dir: repo.dir });
    expect(reading).toMatchObject({ verdict: 'good', sighting: { dir: repo.dir, commit: first, lockHash: sha256('one') } });
  });

  it('cannot be told while a worker is outside of it, unless PM2 starts a script of it', async () => {
    const { repo, first } = tree();
    const one = await worker(box.dir);
    const reading = await measure([one], { dir: repo.dir });
    expect(reading).toMatchObject({ verdict: 'unknown', note: `a worker runs from elsewhere: ${box.dir}` });
    expect(reading.sighting).toBeUndefined();
    expect(await measure([{ ...one, execPath: join(repo.dir, 'server.js') }], { dir: repo.dir })).toMatchObject({ verdict: 'good', sighting: { dir: repo.dir, commit: first } });
  });

  it('cannot be told when HEAD was moved since: the next restart brings another release', async () => {
    const { repo, first, second } = tree();
    const startedAt = systemClock.now() - LATER / 2;
    const listed = [await worker(repo.dir, startedAt)];
    expect(await measure(listed, { dir: repo.dir })).toMatchObject({ verdict: 'good', sighting: { commit: first } });
    moved(repo, second, LATER / 4);
    const reading = await measure(listed, { dir: repo.dir });
    expect(reading).toMatchObject({ verdict: 'unknown', note: `HEAD moved to ${second.slice(0, 7)} after the workers started; ${first.slice(0, 7)} runs` });
    expect(reading.sighting).toBeUndefined();
    expect(await measure([await worker(repo.dir)], { dir: repo.dir })).toMatchObject({ verdict: 'good', sighting: { commit: second } });
  });

  it('cannot be told while one worker began before HEAD moved and another after it', async () => {
    const { repo, first, second } = tree();
    const old = await worker(repo.dir, systemClock.now() - LATER / 2);
    moved(repo, second, LATER / 4);
    const two = `its processes run two releases: the first of them ${first.slice(0, 7)}, the last to start ${second.slice(0, 7)}`;
    expect(await measure([old, await worker(repo.dir)], { dir: repo.dir })).toMatchObject({ verdict: 'unknown', values: [2, expect.any(Number), 1], note: two });
    const fell = { ...(await worker(repo.dir)), status: 'errored', pid: 0 } as Pm2Process;
    expect(await measure([old, fell], { dir: repo.dir }), 'one that died at its boot').toMatchObject({ verdict: 'unknown', values: [1, expect.any(Number), 1], note: two });
  });

  it('cannot be told when the configuration or the lockfile was written since', async () => {
    const { repo } = tree();
    writeFileSync(join(repo.dir, '.env'), 'KEY=1');
    age(repo.dir, '.env');
    const startedAt = systemClock.now() - LATER / 2;
    const listed = [await worker(repo.dir, startedAt)];
    const options = { dir: repo.dir, configFiles: ['.env'] };
    const before = await measure(listed, options);
    expect(before).toMatchObject({ verdict: 'good', sighting: { configHash: expect.stringMatching(/^[0-9a-f]{64}$/) } });
    writeFileSync(join(repo.dir, '.env'), 'KEY=2');
    expect(await measure(listed, options)).toMatchObject({ verdict: 'unknown', note: '.env was changed after the workers started' });
    expect((await measure([await worker(repo.dir, systemClock.now() + 1_000)], options)).sighting).not.toEqual(before.sighting);
    age(repo.dir, '.env');
    writeFileSync(join(repo.dir, 'package-lock.json'), 'other');
    expect(await measure(listed, options)).toMatchObject({ verdict: 'unknown', note: 'package-lock.json was changed after the workers started' });
  });

  it('is the tree a worker works below, and without a directory where the worker is', async () => {
    const { repo, first } = tree();
    mkdirSync(join(repo.dir, 'server'));
    symlinkSync(repo.dir, join(box.dir, 'link'));
    const listed = [await worker(join(repo.dir, 'server'))];
    expect(await measure(listed, { dir: join(box.dir, 'link') })).toMatchObject({ sighting: { dir: repo.dir, commit: first } });
    expect(await measure([await worker(repo.dir)], {})).toMatchObject({ sighting: { dir: repo.dir, commit: first } });
  });

  it('is a directory without history where there is none', async () => {
    const plain = join(box.dir, 'plain');
    mkdirSync(plain);
    expect(await measure([await worker(plain)], {})).toMatchObject({ verdict: 'good', sighting: { dir: plain, commit: null, lockHash: null } });
  });
});

describe('the workers', () => {
  it('are those of the app that are online; without any it cannot be told', async () => {
    const one = await worker(box.dir);
    expect(await measure([{ ...one, name: 'other' }], {})).toMatchObject({ verdict: 'unknown', note: 'no worker is online', values: [0, null, 0] });
    expect(await measure([{ ...one, status: 'stopping' }, { ...one, status: 'stopped', pid: 0 }], {})).toMatchObject({ verdict: 'unknown' });
  });

  it('may end while they are looked at', async () => {
    const one = await worker(box.dir);
    await workers[0]?.end();
    expect(await measure([one], {})).toMatchObject({ verdict: 'unknown', note: 'a worker ended while it was looked at' });
  });
});

describe('against a real PM2', () => {
  let home: Pm2Home;
  let pm2: Pm2;

  beforeEach(async () => {
    home = await startPm2Home();
    pm2 = createPm2({ home: home.home, clock: systemClock, log: createLogger({ format: 'json', level: 'silent' }) });
  });

  afterEach(async () => {
    await pm2.close();
    await home.stop();
  });

  it('sees the release change with the reload, not with the link', async () => {
    const base = join(box.dir, 'base');
    for (const name of ['one', 'two']) mkdirSync(join(base, 'releases', name), { recursive: true });
    symlinkSync(join(base, 'releases', 'two'), join(base, 'current'));
    const seen = async (): Promise<unknown> => {
      const options = release.options.parse({ mode: 'releases', dir: base, processes: ['shop'] });
      return soundReading(release, await release.measure(options, ioOf({ pm2, git }), new AbortController().signal)).sighting;
    };
    const app = await home.startApp({ name: 'shop', cwd: join(base, 'current') });
    expect(await seen()).toMatchObject({ dir: join(base, 'releases', 'two') });
    execFileSync('cp', [app.script, join(base, 'releases', 'one', 'app.cjs')]);
    symlinkSync(join(base, 'releases', 'one'), join(base, 'next'));
    renameSync(join(base, 'next'), join(base, 'current'));
    expect(await seen()).toMatchObject({ dir: join(base, 'releases', 'two') });
    await pm2.reload('shop');
    await until('the app to answer', () => answers(app.url));
    expect(await seen()).toMatchObject({ dir: join(base, 'releases', 'one') });
  });
});
