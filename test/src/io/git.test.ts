import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

const POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n';

/** A hook or a setting that would leave this file shows that it ran. */
function trap(): { readonly script: string; ran(): boolean } {
  const proof = join(box.dir, 'it-ran');
  const script = join(box.dir, 'trap.sh');
  writeFileSync(script, `#!/bin/sh\ntouch ${proof}\n`);
  chmodSync(script, 0o755);
  return { script, ran: () => existsSync(proof) };
}

describe('git: reading', () => {
  it('resolves branches, tags, short hashes and relative names; null for what names nothing', async () => {
    const first = repo.commit({ a: '1' });
    repo.git('tag', '-a', 'v1', '-m', 'one');
    const second = repo.commit({ a: '2' });
    expect(await git.resolve(repo.dir, 'main')).toBe(second);
    expect(await git.resolve(repo.dir, 'v1')).toBe(first);
    expect(await git.resolve(repo.dir, first.slice(0, 8))).toBe(first);
    expect(await git.resolve(repo.dir, 'HEAD~1')).toBe(first);
    expect(await git.resolve(repo.dir, 'v2')).toBeNull();
    expect(await git.resolve(repo.dir, '0'.repeat(40))).toBeNull();
  });

  it('reads a bare repository like any other', async () => {
    const commit = repo.commit({ 'a.txt': 'hello' }, 'say hello');
    repo.git('clone', '--quiet', '--bare', repo.dir, join(box.dir, 'bare.git'));
    const bare = join(box.dir, 'bare.git');
    expect(await git.resolve(bare, 'main')).toBe(commit);
    expect(await git.subject(bare, commit)).toBe('say hello');
    expect(await git.read(bare, commit, 'a.txt', 100)).toBe('hello');
  });

  it.each(['--upload-pack=touch', '-x', '--exec=sh', '', ' main', 'a..b', 'main\nother', ':/first', 'x'.repeat(300)])('takes %j for no ref, and never for an option', async (ref) => {
    expect(await git.resolve(repo.dir, ref)).toBeNull();
  });

  it('throws where there is no repository, also inside the tree of another one', async () => {
    mkdirSync(join(box.dir, 'plain'));
    mkdirSync(join(repo.dir, 'below'));
    for (const dir of [join(box.dir, 'plain'), join(repo.dir, 'below'), join(box.dir, 'missing')]) {
      await expect(git.resolve(dir, 'main')).rejects.toMatchObject({ code: 'git.no_repository', errorClass: 'permanent' });
      await expect(git.resolve(dir, '-x')).rejects.toMatchObject({ code: 'git.no_repository' });
    }
  });

  it('refuses a commit that is no full hash before git sees it', async () => {
    for (const commit of ['main', '--output=x', 'abc1234', '']) {
      await expect(git.subject(repo.dir, commit)).rejects.toMatchObject({ code: 'git.bad_commit', errorClass: 'invalid' });
      await expect(git.export(repo.dir, commit, join(box.dir, 'out'), 5_000)).rejects.toMatchObject({ code: 'git.bad_commit' });
      await expect(git.checkout(repo.dir, commit, 5_000)).rejects.toMatchObject({ code: 'git.bad_commit' });
    }
  });

  it('tells HEAD of a tree and of a directory in it; null for no tree, and for one its tree knows nothing of', async () => {
    const commit = repo.commit({ 'apps/shop/a': '1' });
    mkdirSync(join(repo.dir, 'releases/ab12'), { recursive: true });
    mkdirSync(join(box.dir, 'plain'));
    expect(await git.head(repo.dir)).toBe(commit);
    expect(await git.head(join(repo.dir, 'apps/shop'))).toBe(commit);
    expect(await git.head(join(repo.dir, 'releases/ab12'))).toBeNull();
    expect(await git.head(join(box.dir, 'plain'))).toBeNull();
    expect(await git.head(join(box.dir, 'missing'))).toBeNull();
  });

  it('tells what HEAD was at a time, whatever was pulled since; null from before the tree was there', async () => {
    const first = repo.commit({ a: '1' });
    const second = repo.commit({ a: '2' });
    // The reflog's own form: old, new, who, when, what.
    const line = (from: string, to: string, seconds: number): string => `${from} ${to} T <t@localhost> ${seconds} +0200\tmove\n`;
    writeFileSync(join(repo.dir, '.git/logs/HEAD'), line('0'.repeat(40), first, 1_000) + line(first, second, 2_000));
    expect(await git.head(repo.dir, 1_999_999)).toBe(first);
    expect(await git.head(repo.dir, 2_000_000)).toBe(second);
    expect(await git.head(repo.dir, 999_999)).toBeNull();
    rmSync(join(repo.dir, '.git/logs'), { recursive: true });
    expect(await git.head(repo.dir, 1_500_000)).toBe(second);
  });

  it('reads a file at a commit; null where there is none or it is a directory; an error above its limit', async () => {
    const commit = repo.commit({ 'dir/file': 'é'.repeat(10) });
    expect(await git.read(repo.dir, commit, 'dir/file', 100)).toBe('é'.repeat(10));
    expect(await git.read(repo.dir, commit, 'dir/none', 100)).toBeNull();
    expect(await git.read(repo.dir, commit, 'dir', 100)).toBeNull();
    await expect(git.read(repo.dir, commit, 'dir/file', 19)).rejects.toMatchObject({ code: 'git.too_large' });
    expect(await git.readFirst(repo.dir, commit, ['none', 'dir', 'dir/file'], 100), 'a directory is no file').toEqual({ path: 'dir/file', text: 'é'.repeat(10) });
    expect(await git.readFirst(repo.dir, commit, ['none', 'dir/none'], 100)).toBeNull();
  });

  it('counts all changed paths and names the first of them', async () => {
    const from = repo.commit({ a: '1', b: '1', 'with space': '1' });
    const to = repo.commit({ a: '2', b: null, 'ü\tx': '1' });
    expect(await git.changed(repo.dir, from, to, 2)).toEqual({ paths: ['a', 'b'], total: 3 });
    expect((await git.changed(repo.dir, from, to, 9)).paths).toContain('ü\tx');
    await expect(git.changed(repo.dir, from, '1'.repeat(40), 9)).rejects.toMatchObject({ code: 'git.no_commit' });
  });

  it('gives the diff of local edits, cut at its limit, and nothing when clean', async () => {
    repo.commit({ a: 'one\n' });
    expect(await git.dirtyDiff(repo.dir, 10_000)).toBe('');
    writeFileSync(join(repo.dir, 'a'), 'two\n');
    expect(await git.dirtyDiff(repo.dir, 10_000)).toContain('-one\n+two\n');
    expect(Buffer.byteLength(await git.dirtyDiff(repo.dir, 20))).toBe(20);
  });

  it('runs no program that the repository names while it looks', async () => {
    const { script, ran } = trap();
    const commit = repo.commit({ a: '1', '.gitattributes': 'a diff=mine\n' });
    for (const key of ['core.fsmonitor', 'diff.external', 'diff.mine.command', 'diff.mine.textconv', 'core.pager', 'core.editor']) repo.git('config', key, script);
    writeFileSync(join(repo.dir, 'a'), '2');
    expect(await git.dirtyDiff(repo.dir, 10_000)).toContain('+2');
    await git.inTheWay(repo.dir, commit);
    await git.changed(repo.dir, commit, commit, 1);
    await git.subject(repo.dir, commit);
    expect(ran()).toBe(false);
  });

  it('does not take the lock of the index while it looks', async () => {
    const commit = repo.commit({ a: '1' });
    writeFileSync(join(repo.dir, '.git/index.lock'), '');
    writeFileSync(join(repo.dir, 'a'), '2');
    expect(await git.inTheWay(repo.dir, commit)).toEqual(['a']);
    expect(await git.dirtyDiff(repo.dir, 1_000)).not.toBe('');
  });
});

describe('git: export', () => {
  it('writes the files of a commit, without .git, and throws where the directory is', async () => {
    const commit = repo.commit({ 'src/app.js': 'one', 'bin/run': '#!/bin/sh\n' });
    chmodSync(join(repo.dir, 'bin/run'), 0o755);
    const runnable = repo.commit({}, 'runnable');
    repo.commit({ 'src/app.js': 'two' });
    const out = join(box.dir, 'out');
    await git.export(repo.dir, runnable, out, 20_000);
    expect(readFileSync(join(out, 'src/app.js'), 'utf8')).toBe('one');
    expect(statSync(join(out, 'bin/run')).mode & 0o111).not.toBe(0);
    expect(readdirSync(out).sort()).toEqual(['bin', 'src']);
    await expect(git.export(repo.dir, commit, out, 20_000)).rejects.toMatchObject({ code: 'git.dir_exists' });
    expect(readdirSync(box.dir).sort()).toEqual(['app', 'out']);
  });

  it('runs no hook', async () => {
    const { script, ran } = trap();
    const commit = repo.commit({ a: '1' });
    for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change']) repo.git('config', `core.hooksPath`, join(box.dir, 'hooks')), mkdirSync(join(box.dir, 'hooks'), { recursive: true }), writeFileSync(join(box.dir, 'hooks', hook), readFileSync(script), { mode: 0o755 });
    await git.export(repo.dir, commit, join(box.dir, 'out'), 20_000);
    await git.checkout(repo.dir, commit, 20_000);
    expect(ran()).toBe(false);
  });

  it('refuses Git LFS pointers by name, and lets a text about them pass', async () => {
    const told = repo.commit({ 'docs/lfs.md': `A pointer looks so:\n${POINTER}`, 'long.txt': POINTER + 'x'.repeat(2_000) });
    await git.export(repo.dir, told, join(box.dir, 'told'), 20_000);
    const commit = repo.commit({ 'img/logo.png': POINTER });
    await expect(git.export(repo.dir, commit, join(box.dir, 'out'), 20_000)).rejects.toMatchObject({ code: 'git.lfs', message: expect.stringContaining('img/logo.png') });
    expect(existsSync(join(box.dir, 'out'))).toBe(false);
  });

  it('refuses submodules by name', async () => {
    const library = box.repo('library');
    library.commit({ a: '1' });
    repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.dir, 'vendor/library');
    const commit = repo.commit({});
    await expect(git.export(repo.dir, commit, join(box.dir, 'out'), 20_000)).rejects.toMatchObject({ code: 'git.submodules', message: expect.stringContaining('vendor/library') });
  });

  it('leaves nothing behind for a commit that is not there, nor at the deadline', async () => {
    const commit = repo.commit({ a: 'large enough to outlast a millisecond\n'.repeat(500_000) });
    await expect(git.export(repo.dir, '1'.repeat(40), join(box.dir, 'out'), 20_000)).rejects.toMatchObject({ code: 'git.no_commit' });
    await expect(git.export(repo.dir, commit, join(box.dir, 'out'), 1)).rejects.toMatchObject({ code: 'git.timeout', errorClass: 'transient' });
    expect(readdirSync(box.dir)).toEqual(['app']);
  });
});

describe('git: checkout in place', () => {
  it('moves the tree, detached, and keeps untracked and ignored files', async () => {
    const old = repo.commit({ a: '1', '.gitignore': '.env\n' });
    repo.commit({ a: '2', b: '2' });
    writeFileSync(join(repo.dir, '.env'), 'SECRET=1');
    writeFileSync(join(repo.dir, 'note'), 'mine');
    await git.checkout(repo.dir, old, 20_000);
    expect(readFileSync(join(repo.dir, 'a'), 'utf8')).toBe('1');
    expect(existsSync(join(repo.dir, 'b'))).toBe(false);
    expect(readFileSync(join(repo.dir, '.env'), 'utf8')).toBe('SECRET=1');
    expect(readFileSync(join(repo.dir, 'note'), 'utf8')).toBe('mine');
    expect(await git.head(repo.dir)).toBe(old);
    expect(() => repo.git('symbolic-ref', '--quiet', 'HEAD')).toThrow();
  });

  it('names and refuses local edits, staged edits, and untracked and ignored files that the target has', async () => {
    const old = repo.commit({ a: '1', b: '1', c: '1', 'config.json': 'old', '.env': 'OLD=1', 'deep/x': '1' });
    repo.commit({ 'config.json': null, '.env': null, 'deep/x': null, '.gitignore': '.env\n' });
    writeFileSync(join(repo.dir, 'a'), 'edited');
    writeFileSync(join(repo.dir, 'b'), 'staged');
    repo.git('add', 'b');
    writeFileSync(join(repo.dir, 'b'), '1');
    writeFileSync(join(repo.dir, 'config.json'), 'mine');
    writeFileSync(join(repo.dir, '.env'), 'MINE=1');
    rmSync(join(repo.dir, 'deep'), { recursive: true, force: true });
    writeFileSync(join(repo.dir, 'deep'), 'a file where a directory must be');
    writeFileSync(join(repo.dir, 'harmless'), 'untracked, and not in the target');
    const expected = ['.env', 'a', 'b', 'config.json', 'deep/x'];
    expect(await git.inTheWay(repo.dir, old)).toEqual(expected);
    await expect(git.checkout(repo.dir, old, 20_000)).rejects.toMatchObject({ code: 'git.in_the_way', errorClass: 'denied', message: expect.stringContaining(expected.join(', ')) });
    expect(readFileSync(join(repo.dir, '.env'), 'utf8')).toBe('MINE=1');
    expect(readFileSync(join(repo.dir, 'a'), 'utf8')).toBe('edited');
  });

  it('is stopped by an edit even where the two commits agree on that file', async () => {
    const old = repo.commit({ a: '1', same: '1' });
    repo.commit({ a: '2' });
    writeFileSync(join(repo.dir, 'same'), 'hotfix');
    expect(await git.inTheWay(repo.dir, old)).toEqual(['same']);
  });

  it('refuses where submodules differ, and leaves one alone that both commits have alike', async () => {
    const library = box.repo('library');
    library.commit({ a: '1' });
    const without = repo.commit({ a: '0' });
    repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.dir, 'vendor/library');
    const old = repo.commit({ a: '1' });
    repo.commit({ a: '2' });
    await expect(git.inTheWay(repo.dir, without)).rejects.toMatchObject({ code: 'git.submodules', message: expect.stringContaining('vendor/library'), mend: expect.stringContaining('git submodule update --init') });
    await expect(git.checkout(repo.dir, without, 20_000)).rejects.toMatchObject({ code: 'git.submodules' });
    expect(await git.inTheWay(repo.dir, old)).toEqual([]);
    await git.checkout(repo.dir, old, 20_000);
    expect(readFileSync(join(repo.dir, 'vendor/library/a'), 'utf8')).toBe('1');
    expect(repo.git('status', '--porcelain')).toBe('');
    writeFileSync(join(repo.dir, 'vendor/library/a'), 'edited');
    expect(await git.inTheWay(repo.dir, repo.git('rev-parse', 'main'))).toEqual(['vendor/library']);
  });

  it('takes a stale index.lock away, but not while a git works in the tree', async () => {
    const old = repo.commit({ a: '1' });
    repo.commit({ a: '2' });
    writeFileSync(join(repo.dir, '.git/index.lock'), '');
    const other = spawn('git', ['cat-file', '--batch'], { cwd: repo.dir, stdio: ['pipe', 'ignore', 'ignore'] });
    await once(other, 'spawn');
    await expect(git.checkout(repo.dir, old, 20_000)).rejects.toMatchObject({ code: 'git.locked', errorClass: 'transient', message: expect.stringContaining(String(other.pid)) });
    expect(existsSync(join(repo.dir, '.git/index.lock'))).toBe(true);
    other.kill();
    await once(other, 'exit');
    const housekeeping = spawn('git', ['pack-objects', '--stdout'], { cwd: repo.dir, stdio: ['pipe', 'ignore', 'ignore'] });
    await once(housekeeping, 'spawn');
    await git.checkout(repo.dir, old, 20_000);
    expect(await git.head(repo.dir)).toBe(old);
    housekeeping.kill();
    await once(housekeeping, 'exit');
  });

  it('goes on after a checkout that was killed half way, also in the middle of a file', async () => {
    const old = repo.commit({ a: 'old a', b: 'old b', 'gone/c': 'old c', 'gone/d': 'old d, longer than what was written' });
    repo.commit({ a: 'new a', b: 'new b', 'gone/c': null, 'gone/d': null, added: 'new' });
    // What a kill leaves: the lock, HEAD where it was, removals done, some files written, the last one cut short.
    writeFileSync(join(repo.dir, '.git/index.lock'), '');
    rmSync(join(repo.dir, 'added'));
    mkdirSync(join(repo.dir, 'gone'), { recursive: true });
    writeFileSync(join(repo.dir, 'a'), 'old a');
    writeFileSync(join(repo.dir, 'gone/c'), 'old c');
    writeFileSync(join(repo.dir, 'gone/d'), 'old d, lon');
    rmSync(join(repo.dir, 'b')); // Taken away, and not written yet.
    expect(await git.inTheWay(repo.dir, old)).toEqual([]);
    await git.checkout(repo.dir, old, 20_000);
    expect(repo.git('status', '--porcelain')).toBe('');
    expect(readFileSync(join(repo.dir, 'gone/d'), 'utf8')).toBe('old d, longer than what was written');
  });

  it('ends a checkout of 6,000 files that is killed again and again, at the target', { timeout: 120_000 }, async () => {
    const files = (text: string): Record<string, string> => Object.fromEntries(Array.from({ length: 6_000 }, (_, n) => [`d${n % 60}/f${n}`, `${text} ${n}\n`.repeat(20)]));
    const old = repo.commit(files('old'));
    repo.commit(files('new'));
    for (const afterMs of [15, 60, 120]) {
      const half = spawn('git', ['checkout', '--quiet', '--detach', old], { cwd: repo.dir, stdio: 'ignore' });
      const timer = setTimeout(() => half.kill('SIGKILL'), afterMs);
      await once(half, 'exit');
      clearTimeout(timer);
    }
    await git.checkout(repo.dir, old, 30_000);
    expect(await git.head(repo.dir)).toBe(old);
    expect(repo.git('status', '--porcelain')).toBe('');
  });
});
