import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createGit } from '../../../src/io/git.js';
import { staleLock } from '../../../src/io/git-lock.js';
import { gitSandbox, type Repo, type Sandbox } from '../../doubles/git-repo.js';

const git = createGit();
let box: Sandbox;
let repo: Repo;
let lock: string;
beforeEach(() => {
  box = gitSandbox();
  repo = box.repo('app');
  lock = join(repo.dir, '.git/index.lock');
});
afterEach(() => box.remove());

/** An editor or a library: not called git, and at home elsewhere. */
async function tool(code: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', `const fs = require('node:fs'); ${code}; console.log('there'); setInterval(() => {}, 1000)`], { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout!, 'data');
  return child;
}

describe('git: an index.lock', () => {
  it('is not taken away while anything has it open, however old it is, and is once that has ended', async () => {
    const old = repo.commit({ a: '1' });
    repo.commit({ a: '2' });
    const holder = await tool(`fs.openSync(${JSON.stringify(lock)}, 'wx')`);
    utimesSync(lock, 1_000, 1_000);
    await expect(git.checkout(repo.dir, old, 20_000)).rejects.toMatchObject({ code: 'git.locked', errorClass: 'transient', message: `Something works in ${repo.dir} at the moment (pid ${holder.pid}): it holds git’s index.lock` });
    expect(existsSync(lock)).toBe(true);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await git.checkout(repo.dir, old, 20_000);
    expect(await git.head(repo.dir)).toBe(old);
  });

  it('is not taken away while somebody changes it, although nobody keeps it open', async () => {
    const busy = await tool(`setInterval(() => fs.writeFileSync(${JSON.stringify(lock)}, String(process.hrtime.bigint())), 400)`);
    while (!existsSync(lock)) await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(staleLock(repo.dir)).rejects.toMatchObject({ code: 'git.locked' });
    expect(existsSync(lock)).toBe(true);
    busy.kill('SIGKILL');
    await once(busy, 'exit');
  });

  it('is none of ours where it goes away while it is looked at', async () => {
    writeFileSync(lock, '');
    setTimeout(() => rmSync(lock), 700);
    expect(await staleLock(repo.dir)).toBeNull();
  });

  it.skipIf(process.geteuid?.() !== 0)('of another user is not taken away: that user’s processes cannot be seen', async () => {
    for (const dir of [box.dir, repo.dir, join(repo.dir, '.git')]) chownSync(dir, 65_534, 65_534);
    writeFileSync(lock, '');
    const { HOME } = process.env;
    process.env['HOME'] = box.dir; // Git looks for settings there, and may not look into root's.
    process.seteuid?.(65_534);
    try {
      await expect(staleLock(repo.dir)).rejects.toMatchObject({ code: 'git.locked', message: expect.stringContaining('another user') });
    } finally {
      process.seteuid?.(0);
      process.env['HOME'] = HOME;
    }
  });
});
