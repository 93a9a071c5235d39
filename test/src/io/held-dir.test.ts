import { mkdir, mkdtemp, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { holdDir, type HeldDir } from '../../../src/io/held-dir.js';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hc-held-'));
  await mkdir(join(dir, 'a/b'), { recursive: true });
  await writeFile(join(dir, 'a/b/file'), 'ours');
  return () => rm(dir, { recursive: true, force: true });
});

async function holding<T>(path: string, work: (held: HeldDir) => Promise<T>): Promise<T> {
  const held = await holdDir(path);
  return work(held).finally(() => held.close());
}

it('reaches what is in it by name, and names all that is above it', async () => {
  await holding(join(dir, 'a/b'), async (held) => {
    expect(await readFile(held.at('file'), 'utf8')).toBe('ours');
    expect(held.lineage).toHaveLength(join(dir, 'a/b').split('/').length);
    expect(held.path).toBe(join(dir, 'a/b'));
  });
});

it('stays where it is when another directory, or a symlink, takes its place', async () => {
  await holding(join(dir, 'a/b'), async (held) => {
    await rename(join(dir, 'a'), join(dir, 'moved'));
    await mkdir(join(dir, 'precious/b'), { recursive: true });
    await writeFile(join(dir, 'precious/b/file'), 'precious');
    await symlink(join(dir, 'precious'), join(dir, 'a'));
    await unlink(held.at('file'));
  });
  expect(await readFile(join(dir, 'a/b/file'), 'utf8')).toBe('precious');
});

it.each([['itself', 'link'], ['above it', 'link/b']])('goes through no symlink: %s', async (_, path) => {
  await symlink(join(dir, 'a'), join(dir, 'link'));
  await expect(holdDir(join(dir, path))).rejects.toMatchObject({ code: 'files.symlink', mend: expect.stringContaining('realpath') });
});

it('says what is not there, and what is no directory', async () => {
  await expect(holdDir(join(dir, 'gone'))).rejects.toMatchObject({ code: 'files.gone' });
  await expect(holdDir(join(dir, 'a/b/file'))).rejects.toMatchObject({ code: 'files.symlink' });
});

it.each(['..', '.', '', 'b/file'])('takes names alone, and no way out: “%s”', async (name) => {
  await holding(join(dir, 'a'), async (held) => {
    expect(() => held.at(name)).toThrow('no name in a directory');
  });
});
