import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../../src/io/package-root.js';
import { commitOf, filesOf, SHOP_RELEASES, writeHistory } from '../../../scripts/shop/history.js';

const sources = join(packageRoot(), 'scripts', 'shop', 'releases');
let repo: string;

beforeAll(async () => {
  repo = join(mkdtempSync(join(tmpdir(), 'hypercare-history-')), 'repo.git');
  await writeHistory(repo, sources);
});

afterAll(() => rmSync(join(repo, '..'), { recursive: true }));

it('a release that is not there is an error, and not some other commit', async () => {
  await expect(commitOf(repo, 9)).rejects.toMatchObject({ code: 'run.failed' });
});

it('holds one commit a release, in order, each with the whole tree', async () => {
  expect(git('log', '--reverse', '--format=%s', 'main').split('\n')).toEqual(SHOP_RELEASES.map((release) => release.message));
  for (const { number } of SHOP_RELEASES) {
    expect(git('ls-tree', '-r', '--name-only', `v${number}`).split('\n').sort()).toEqual([...filesOf(number, sources).keys()].sort());
    expect(git('show', `v${number}:package.json`)).toContain(`"version": "${number}.0.0"`);
  }
});

it('differs from release to release by a few lines', () => {
  for (const [from, to] of [['v1', 'v2'], ['v2', 'v3'], ['v2', 'v4']] as const) {
    const changed = git('diff', '--numstat', from, to).split('\n').reduce((sum, line) => sum + Number(line.split('\t')[0]), 0);
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThan(40);
  }
});

it('written again, and written elsewhere, has the same commits', async () => {
  const before = await commitOf(repo, 4);
  await writeHistory(repo, sources);
  expect(await commitOf(repo, 4)).toBe(before);
  const elsewhere = join(repo, '..', 'second.git');
  await writeHistory(elsewhere, sources);
  expect(await commitOf(elsewhere, 4)).toBe(before);
});

function git(...args: string[]): string {
  return execFileSync('git', ['-C', repo, ...args], { encoding: 'utf8' }).trim();
}
