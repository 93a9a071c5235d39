import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCommit } from '../../../monitoring/release/find-commit.js';
import { createGit } from '../../../src/io/git.js';
import { gitSandbox, type Repo, type Sandbox } from '../../doubles/git-repo.js';

const git = createGit();
let box: Sandbox;
let upstream: Repo;
let bare: string;

beforeEach(() => {
  box = gitSandbox();
  upstream = box.repo('upstream');
  upstream.commit({ 'a.txt': 'one' });
  bare = join(box.dir, 'repo.git');
  upstream.git('clone', '--quiet', '--bare', upstream.dir, bare);
});
afterEach(() => box.remove());

async function found(ref: string, repo = bare): Promise<string> {
  const result = await findCommit({ repo, ref }, git);
  return 'refused' in result ? result.refused : result.commit;
}

describe('the commit a person means', () => {
  it('is what the remote has by now, and no branch of the bare clone is moved for it', async () => {
    const before = upstream.git('-C', bare, 'rev-parse', 'refs/heads/main');
    const pushed = upstream.commit({ 'a.txt': 'two' });
    expect(await found('main')).toBe(pushed);
    expect(await found('origin/main')).toBe(pushed);
    expect(await found('heads/main')).toBe(pushed);
    expect(await found('main~1')).toBe(before);
    expect(upstream.git('-C', bare, 'rev-parse', 'refs/heads/main')).toBe(before);
  });

  it('is named by a tag, also an annotated one, and by a hash of seven digits', async () => {
    const commit = upstream.commit({ 'a.txt': 'two' });
    upstream.git('tag', '-a', 'v2', '-m', 'second');
    expect(await found('v2')).toBe(commit);
    expect(await found(commit.slice(0, 7))).toBe(commit);
    expect(await found(commit)).toBe(commit);
  });

  it('is a branch or tag of the repository itself where it has no remote', async () => {
    const commit = upstream.commit({ 'a.txt': 'two' });
    expect(await found('main', upstream.dir)).toBe(commit);
    expect(await found('nothing', upstream.dir)).toContain('knows no branch, tag or commit “nothing” (it has no remote');
  });

  it('is none for what nobody knows, for an option and for a range', async () => {
    expect(await found('mian')).toContain('knows no branch, tag or commit “mian”, and its remote has none either');
    expect(await found('--upload-pack=touch')).toContain('knows no branch, tag or commit');
    expect(await found('main..other')).toContain('knows no branch, tag or commit');
  });

  it('is asked about where a tag and a branch of one name differ', async () => {
    upstream.git('tag', 'next');
    upstream.git('checkout', '--quiet', '-b', 'next');
    const commit = upstream.commit({ 'a.txt': 'on next' });
    expect(await found('next')).toMatch(/“next” is a tag \([0-9a-f]{7}\) and a branch \([0-9a-f]{7}\); say tags\/next or heads\/next/);
    expect(await found('heads/next')).toBe(commit);
  });

  it('is not a branch that may be old while the remote cannot be reached; a commit that is here is found', async () => {
    const known = upstream.git('rev-parse', 'HEAD');
    upstream.git('-C', bare, 'remote', 'set-url', 'origin', 'https://ann:s3cret-word@127.0.0.1:1/shop.git');
    const failure = await findCommit({ repo: bare, ref: 'main' }, git).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: 'git.remote', errorClass: 'transient' });
    expect(String(failure)).not.toContain('s3cret-word');
    expect(await found(known.slice(0, 8))).toBe(known);
    await expect(found('abcdef1')).rejects.toMatchObject({ code: 'git.remote' });
  });

  it('is looked for without running a hook or a program that the remote names', async () => {
    const said = join(box.dir, 'ran');
    mkdirSync(join(bare, 'hooks'), { recursive: true });
    for (const hook of ['reference-transaction', 'post-update', 'update']) {
      writeFileSync(join(bare, 'hooks', hook), `#!/bin/sh\ntouch ${said}\n`);
      chmodSync(join(bare, 'hooks', hook), 0o755);
    }
    const pushed = upstream.commit({ 'a.txt': 'two' });
    expect(await found('main')).toBe(pushed);
    upstream.git('-C', bare, 'config', 'protocol.ext.allow', 'always');
    upstream.git('-C', bare, 'remote', 'set-url', 'origin', `ext::sh -c touch% ${said}`);
    await expect(found('main')).rejects.toMatchObject({ code: 'git.remote' });
    expect(existsSync(said)).toBe(false);
  });
});
