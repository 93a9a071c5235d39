import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readPast } from '../../../monitoring/release/past.js';
import { tagStable } from '../../../monitoring/release/stable-tag.js';
import { createExec } from '../../../src/io/exec.js';
import { createGit } from '../../../src/io/git.js';
import { gitSandbox } from '../../doubles/git-repo.js';

const io = { git: createGit(), exec: createExec() };
const AT = Date.UTC(2026, 10, 22, 10, 15);

describe('the tag of a stable release', () => {
  it('is annotated, says why, is made once, and is what an import calls stable', async () => {
    const box = gitSandbox();
    onTestFinished(() => box.remove());
    const repo = box.repo('repo');
    const commit = repo.commit({ a: '1' });
    const job = { app: 'shop', repo: repo.dir, commit, at: AT, why: 'passed its watch:\n300 readings' };
    expect(await tagStable(job, io)).toBe('stable/shop/20261122T101500Z');
    expect(await tagStable({ ...job, at: AT + 1_000_000 }, io)).toBeNull();
    expect(repo.git('tag', '--list', '--format=%(objecttype) %(taggername) %(contents:subject)')).toBe('tag hypercare hypercare: passed its watch: 300 readings');
    expect(await readPast({ app: 'shop', mode: 'in-place', dir: repo.dir, repo: null }, io.git)).toMatchObject([{ commit, stable: 'tagged stable/shop/20261122T101500Z' }]);
    expect(await readPast({ app: 'blog', mode: 'in-place', dir: repo.dir, repo: null }, io.git)).toMatchObject([{ commit, stable: null }]);
  });

  it('runs no hook, and is made where signing is asked for by the repository', async () => {
    const box = gitSandbox();
    onTestFinished(() => box.remove());
    const repo = box.repo('repo');
    const commit = repo.commit({ a: '1' });
    const hooks = join(box.dir, 'hooks');
    mkdirSync(hooks);
    writeFileSync(join(hooks, 'reference-transaction'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    repo.git('config', 'core.hooksPath', hooks);
    repo.git('config', 'tag.gpgSign', 'true');
    expect(await tagStable({ app: 'shop', repo: repo.dir, commit, at: AT, why: 'good' }, io)).not.toBeNull();
  });

  it('of an app whose name cannot be a ref is refused', async () => {
    await expect(tagStable({ app: 'my shop', repo: process.cwd(), commit: 'a'.repeat(40), at: AT, why: 'good' }, { ...io, git: { ...io.git, tags: async () => [] } })).rejects.toThrow('cannot be the name of a tag');
  });
});
