import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identifyRelease, workerDirectories } from '../../../monitoring/release/identify.js';
import { createGit } from '../../../src/io/git.js';
import { sha256 } from '../../../src/io/hash.js';
import { gitSandbox, type Sandbox } from '../../doubles/git-repo.js';

const git = createGit();
const plain = { configFiles: [], nodeVersion: '20.20.2' };
let box: Sandbox;
beforeEach(() => { box = gitSandbox(); });
afterEach(() => box.remove());

describe('identify', () => {
  it('believes REVISION before git, and resolves symlinks', async () => {
    const repo = box.repo('app');
    const commit = 'a'.repeat(40);
    writeFileSync(join(repo.dir, 'REVISION'), `${commit}\n`);
    writeFileSync(join(repo.dir, 'package-lock.json'), '{}');
    symlinkSync(repo.dir, join(box.dir, 'current'));
    expect(await identifyRelease(join(box.dir, 'current'), plain, git)).toEqual({ dir: repo.dir, commit, lockHash: sha256('{}'), configHash: null, nodeVersion: '20.20.2' });
  });

  it('asks git where REVISION is missing or nonsense; no commit where there is no git either', async () => {
    const repo = box.repo('app');
    const commit = repo.commit({ a: '1' });
    writeFileSync(join(repo.dir, 'REVISION'), 'latest\n');
    expect((await identifyRelease(repo.dir, plain, git)).commit).toBe(commit);
    mkdirSync(join(box.dir, 'bare'));
    expect(await identifyRelease(join(box.dir, 'bare'), plain, git)).toMatchObject({ commit: null, lockHash: null });
  });

  it('takes what HEAD was when the worker began, not what was pulled since', async () => {
    const repo = box.repo('app');
    const first = repo.commit({ a: '1' });
    const later = repo.commit({ a: '2' });
    writeFileSync(join(repo.dir, '.git/logs/HEAD'), `${'0'.repeat(40)} ${first} T <t@l> 1000 +0000\tx\n${first} ${later} T <t@l> 2000 +0000\ty\n`);
    expect((await identifyRelease(repo.dir, { ...plain, startedAt: 1_500_000 }, git)).commit).toBe(first);
    expect((await identifyRelease(repo.dir, plain, git)).commit).toBe(later);
  });

  it('sees a changed, a new and a missing config file, whatever order they are named in', async () => {
    const dir = join(box.dir, 'release');
    mkdirSync(dir);
    const hash = async (...configFiles: string[]): Promise<string | null> => (await identifyRelease(dir, { ...plain, configFiles }, git)).configHash;
    const missing = await hash('.env', 'config.json');
    writeFileSync(join(dir, '.env'), 'A=1');
    const there = await hash('.env', 'config.json');
    expect(await hash('config.json', '.env')).toBe(there);
    writeFileSync(join(dir, '.env'), 'A=2');
    expect(new Set([missing, there, await hash('.env', 'config.json')]).size).toBe(3);
  });

  it('throws for a directory that is gone', async () => {
    await expect(identifyRelease(join(box.dir, 'gone'), plain, git)).rejects.toThrow('ENOENT');
  });

  it('shows the directory each process works in, also when the link has moved on; null for an ended one', async () => {
    mkdirSync(join(box.dir, 'one'));
    mkdirSync(join(box.dir, 'two'));
    symlinkSync('one', join(box.dir, 'current'));
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log(1)'], { cwd: join(box.dir, 'current'), stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    rmSync(join(box.dir, 'current'));
    symlinkSync('two', join(box.dir, 'current'));
    const pid = child.pid ?? 0;
    expect(await workerDirectories([pid, 0])).toEqual(new Map([[pid, join(box.dir, 'one')], [0, null]]));
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await workerDirectories([pid])).get(pid)).toBeNull();
  });
});
