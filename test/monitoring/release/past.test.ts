import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readPast } from '../../../monitoring/release/past.js';
import { createGit } from '../../../src/io/git.js';
import { gitSandbox } from '../../doubles/git-repo.js';

function world() {
  const box = gitSandbox();
  onTestFinished(() => box.remove());
  const repo = box.repo('app/source');
  const commits = [1, 2, 3, 4].map((n) => repo.commit({ 'app.js': String(n) }));
  const read = (fields: Partial<Parameters<typeof readPast>[0]> = {}) => readPast({ mode: 'in-place', dir: repo.dir, repo: null, ...fields }, createGit());
  return { box, repo, commits: commits as [string, string, string, string], read };
}

describe('what is known of an app from before it was watched', () => {
  it('are tags, and none of them says that a release was good', async () => {
    const { repo, commits: [one, two, three, four], read } = world();
    repo.git('tag', 'v1', one);
    repo.git('tag', '-a', 'v2', '-m', 'hypercare: not under its name', two);
    repo.git('tag', '-a', 'stable/shop/20261101T000000Z', '-m', 'hypercare: passed its watch', three);
    repo.git('tag', '-a', 'stable/shop/mine', '-m', 'looks good to me', four);
    repo.git('tag', '-a', 'tree', '-m', 'of a tree', `${one}^{tree}`);
    const past = await read();
    expect(Object.fromEntries(past.map(({ commit, says, origin, dir }) => [commit, [says, origin, dir]]))).toEqual({
      [one]: ['tag v1', 'tag', repo.dir],
      [two]: ['tag v2', 'tag', repo.dir],
      [three]: ['tag stable/shop/20261101T000000Z', 'tag', repo.dir],
      [four]: ['tag stable/shop/mine', 'tag', repo.dir],
    });
    expect(past.every(({ at }) => at !== null && at > 0)).toBe(true);
  });

  it('is the history of pm2 deploy beside the tree, each commit once, the newest first; a line says deployed, not good', async () => {
    const { box, commits: [one, two], read } = world();
    writeFileSync(join(box.dir, 'app/.deploys'), `${one}\n${two}\nnot a commit\n${one}\n${'f'.repeat(40)}\n`);
    expect((await read()).map(({ commit, origin, says, at }) => [commit, origin, says, at])).toEqual([
      [one, 'deploys', 'deployed by pm2 deploy', null], [two, 'deploys', 'deployed by pm2 deploy', null],
    ]);
  });

  it('stands where a release of that commit would, with the lockfile it has there', async () => {
    const { box, repo, read } = world();
    const commit = repo.commit({ 'package-lock.json': '{}' });
    repo.git('tag', 'v9', commit);
    const base = join(box.dir, 'srv');
    mkdirSync(base);
    expect(await read({ mode: 'releases', dir: base, repo: repo.dir })).toMatchObject([{ commit, dir: join(base, 'releases', commit.slice(0, 12)), lockHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string }]);
    expect(await read({ mode: 'releases', dir: base, repo: null })).toEqual([]);
  });

  it('of a repository that is not there is not called empty', async () => {
    await expect(world().read({ dir: '/nowhere' })).rejects.toThrow('there is no git repository');
  });
});
