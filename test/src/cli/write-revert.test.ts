import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeRevert } from '../../../src/cli/write-revert.js';
import type { Config } from '../../../src/config/config.js';
import { createExec } from '../../../src/io/exec.js';
import { gitSandbox } from '../../doubles/git-repo.js';

function world() {
  const box = gitSandbox();
  onTestFinished(() => box.remove());
  const repo = box.repo('repo');
  const good = repo.commit({ 'app.js': 'good\n', 'kept.txt': 'x\n' });
  const bad = repo.commit({ 'app.js': 'bad\n', 'blob.bin': '\0\u0001binary\0', 'kept.txt': null });
  const config = { apps: [{ name: 'shop', release: { mode: 'in-place', dir: repo.dir, repo: null, configFiles: [] } }] } as unknown as Config;
  const write = (into = 'back.patch', from = bad, to = good) => writeRevert({ exec: createExec(), config, cwd: box.dir }, { app: 'shop', from, to, why: 'rolled back: „500“\nSubject: x', into });
  return { box, repo, good, bad, write, file: join(box.dir, 'back.patch') };
}

describe('the patch that takes a bad commit back', () => {
  it('is applied by git in a clone, on top of what came after, and only looks at the repository', async () => {
    const { repo, good, write, file } = world();
    await write();
    expect(repo.git('status', '--porcelain')).toBe('');
    repo.commit({ 'later.js': 'later\n' });
    repo.git('am', '--quiet', '--3way', file);
    expect(repo.git('diff', '--name-only', good, 'HEAD')).toBe('later.js');
    expect(repo.git('log', '-1', '--format=%s')).toMatch(/^Take [0-9a-f]{7} back to [0-9a-f]{7}$/);
  });

  it('overwrites nothing', async () => {
    const { write, file } = world();
    writeFileSync(file, 'mine');
    await expect(write()).rejects.toThrow('is there already');
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('is not written where there is no such directory', async () => {
    await expect(world().write('nowhere/x.patch')).rejects.toThrow(/nowhere is no directory/);
  });

  it('is not written where the two are the same, or a commit is not there', async () => {
    const { bad, write } = world();
    await expect(write('a.patch', bad, bad)).rejects.toThrow('have the same files');
    await expect(write('a.patch', 'f'.repeat(40))).rejects.toThrow('does not have that commit');
  });
});
