import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildRelease, planBuild, type BuildPlan, type BuildWish } from '../../../monitoring/release/build.js';
import { systemClock } from '../../../src/io/clock.js';
import { createExec } from '../../../src/io/exec.js';
import { createGit } from '../../../src/io/git.js';
import { gitSandbox, type Repo, type Sandbox } from '../../doubles/git-repo.js';
import { addPackage } from '../../doubles/npm-app.js';
import { until } from '../../doubles/pm2-home.js';

const io = { clock: systemClock, exec: createExec(), git: createGit() };
const calm = new AbortController().signal;
let box: Sandbox;
let repo: Repo;
let base: string;
beforeEach(() => {
  box = gitSandbox();
  repo = box.repo('repo');
  base = join(box.dir, 'srv');
  mkdirSync(join(base, 'releases'), { recursive: true });
});
afterEach(() => box.remove());

async function plan(commit: string, wish: Partial<BuildWish> = {}): Promise<BuildPlan> {
  const made = await planBuild({ base, repo: repo.dir, commit, like: null, entries: ['server.js'], ...wish }, io);
  if ('refused' in made) throw new Error(made.refused);
  return made;
}

async function refusal(commit: string, wish: Partial<BuildWish> = {}): Promise<string> {
  const made = await planBuild({ base, repo: repo.dir, commit, like: null, entries: ['server.js'], ...wish }, io);
  return 'refused' in made ? made.refused : 'was not refused';
}

const releases = (): string[] => readdirSync(join(base, 'releases')).sort();
const greeting = (dir: string): unknown => createRequire(join(dir, 'x.js'))('greet');

describe('build', () => {
  it('writes the files of the commit and REVISION, and does nothing a second time', async () => {
    const commit = repo.commit({ 'server.js': 'one' });
    const made = await plan(commit);
    expect(made).toMatchObject({ dir: join(base, 'releases', commit.slice(0, 12)), modules: { kind: 'none' } });
    await buildRelease(made, 20_000, io, calm);
    expect(readFileSync(join(made.dir, 'server.js'), 'utf8')).toBe('one');
    expect(readFileSync(join(made.dir, 'REVISION'), 'utf8')).toBe(`${commit}\n`);
    const before = statSync(made.dir).ino;
    await buildRelease(made, 20_000, io, calm);
    expect(statSync(made.dir).ino).toBe(before);
    expect(releases()).toEqual([commit.slice(0, 12)]);
  });

  it('installs from the lockfile, then copies where the lockfile is equal, without sharing files', async () => {
    const first = repo.commit({ 'server.js': 'one', ...addPackage(repo, { version: '1.0.0' }) });
    const second = repo.commit({ 'server.js': 'two' });
    const third = repo.commit(addPackage(repo, { version: '2.0.0' }));
    const one = await plan(first);
    expect(one.modules).toEqual({ kind: 'install' });
    await buildRelease(one, 60_000, io, calm);
    expect(greeting(one.dir)).toBe('greet 1.0.0');

    const two = await plan(second);
    expect(two.modules).toEqual({ kind: 'copy', from: one.dir });
    await buildRelease(two, 60_000, io, calm);
    expect(greeting(two.dir)).toBe('greet 1.0.0');
    writeFileSync(join(one.dir, 'node_modules/greet/index.js'), "module.exports = 'changed'");
    expect(readFileSync(join(two.dir, 'node_modules/greet/index.js'), 'utf8')).toContain('greet 1.0.0');

    expect((await plan(third)).modules).toEqual({ kind: 'install' });
  });

  it('copies from the running release, though somebody else built it; not where packages hold code made from its own', async () => {
    const first = repo.commit({ 'server.js': 'one', ...addPackage(repo, { version: '1.0.0' }) });
    const like = join(base, 'releases/by-hand');
    mkdirSync(join(like, 'node_modules'), { recursive: true });
    writeFileSync(join(like, 'package-lock.json'), readFileSync(join(repo.dir, 'package-lock.json')));
    expect((await plan(first, { like })).modules).toEqual({ kind: 'copy', from: like });
    expect((await plan(first)).modules).toEqual({ kind: 'install' });
    mkdirSync(join(like, 'node_modules/.prisma'));
    expect((await plan(first, { like })).modules).toEqual({ kind: 'install' });
    rmSync(join(like, 'node_modules/.prisma'), { recursive: true });
    const generating = repo.commit({ 'package.json': JSON.stringify({ name: 'shop', scripts: { postinstall: 'generate' } }) });
    expect((await plan(generating, { like })).modules).toEqual({ kind: 'install' });
  });

  it('makes the symlinks of the running release that lead out of it', async () => {
    const commit = repo.commit({ 'server.js': 'one' });
    const like = join(base, 'releases/old');
    mkdirSync(join(base, 'shared'));
    mkdirSync(like);
    writeFileSync(join(base, 'shared/.env'), 'A=1');
    symlinkSync('../../shared/.env', join(like, '.env'));
    symlinkSync('server.js', join(like, 'inward'));
    const made = await plan(commit, { like });
    await buildRelease(made, 20_000, io, calm);
    expect(readlinkSync(join(made.dir, '.env'))).toBe('../../shared/.env');
    expect(readFileSync(join(made.dir, '.env'), 'utf8')).toBe('A=1');
    expect(existsSync(join(made.dir, 'inward'))).toBe(false);
  });

  it('refuses in words what could not start: no entry, settings outside of git, another package manager, no lockfile', async () => {
    const compiledApp = repo.commit({ 'src/server.ts': 'x' });
    expect(await refusal(compiledApp, { entries: ['dist/server.js'] })).toContain('dist/server.js, which is not in the repository');
    const commit = repo.commit({ 'server.js': 'x', '.env.example': 'A=' });
    const like = join(base, 'releases/old');
    mkdirSync(like);
    writeFileSync(join(like, '.env.example'), 'A=');
    writeFileSync(join(like, '.env'), 'A=secret');
    expect(await refusal(commit, { like })).toMatch(/has \.env outside of git/);
    expect(await refusal(repo.commit({ 'yarn.lock': 'x' }))).toContain('npm only');
    expect(await refusal(repo.commit({ 'yarn.lock': null, 'package.json': '{"dependencies":{"a":"1"}}' }))).toContain('no lockfile');
  });

  it('leaves a directory alone that is not what it seems', async () => {
    const commit = repo.commit({ 'server.js': 'x' });
    const made = await plan(commit);
    mkdirSync(made.dir);
    writeFileSync(join(made.dir, 'mine'), 'x');
    await expect(buildRelease(made, 20_000, io, calm)).rejects.toMatchObject({ code: 'release.dir_taken' });
    expect(readdirSync(made.dir)).toEqual(['mine']);
  });

  it('leaves nothing behind when npm fails, and says what npm said', async () => {
    const files = addPackage(repo, { version: '1.0.0' });
    const commit = repo.commit({ 'server.js': 'x', ...files, 'package-lock.json': files['package-lock.json']?.replace(/sha512-[^"]+/, `sha512-${'A'.repeat(86)}==`) ?? '' });
    await expect(buildRelease(await plan(commit), 60_000, io, calm)).rejects.toMatchObject({ code: 'release.modules', message: expect.stringMatching(/EINTEGRITY|integrity/) });
    expect(releases()).toEqual([]);
  });

  it('ends npm and its children at the deadline and on abort, and leaves nothing behind', async () => {
    const said = join(box.dir, 'installing');
    const commit = repo.commit({ 'server.js': 'x', ...addPackage(repo, { version: '1.0.0', said }) });
    const made = await plan(commit);
    await expect(buildRelease(made, 1_500, io, calm)).rejects.toMatchObject({ errorClass: 'transient' });
    rmSync(said, { force: true });
    const controller = new AbortController();
    const building = buildRelease(made, 30_000, io, controller.signal);
    building.catch(() => undefined);
    await until('npm to install', () => existsSync(said));
    const installer = Number(readFileSync(said, 'utf8'));
    controller.abort(new Error('cancelled'));
    await expect(building).rejects.toThrow('cancelled');
    await until('the install script to be gone', () => !existsSync(`/proc/${installer}`));
    expect(releases()).toEqual([]);
  });
});
