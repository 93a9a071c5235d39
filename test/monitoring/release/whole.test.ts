import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildRelease, planBuild } from '../../../monitoring/release/build.js';
import { editedIn, missingFrom } from '../../../monitoring/release/whole.js';
import { systemClock } from '../../../src/io/clock.js';
import { createExec } from '../../../src/io/exec.js';
import { createGit } from '../../../src/io/git.js';
import { gitSandbox, type Repo, type Sandbox } from '../../doubles/git-repo.js';
import { addPackage } from '../../doubles/npm-app.js';

const io = { clock: systemClock, exec: createExec(), git: createGit() };
const FILES = { 'server.js': "require('./lib/version.js')", 'lib/version.js': '1', '.gitignore': 'node_modules\n' };
let box: Sandbox;
let repo: Repo;
let base: string;
beforeEach(() => {
  box = gitSandbox();
  repo = box.repo('repo');
  base = join(box.dir, 'srv');
  mkdirSync(join(base, 'shared'), { recursive: true });
});
afterEach(() => box.remove());

async function built(files: Readonly<Record<string, string>>): Promise<{ readonly dir: string; readonly commit: string; readonly entries: readonly string[] }> {
  const commit = repo.commit({ ...files });
  const plan = await planBuild({ base, repo: repo.dir, commit, like: null, entries: ['server.js'] }, io);
  if ('refused' in plan) throw new Error(plan.refused);
  await buildRelease(plan, 60_000, io, new AbortController().signal);
  return plan;
}

describe('a release', () => {
  it('that was built is whole, and what it writes besides does not matter', async () => {
    const release = await built(FILES);
    writeFileSync(join(release.dir, 'app.log'), 'started');
    expect(await missingFrom(release)).toBe(null);
    expect(await editedIn(release.dir)).toBe(null);
  });

  it('that lost a file nobody starts, or its REVISION, is not', async () => {
    const release = await built(FILES);
    rmSync(join(release.dir, 'lib'), { recursive: true });
    expect(await missingFrom(release)).toBe(`${release.dir} lacks files that it was built with: lib/version.js`);
    rmSync(join(release.dir, 'REVISION'));
    expect(await missingFrom(release)).toBe(`${release.dir} was built by hypercare, and has no REVISION any more`);
  });

  it('that was edited is said to be, a link too', async () => {
    const release = await built(FILES);
    writeFileSync(join(release.dir, 'lib/version.js'), 'syntax error(');
    expect(await missingFrom(release)).toBe(null);
    expect(await editedIn(release.dir)).toBe('found lib/version.js edited since it was built');
    rmSync(join(release.dir, 'server.js'));
    symlinkSync('lib/version.js', join(release.dir, 'server.js'));
    expect(await editedIn(release.dir)).toBe('found lib/version.js, server.js edited since it was built');
  });

  it.each(['', 'null', '{ "server.js": 7 }'])('whose list of files nobody can read (%j) is judged as somebody else’s', async (list) => {
    const release = await built(FILES);
    writeFileSync(join(release.dir, '.hypercare-files'), list);
    rmSync(join(release.dir, 'lib'), { recursive: true });
    expect(await missingFrom(release)).toBe(null);
    expect(await editedIn(release.dir)).toBe(null);
  });

  it('is not hashed where a file is large; its size is looked at', async () => {
    const release = await built({ ...FILES, 'film.bin': 'a'.repeat(1_100_000) });
    writeFileSync(join(release.dir, 'film.bin'), 'b'.repeat(1_100_000));
    expect(await editedIn(release.dir)).toBe(null);
    writeFileSync(join(release.dir, 'film.bin'), 'b');
    expect(await editedIn(release.dir)).toBe('found film.bin edited since it was built');
  });

  it('whose package is an empty directory, or a link that leads nowhere, lacks it', async () => {
    const release = await built({ ...FILES, ...addPackage(repo, { version: '1.0.0' }) });
    expect(await missingFrom(release)).toBe(null);
    const place = join(release.dir, 'node_modules/greet');
    expect(existsSync(place)).toBe(true);
    renameSync(place, join(box.dir, 'greet'));
    symlinkSync(join(box.dir, 'greet'), place);
    expect(await missingFrom(release)).toBe(null);
    rmSync(join(box.dir, 'greet'), { recursive: true });
    expect(await missingFrom(release)).toBe(`${release.dir} lacks packages that its lockfile names: greet`);
    rmSync(place);
    mkdirSync(place);
    expect(await missingFrom(release)).toBe(`${release.dir} lacks packages that its lockfile names: greet`);
  });

  it('of somebody else is judged by what PM2 starts and by its lockfile alone', async () => {
    const dir = join(base, 'releases', 'theirs');
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'server.js'), '1');
    expect(await missingFrom({ dir, commit: null, entries: ['server.js'] })).toBe(null);
    expect(await editedIn(dir)).toBe(null);
    expect(await missingFrom({ dir, commit: null, entries: ['worker.js'] })).toBe(`${dir} has no worker.js, which PM2 starts`);
  });
});
