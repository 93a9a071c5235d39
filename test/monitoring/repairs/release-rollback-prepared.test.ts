import { existsSync, mkdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { releaseRollback, rollbackArgs, type RollbackArgs } from '../../../monitoring/repairs/release-rollback.js';
import type { RepairTarget } from '../../../monitoring/repairs/repair.js';
import type { Io } from '../../../src/io/io.js';
import type { Pm2Process } from '../../../src/io/pm2.js';
import { createExec } from '../../../src/io/exec.js';
import { createGit } from '../../../src/io/git.js';
import { systemClock } from '../../../src/io/clock.js';
import { ioListing, listed } from '../../doubles/pm2-list.js';
import { ioOf, lay, link, prepareRollback, released, releasedShop, ROLLBACK, targetOf, version, type ReleasedShop } from '../../doubles/released-app.js';

const calm = new AbortController().signal;
let shop: ReleasedShop;
beforeEach(async () => { shop = await releasedShop(); });
afterEach(() => shop.box.remove());

/** Real git and disk; PM2 as it would list the shop. */
function seen(...processes: readonly Partial<Pm2Process>[]): Io {
  const all = processes.map((fields) => listed({ cwd: shop.current, execPath: join(shop.current, 'app.cjs'), startedAt: systemClock.now() - 60_000, ...fields }));
  return { ...ioListing(all), git: createGit(), exec: createExec(), clock: systemClock } as unknown as Io;
}

async function refusal(target: RepairTarget, args: Partial<RollbackArgs> = {}, io = seen({})): Promise<string> {
  const made = await releaseRollback.prepare(target, { ...ROLLBACK, ...args }, io, calm);
  return 'refused' in made ? made.refused : 'was not refused';
}

describe('release.rollback, prepared', () => {
  it('says where it goes, what differs, and what it costs', async () => {
    const { base, repo, commits, dirs } = shop;
    repo.commit({ 'migrations/002_vouchers.sql': 'alter table orders add voucher text', 'package-lock.json': '{}' }, 'Vouchers');
    const three = repo.commit({ ...version('v3') }, 'Take vouchers');
    const dir = await lay(base, repo, three);
    link(base, dir);
    const target = targetOf({ mode: 'releases', dir: base, repo: repo.dir }, [await released(three, dir, { nodeVersion: '22.1.0' }), ...(await shop.target()).ledger.slice(1)]);
    const { prepared } = await prepareRollback(target, seen({}));
    expect(prepared.preflight?.map(({ light, says }) => `${light} ${says}`)).toEqual([
      `green from ${three.slice(0, 7)} back to ${commits.v1.slice(0, 7)} “Sell things”, stable since 2026-11-18 11:06 UTC (held 72 h); it was not watched while it ran`,
      'red one migration file differs, and whether it is applied was not read in a database: migrations/002_vouchers.sql. The code goes back, the database does not',
      'green 3 commits back; 3 files differ: migrations/002_vouchers.sql, package-lock.json, version.js',
      'green only one of them has a lockfile',
      'amber which variables it ran with was not written down, so a missing one is not seen',
      'amber it ran on Node 20.20.2, what runs now on 22.1.0; a rollback does not change Node',
      'green nothing is built, so no room is needed',
      'amber as long as shop takes to start; not measured yet',
      'green nothing else under PM2 or in this user’s crontab runs from there',
    ]);
    expect(prepared.notes).toEqual([`by hand: ln -sfn ${dirs.v1} ${base}/current && pm2 restart shop`]);
    expect(prepared.bounds).toEqual({ restarts: 1, rollbacks: 1, migrations: 1 });
  });

  it('says what it cannot know without a repository, and sets no bound on it', async () => {
    const target = await shop.target({ release: { mode: 'releases', dir: shop.base, repo: null } });
    const { prepared } = await prepareRollback(target, seen({}));
    expect(prepared.preflight).toContainEqual({ about: 'files', light: 'amber', says: 'which files differ is not known: no repository is configured' });
    expect(prepared.preflight).toContainEqual(expect.objectContaining({ about: 'migrations', light: 'red', says: 'whether the database was migrated in between is not known; a rollback leaves the database as it is' }));
    expect(prepared.bounds).toEqual({ restarts: 1, rollbacks: 1 });
  });

  it('is the same deed again while pids and times change, so that a yes holds', async () => {
    const target = await shop.target();
    const { prepared: first } = await prepareRollback(target, seen({ pid: 1_000 }));
    const { prepared: second } = await prepareRollback(target, seen({ pid: 2_000, restarts: 7, status: 'waiting restart' }));
    // What a pre-flight says of this moment is no part of what is done: with nothing up, no downtime is added.
    expect({ ...second, witness: null, preflight: null }).toEqual({ ...first, witness: null, preflight: null });
    expect(second.preflight).toContainEqual({ about: 'downtime', light: 'green', says: 'none more than now: no process of it is up' });
    expect(second.witness).not.toEqual(first.witness);
  });

  it('is the same deed once young workers of a cluster have served for a while, though they are reloaded then', async () => {
    const target = await shop.target();
    const young = { mode: 'cluster', startedAt: systemClock.now() - 2_000 } as const;
    const { prepared: first } = await prepareRollback(target, seen(young, { ...young, pmId: 1 }));
    const { prepared: second } = await prepareRollback(target, seen({ mode: 'cluster' }, { mode: 'cluster', pmId: 1 }));
    expect({ ...second, witness: null, notes: [], preflight: [] }).toEqual({ ...first, witness: null, notes: [], preflight: [] });
    expect([first, second].map(({ notes }) => notes.find((note) => note.startsWith('by hand'))?.split(' && ')[1])).toEqual(['pm2 restart shop', 'pm2 reload shop']);
  });

  it.each([
    ['reload', 'serving workers in cluster mode', [{ mode: 'cluster' }, { mode: 'cluster', pmId: 1 }]],
    ['restart', 'one in fork mode', [{ mode: 'fork' }]],
    ['restart', 'a worker that errored', [{ mode: 'cluster' }, { mode: 'cluster', pmId: 1, status: 'errored', pid: 0 }]],
    ['restart', 'a stopped one', [{ mode: 'cluster', status: 'stopped', pid: 0 }]],
    ['restart', 'one that only just started, as in a crash loop', [{ mode: 'cluster', startedAt: systemClock.now() + 3_600_000 }]],
  ] as const)('decides on a %s for %s', async (verb, _, processes) => {
    const { prepared } = await prepareRollback(await shop.target(), seen(...processes));
    expect(prepared.witness).toMatchObject({ processes: [{ name: 'shop', verb }] });
  });

  it('stops at the switch when somebody released meanwhile, and leaves what they did', async () => {
    const { base, commits, repo } = shop;
    const { prepared, steps } = await prepareRollback(await shop.target(), seen({}));
    link(base, await lay(base, repo, commits.broken));
    const switching = steps.find((step) => step.name === 'switch current');
    expect(await switching?.state(prepared.witness, {}, seen({}))).toBe('unknown');
    await expect(switching?.act(prepared.witness, {}, seen({}), calm)).rejects.toMatchObject({ code: 'release.moved' });
    expect(readlinkSync(shop.current)).toBe(`releases/${commits.broken.slice(0, 12)}`);
  });

  it('takes its arguments from a runbook or a person, and no others', () => {
    expect(rollbackArgs.parse({})).toEqual({ to: null, reason: '' });
    expect(() => rollbackArgs.parse({ force: true })).toThrow();
    expect(() => rollbackArgs.parse({ to: '' })).toThrow();
  });
});

describe('release.rollback refuses in plain words', () => {
  it('what the ledger does not allow', async () => {
    const target = await shop.target();
    const { commits } = shop;
    const [running, stable] = target.ledger;
    if (!running || !stable) throw new Error('no ledger');
    expect(await refusal({ ...target, ledger: [running] })).toContain('There is no release of shop to go back to yet: only the running one was ever seen.');
    expect(await refusal({ ...target, ledger: [running, { ...stable, verdict: 'superseded' }] })).toContain('is marked stable');
    expect(await refusal({ ...target, running: null })).toContain('not known yet');
    expect(await refusal(target, { to: running.id })).toBe(`${commits.v2.slice(0, 7)} is what runs already`);
    expect(await refusal(target, { to: commits.v2.slice(0, 9) })).toContain('is what runs already');
    expect(await refusal({ ...target, ledger: [running, { ...stable, verdict: 'bad', verdictReason: 'checkout answered 500' }] }, { to: commits.v1 })).toBe(`${commits.v1.slice(0, 7)} was found bad (checkout answered 500), and is not gone back to`);
    expect(await refusal({ ...target, ledger: [running, { ...stable, quarantinedAt: 5 }] }, { to: stable.id })).toContain('is not gone back to');
    expect(await refusal(target, { to: 'v9; rm -rf /' })).toBe('No release of shop that was ever seen is called "v9; rm -rf /"');
    expect(await refusal({ ...target, ledger: [running, { ...stable, verdict: 'unwatched' }] }, { to: commits.v1.slice(0, 7) })).toBe('was not refused');
  });

  it('a release that cannot be gone to', async () => {
    const target = await shop.target();
    const { base, dirs, box } = shop;
    writeFileSync(join(dirs.v1, 'REVISION'), `${'f'.repeat(40)}\n`);
    expect(await refusal(target)).toContain('holds fffffff by now');
    rmSync(dirs.v1, { recursive: true });
    expect(await refusal({ ...target, release: { mode: 'releases', dir: base, repo: null } })).toMatch(/is not there, and there is no repository to build it from/);
    expect(await refusal({ ...target, release: { mode: 'releases', dir: base, repo: join(box.dir, 'elsewhere') } })).toContain('there is no git repository');
    expect(await refusal({ ...target, release: { mode: 'releases', dir: base, repo: box.repo('other').dir } })).toContain('does not have its commit');
    expect(await refusal(target, {}, seen({ execPath: join(shop.current, 'dist/app.cjs') }))).toContain('PM2 starts dist/app.cjs, which is not in the repository');
    expect(await refusal({ ...target, release: null })).toContain('does not say where its releases stand');
  });

  it('an app that PM2 does not start through the link, does not know, or that is hypercare itself', async () => {
    const target = await shop.target();
    expect(await refusal(target, {}, seen({ cwd: shop.dirs.v2 }))).toMatch(/^PM2 starts "shop" in .* and not through .*\/current, so it would start the same release again/);
    expect(await refusal(target, {}, seen({ execPath: join(shop.dirs.v2, 'app.cjs') }))).toMatch(/^PM2 starts "shop" from .* and not through .*\/current/);
    expect(await refusal({ ...target, processes: ['shop', 'worker'] })).toBe('PM2 lists no process named "worker"; start it, or correct the app\'s pm2 in the config');
    expect(await refusal({ ...target, processes: [] })).toContain('no PM2 process');
    expect(await refusal(target, {}, seen({ pid: process.pid }))).toContain('hypercare itself');
  });

  it('a link that does not lead to what runs', async () => {
    const target = await shop.target();
    link(shop.base, shop.dirs.v1);
    expect(await refusal(target)).toMatch(/leads to .* but what runs was seen in .*: somebody is releasing/);
    rmSync(shop.current);
    expect(await refusal(target)).toContain('is not there');
    mkdirSync(shop.current);
    expect(await refusal(target)).toContain('is no symlink');
  });

  it('a PM2 that is not there, without starting one', async () => {
    const nowhere = join(shop.box.dir, 'no-pm2');
    const io = ioOf(nowhere);
    expect(await refusal(await shop.target(), {}, io)).toMatch(/PM2/);
    expect(existsSync(nowhere)).toBe(false);
    await io.pm2.close();
  });
});
