import { open, lstat, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fileSystemOf } from '../../../src/io/file-system.js';
import { inodeOf } from '../../../src/io/held-dir.js';
import { openFiles } from '../../../src/io/open-files.js';

it('knows what a process has open, whatever it is called by now', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hc-open-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  const handle = await open(join(dir, 'a'), 'w');
  await rename(join(dir, 'a'), join(dir, 'b'));
  const inode = inodeOf(await lstat(join(dir, 'b'), { bigint: true }));
  const never = new AbortController().signal;
  expect((await openFiles(never))?.has(inode)).toBe(true);
  await handle.close();
  expect((await openFiles(never))?.has(inode)).toBe(false);
});

it('says how full a disk is, and nothing of one that is not there or can never be written', async () => {
  expect(await fileSystemOf(tmpdir())).toMatchObject({ percent: expect.any(Number), freeBytes: expect.any(Number) });
  for (const dir of ['/nowhere/at/all', '/proc']) expect(await fileSystemOf(dir)).toBeNull();
});
