import { chmodSync, existsSync, lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGit } from '../../../src/io/git.js';
import { gitSandbox, type Repo, type Sandbox } from '../../doubles/git-repo.js';

const git = createGit();
let box: Sandbox;
let repo: Repo;
beforeEach(() => {
  box = gitSandbox();
  repo = box.repo('app');
});
afterEach(() => box.remove());

const at = (name: string): string => join(repo.dir, name);
const text = (name: string): string => readFileSync(at(name), 'utf8');
const leaveLock = (): void => writeFileSync(at('.git/index.lock'), '');

async function refuses(commit: string, paths: readonly string[]): Promise<void> {
  expect(await git.inTheWay(repo.dir, commit)).toEqual(paths);
  await expect(git.checkout(repo.dir, commit, 20_000)).rejects.toMatchObject({ code: 'git.in_the_way', errorClass: 'denied' });
}

describe('git: what a person did to files that git knows stands in the way', () => {
  it('a file that was deleted or cut, whether the two commits agree on it or not', async () => {
    const old = repo.commit({ same: '1', 'other one': '1', cut: 'one line', 'a/gone': '1' });
    repo.commit({ 'other one': '2', cut: 'another', 'a/gone': null });
    rmSync(at('same'));
    rmSync(at('other one'));
    writeFileSync(at('cut'), '');
    await refuses(old, ['cut', 'other one', 'same']);
    expect(existsSync(at('same'))).toBe(false);
  });

  it('a file that was made executable, also one that is as the target has it but for that', async () => {
    const old = repo.commit({ same: '1', other: 'old' });
    repo.commit({ other: 'new' });
    chmodSync(at('same'), 0o755);
    writeFileSync(at('other'), 'old');
    chmodSync(at('other'), 0o755);
    await refuses(old, ['other', 'same']);
    expect(lstatSync(at('same')).mode & 0o111).not.toBe(0);
  });

  it.each(['--assume-unchanged', '--skip-worktree'])('an edit hidden from git with %s, where the target has another version', async (flag) => {
    const old = repo.commit({ config: 'old', calm: 'old' });
    repo.commit({ config: 'new', calm: 'new' });
    repo.git('update-index', flag, 'config', 'calm');
    writeFileSync(at('config'), 'by hand');
    await refuses(old, ['config']);
    expect(text('config')).toBe('by hand');
  });

  it.each(['--assume-unchanged', '--skip-worktree'])('but not one hidden with %s that both commits have alike: it stays, and is in the way where files are forced', async (flag) => {
    const old = repo.commit({ config: 'same', a: 'old', b: 'old' });
    const now = repo.commit({ a: 'new', b: 'new' });
    repo.git('update-index', flag, 'config');
    writeFileSync(at('config'), 'by hand');
    expect(await git.inTheWay(repo.dir, old)).toEqual([]);
    await git.checkout(repo.dir, old, 20_000);
    expect([text('config'), text('a')]).toEqual(['by hand', 'old']);
    await git.checkout(repo.dir, now, 20_000);
    writeFileSync(at('a'), 'old'); // As a checkout that was killed leaves it, which is gone over with force.
    await refuses(old, ['config']);
    expect(text('config')).toBe('by hand');
  });

  it('but no file that a sparse tree leaves out', async () => {
    const old = repo.commit({ in: '1', 'out/a': '1' });
    repo.commit({ in: '2', 'out/a': '2' });
    repo.git('sparse-checkout', 'set', '--no-cone', '/in');
    expect(existsSync(at('out/a'))).toBe(false);
    expect(await git.inTheWay(repo.dir, old)).toEqual([]);
    await git.checkout(repo.dir, old, 20_000);
    expect(text('in')).toBe('1');
  });
});

describe('git: what a killed checkout left is nobody’s', () => {
  it('a file that is missing or cut short, where its lock is left too', async () => {
    const old = repo.commit({ a: 'old a', b: 'old b' });
    repo.commit({ a: 'new a', b: 'new b' });
    leaveLock();
    rmSync(at('a'));
    writeFileSync(at('b'), 'old');
    expect(await git.inTheWay(repo.dir, old)).toEqual([]);
    await git.checkout(repo.dir, old, 20_000);
    expect([text('a'), text('b')]).toEqual(['old a', 'old b']);
  });

  it('the same without the lock, where another file is as the target has it', async () => {
    const old = repo.commit({ a: 'old a', b: 'old b' });
    repo.commit({ a: 'new a', b: 'new b' });
    writeFileSync(at('a'), 'old a');
    rmSync(at('b'));
    await git.checkout(repo.dir, old, 20_000);
    expect(text('b')).toBe('old b');
  });

  it('a symlink that the target has', async () => {
    repo.commit({ a: 'old' });
    symlinkSync('a', at('link'));
    const old = repo.commit({});
    repo.commit({ a: 'new', link: null });
    leaveLock();
    symlinkSync('a', at('link'));
    await git.checkout(repo.dir, old, 20_000);
    expect(repo.git('status', '--porcelain')).toBe('');
    repo.commit({ a: 'new', link: null });
    symlinkSync('elsewhere', at('link'));
    await refuses(old, ['link']);
  });

  it('but never a file that no checkout would have touched', async () => {
    const old = repo.commit({ a: 'old', same: 'same' });
    repo.commit({ a: 'new' });
    leaveLock();
    rmSync(at('same'));
    expect(await git.inTheWay(repo.dir, old)).toEqual(['same']);
  });
});

describe('git: what git is in the middle of', () => {
  const UNFINISHED = { merge: 'merge --abort', 'cherry-pick': 'cherry-pick --abort', revert: 'revert --abort', rebase: 'rebase --abort' } as const;
  it.each(Object.entries(UNFINISHED))('a %s under way is refused, and how to end it is said', async (what, end) => {
    const old = repo.commit({ a: '1', b: '1' });
    const now = repo.commit({ a: '2' });
    repo.git('checkout', '--quiet', '-b', 'side', old);
    const side = repo.commit({ a: '3' });
    repo.git('checkout', '--quiet', 'main');
    const of = { merge: side, 'cherry-pick': side, revert: old, rebase: side }[what as keyof typeof UNFINISHED];
    expect(() => repo.git(what, ...(what === 'revert' ? ['--no-edit'] : []), of)).toThrow();
    // What it put into files is put back, so that only git's own note of it is left.
    const head = repo.git('rev-parse', 'HEAD');
    repo.git('read-tree', '--reset', '-u', head);
    const refused = { code: 'git.unfinished', errorClass: 'denied', message: expect.stringMatching(new RegExp(`^A ${what} is under way in .*app$`)), mend: expect.stringContaining(`git ${end}`) };
    await expect(git.inTheWay(repo.dir, old)).rejects.toMatchObject(refused);
    await expect(git.checkout(repo.dir, old, 20_000)).rejects.toMatchObject(refused);
    repo.git(...end.split(' '));
    expect(await git.head(repo.dir)).toBe(now);
    expect(await git.inTheWay(repo.dir, old)).toEqual([]);
  });
});
