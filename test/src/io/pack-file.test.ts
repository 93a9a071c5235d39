import { chmod, lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, expect, it } from 'vitest';
import { holdsTheSame, packFile, type Packing } from '../../../src/io/pack-file.js';

/** Longer than one chunk, so that they are put together in order. */
const TEXT = Array.from({ length: 60_000 }, (_, n) => `${n} ${(n * 7_919) % 104_729}\n`).join('');

let dir: string;
let packing: Packing;
const never = new AbortController().signal;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hc-pack-'));
  packing = { from: join(dir, 'log'), half: join(dir, '.half'), to: join(dir, 'log.gz') };
  await writeFile(packing.from, TEXT);
  await chmod(packing.from, 0o640);
  return () => rm(dir, { recursive: true, force: true });
});

it('packs every byte, keeps rights, and leaves the original and no half file', async () => {
  const size = await packFile(packing, never);
  expect(gunzipSync(await readFile(packing.to)).toString()).toBe(TEXT);
  expect([(await lstat(packing.to)).size, (await lstat(packing.to)).mode & 0o777]).toEqual([size, 0o640]);
  expect((await readdir(dir)).sort()).toEqual(['log', 'log.gz']);
});

it('replaces what a life before left half done, and no file that has the name', async () => {
  await writeFile(packing.half, 'half');
  await packFile(packing, never);
  await writeFile(packing.to, 'another');
  await expect(packFile(packing, never)).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await readFile(packing.to, 'utf8')).toBe('another');
  expect((await readdir(dir)).sort()).toEqual(['log', 'log.gz']);
});

it('follows no symlink, and leaves nothing when it is called off', async () => {
  await symlink(packing.from, join(dir, 'link'));
  await expect(packFile({ ...packing, from: join(dir, 'link') }, never)).rejects.toMatchObject({ code: 'ELOOP' });
  await expect(packFile(packing, AbortSignal.abort())).rejects.toThrow();
  expect((await readdir(dir)).sort()).toEqual(['link', 'log']);
});

it('knows whether a packed file holds the same', async () => {
  await writeFile(packing.to, gzipSync(TEXT));
  expect(await holdsTheSame(packing.to, packing.from, never)).toBe(true);
  await writeFile(packing.to, gzipSync(`${TEXT}more`));
  expect(await holdsTheSame(packing.to, packing.from, never)).toBe(false);
  await writeFile(packing.to, 'no gzip');
  expect(await holdsTheSame(packing.to, packing.from, never)).toBe(false);
});
