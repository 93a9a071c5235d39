import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGit } from '../../../src/io/git.js';
import { gitSandbox, type Repo, type Sandbox } from '../../doubles/git-repo.js';

const git = createGit();
const isRoot = process.getuid?.() === 0;
let box: Sandbox;
let repo: Repo;
beforeEach(() => {
  box = gitSandbox();
  repo = box.repo('app');
});
afterEach(() => box.remove());

describe('a git tree that is not like others', () => {
  it('a worktree is read, looked through and moved like the tree it belongs to', async () => {
    const one = repo.commit({ a: '1' });
    const two = repo.commit({ a: '2', b: '2' });
    const tree = join(box.dir, 'live');
    repo.git('worktree', 'add', '--quiet', '--detach', tree, two);
    expect(await git.head(tree)).toBe(two);
    expect(await git.between(tree, one, two)).toEqual({ ahead: 1, behind: 0, shallow: false });
    expect(await git.paths(tree, two, 10)).toEqual(['a', 'b']);
    await git.checkout(tree, one, 10_000);
    expect([await git.head(tree), await git.head(repo.dir)]).toEqual([one, two]);
  });

  it('a shallow clone says that what it counts is not all, and that it lacks older commits', async () => {
    const one = repo.commit({ a: '1' });
    const two = repo.commit({ a: '2' });
    const three = repo.commit({ a: '3' });
    const shallow = join(box.dir, 'shallow');
    repo.git('clone', '--quiet', '--depth=2', `file://${repo.dir}`, shallow);
    expect(await git.between(shallow, two, three)).toMatchObject({ shallow: true });
    expect(await git.resolve(shallow, one)).toBeNull();
    await expect(git.between(shallow, one, three)).rejects.toMatchObject({ code: 'git.no_commit', mend: expect.stringContaining('shallow clone') as string });
  });

  it.skipIf(!isRoot)('one that belongs to somebody else is refused, and it says what to do (only root can make one)', async () => {
    const commit = repo.commit({ a: '1' });
    for (const path of [repo.dir, join(repo.dir, '.git')]) chownSync(path, 65_534, 65_534);
    for (const ask of [() => git.resolve(repo.dir, commit), () => git.tags(repo.dir, 5), () => git.paths(repo.dir, commit, 5), () => git.export(repo.dir, commit, join(box.dir, 'out'), 10_000)]) {
      await expect(ask()).rejects.toMatchObject({ code: 'git.owner', errorClass: 'denied', mend: expect.stringContaining('safe.directory') as string });
    }
  });

  it('with more files than a look takes says so', async () => {
    const commit = repo.commit({ a: '1', b: '2', c: '3' });
    await expect(git.paths(repo.dir, commit, 2)).rejects.toMatchObject({ code: 'git.too_many' });
  });
});
