import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disk } from '../../../../monitoring/release/preflight/disk.js';
import { downtime } from '../../../../monitoring/release/preflight/downtime.js';
import { environment } from '../../../../monitoring/release/preflight/environment.js';
import { files } from '../../../../monitoring/release/preflight/files.js';
import { node } from '../../../../monitoring/release/preflight/node.js';
import { others } from '../../../../monitoring/release/preflight/others.js';
import { packages } from '../../../../monitoring/release/preflight/packages.js';
import { target } from '../../../../monitoring/release/preflight/target.js';
import type { ReleaseId } from '../../../../src/domain/ids.js';
import { crossing, going, listed, lookIo, side } from '../../../doubles/crossing.js';
import { gitSandbox, type Sandbox } from '../../../doubles/git-repo.js';

let box: Sandbox;
beforeAll(() => { box = gitSandbox(); });
afterAll(() => box.remove());

const HOUR = 3_600_000;

describe('the target', () => {
  it('is told with its first line, who found it good, and how long it was healthy', async () => {
    const repo = box.repo('told');
    const to = side({ commit: repo.commit({ a: '1' }, 'Sell things'), verdictReason: 'passed its watch', verdictAt: Date.UTC(2026, 10, 1) });
    const lives = new Map([[to.id, { stretches: [{ from: 0, until: 50 * HOUR }], incidents: 1, sickMs: 2 * HOUR }]]);
    expect(await target.look(crossing({ to, repo: repo.dir, past: { lives, answeredAfter: [] } }), lookIo(), going)).toEqual({
      light: 'green', says: `from bbbbbbb back to ${to.commit?.slice(0, 7)} “Sell things”, stable since 2026-11-01 00:00 UTC (passed its watch); it was healthy for 2 d of 2 d 2 h, with one incident`,
    });
  });

  it('that nobody found good is to be read', async () => {
    const { light, says } = await target.look(crossing({ to: side({ verdict: 'superseded' }), repo: null }), lookIo(), going);
    expect([light, says]).toEqual(['amber', 'from bbbbbbb back to aaaaaaa, which was never found stable: it is superseded; it was not watched while it ran']);
  });
});

describe('files between the two', () => {
  it('are counted with the commits, in both directions', async () => {
    const repo = box.repo('between');
    const base = repo.commit({ a: '1' });
    const to = repo.commit({ b: '1' });
    repo.git('checkout', '--quiet', base);
    for (const name of ['c', 'd', 'e', 'f', 'g', 'h']) repo.commit({ [name]: '1' });
    const from = repo.git('rev-parse', 'HEAD');
    const look = (one: string, other: string) => files.look(crossing({ from: side({ commit: one }), to: side({ commit: other }), repo: repo.dir }), lookIo(), going);
    expect(await look(from, to)).toEqual({ light: 'green', says: '6 commits back, one commit of the target not in what runs; 7 files differ: b, c, d, e, f and 2 more' });
    expect(await look(to, to)).toEqual({ light: 'green', says: '0 commits back; no file differs' });
  });

  it('of a shallow clone are at least so many commits', async () => {
    const repo = box.repo('deep');
    const first = repo.commit({ a: '1' });
    const last = [2, 3].map((n) => repo.commit({ a: String(n) })).at(-1) ?? '';
    const shallow = join(box.dir, 'shallow');
    repo.git('clone', '--quiet', '--depth=2', `file://${repo.dir}`, shallow);
    const parent = repo.git('rev-parse', 'HEAD~1');
    expect((await files.look(crossing({ from: side({ commit: last }), to: side({ commit: parent }), repo: shallow }), lookIo(), going)).says).toMatch(/^at least one commit back; one file differs: a$/);
    expect((await files.look(crossing({ from: side({ commit: last }), to: side({ commit: first }), repo: shallow }), lookIo(), going))).toMatchObject({ light: 'amber', says: expect.stringContaining('which files differ is not known: the repository does not have that commit') as string });
  });

  it('without a repository are not known', async () => {
    expect(await files.look(crossing({ repo: null }), lookIo(), going)).toEqual({ light: 'amber', says: 'which files differ is not known: no repository is configured' });
  });
});

describe('packages', () => {
  it.each([
    ['x', 'x', false, 'green', 'the lockfile is equal'],
    ['x', 'y', false, 'green', 'the lockfile differs'],
    ['x', null, false, 'green', 'only one of them has a lockfile'],
    [null, null, false, 'green', 'neither has a lockfile'],
    ['x', 'y', true, 'amber', 'the lockfile differs; npm installs them beside the live release, and needs its registry'],
  ] as const)('%s → %s', async (one, other, installs, light, says) => {
    expect(await packages.look(crossing({ from: side({ lockHash: one }), to: side({ lockHash: other }), installs }), lookIo(), going)).toEqual({ light, says });
  });
});

describe('the environment', () => {
  const look = (now: readonly string[] | null, then: readonly string[] | null) => environment.look(crossing({ from: side({ envKeys: now }), to: side({ envKeys: then }) }), lookIo(), going);

  it('names what is gone and what is new, and is to be read where something is gone', async () => {
    expect(await look(['A', 'NEW'], ['A', 'STRIPE_KEY', 'OLD'])).toEqual({ light: 'amber', says: 'it ran with STRIPE_KEY, OLD, which are not set any more; NEW is new since and stays' });
    expect(await look(['A', 'B', 'C'], ['A'])).toEqual({ light: 'green', says: 'B, C are new since and stay' });
    expect(await look(['A'], ['A'])).toEqual({ light: 'green', says: 'the names of its variables are the same; values are not compared' });
  });

  it('that was not written down is not called equal', async () => {
    expect((await look(['A'], null)).light).toBe('amber');
  });
});

describe('Node', () => {
  const at = async (files: Readonly<Record<string, string>>, now: string | null, then: string | null) => {
    const repo = box.repo(`node-${Math.random()}`);
    return node.look(crossing({ repo: repo.dir, from: side({ nodeVersion: now }), to: side({ commit: repo.commit(files), nodeVersion: then }) }), lookIo(), going);
  };

  it.each([
    ['the same as before, whatever it asks for', { 'package.json': '{"engines":{"node":"18"}}' }, '20.1.0', '20.1.0', 'green', 'it ran on Node 20.1.0 before'],
    ['another that it allows', { 'package.json': '{"engines":{"node":">=18"}}' }, '22.1.0', '20.1.0', 'amber', 'its package.json allows 22.1.0; a rollback does not change Node'],
    ['another that it does not allow', { 'package.json': '{"engines":{"node":"^18 || ^20"}}' }, '22.1.0', '20.1.0', 'red', 'its package.json asks for ^18 || ^20'],
    ['not known before, and not the one of .nvmrc', { '.nvmrc': 'v18\n' }, '22.1.0', null, 'red', 'its .nvmrc asks for 18'],
    ['not known before, nothing asked for', { '.nvmrc': 'lts/*' }, '22.1.0', null, 'amber', 'a rollback does not change Node'],
    ['not known now', {}, null, '20.1.0', 'amber', 'which Node runs is not known'],
  ] as const)('%s', async (_case, laid, now, then, light, says) => {
    const found = await at(laid, now, then);
    expect(found.light).toBe(light);
    expect(found.says).toContain(says);
    expect(found.instead !== undefined).toBe(light === 'red');
  });
});

describe('the disk', () => {
  it('needs room only where something is built: as much as the running release, and some', async () => {
    const dir = join(box.dir, 'big');
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'blob'), Buffer.alloc(12 * 1024 * 1024));
    const look = (builds: boolean) => disk.look(crossing({ base: box.dir, from: side({ dir }), builds }), lookIo(), going);
    expect(await look(false)).toEqual({ light: 'green', says: 'nothing is built, so no room is needed' });
    expect((await look(true)).says).toMatch(/^212 MiB are needed to build it, and .* are free$/);
  });

  it('without room is red, and says what to do', async () => {
    const exec = { run: async () => ({ code: 0, signal: null, timedOut: false, stdout: `${2 ** 60}\t/x`, stderr: '' }) };
    expect(await disk.look(crossing({ base: box.dir, from: side({ dir: box.dir }), builds: true }), lookIo(undefined, { exec }), going)).toMatchObject({ light: 'red', instead: expect.stringContaining('make room first') as string });
  });
});

describe('the expected downtime', () => {
  const past = (...ms: readonly number[]) => ({ lives: new Map<ReleaseId, never>(), answeredAfter: ms.map((one) => ({ repair: 'pm2.restart', ms: one })) });

  it.each([
    [[], past(), 'green', 'none expected, workers are replaced one by one'],
    [['shop'], past(), 'amber', 'as long as shop takes to start; not measured yet'],
    [['shop'], past(4_000), 'amber', 'at most 4 s expected; after the last restart it answered again within 4 s'],
    [['shop', 'jobs'], past(4_000, 9_000, 2_500), 'amber', 'at most 9 s expected; after the last 3 restarts it answered again within 2.5 s to 9 s'],
  ] as const)('of %s', async (away, known, light, says) => {
    expect(await downtime.look(crossing({ away, past: known, listed: [listed('shop', '/srv')] }), lookIo(), going)).toEqual({ light, says });
  });

  it('has npm’s on top where that installs in place, and of nothing else', async () => {
    const installing = { installs: true, listed: [listed('shop', '/srv')] };
    const npm = '; what needs a package fails while npm ci runs before that, and how long is not known';
    expect(await downtime.look(crossing({ ...installing, mode: 'in-place', away: ['shop'], past: past(4_000) }), lookIo(), going)).toEqual({ light: 'amber', says: `at most 4 s expected; after the last restart it answered again within 4 s${npm}` });
    expect(await downtime.look(crossing({ ...installing, mode: 'in-place', away: [] }), lookIo(), going)).toEqual({ light: 'amber', says: `none for the workers, which are replaced one by one${npm}` });
    expect(await downtime.look(crossing({ ...installing, mode: 'releases', away: [] }), lookIo(), going)).toMatchObject({ light: 'green' });
  });

  it('is none more than now where no process of it is up', async () => {
    const dead = { ...listed('shop', '/srv'), status: 'errored' };
    expect(await downtime.look(crossing({ away: ['shop'], past: past(4_000), listed: [dead, listed('blog', '/srv')] }), lookIo(), going)).toEqual({ light: 'green', says: 'none more than now: no process of it is up' });
  });
});

describe('others that move along', () => {
  const crontab = (text: string) => ({ exec: { run: async () => ({ code: text === '' ? 1 : 0, signal: null, timedOut: false, stdout: text, stderr: '' }) } });

  it('are processes and cron jobs of the same directory', async () => {
    const list = [listed('shop', '/srv/shop/current'), listed('jobs', '/srv/shop/current'), listed('jobs', '/srv/shop/current'), listed('blog', '/srv/shop-two'), listed('mail', '/', '/srv/shop/current/mail.js')];
    const jobs = '# 0 1 * * * node /srv/shop/current/old.js\n0 1 * * * node /srv/shop/current/nightly.js\n0 2 * * * node /srv/blog/x.js\n';
    expect(await others.look(crossing({ base: '/srv/shop', listed: list }), lookIo(undefined, crontab(jobs)), going)).toEqual({
      light: 'amber', says: 'jobs, mail run from /srv/shop too and are not started anew: name them under pm2 of shop; one job in this user’s crontab runs from there, with the other code from then on',
    });
  });

  it('are none where nothing else runs from there, or there is no crontab', async () => {
    expect(await others.look(crossing({ base: '/srv/shop', listed: [listed('shop', '/srv/shop')] }), lookIo(undefined, crontab('')), going)).toEqual({ light: 'green', says: 'nothing else under PM2 or in this user’s crontab runs from there' });
  });
});
