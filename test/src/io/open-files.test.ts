import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, lstat, mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
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

const inodeAt = async (path: string): Promise<string> => inodeOf(await lstat(path, { bigint: true }));
const ADDON = createRequire(import.meta.url).resolve('better-sqlite3/build/Release/better_sqlite3.node');

it('knows what runs, what is loaded without a descriptor, whatever it is called, and where a process stands', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hc-mapped-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  const [runs, addon, at] = ['runs', 'an addon.node', 'at'].map((name) => join(dir, name)) as [string, string, string];
  await Promise.all([copyFile(process.execPath, runs), copyFile(ADDON, addon), mkdir(at)]);
  await chmod(runs, 0o700);
  const child = spawn(runs, ['-e', `process.dlopen({ exports: {} }, ${JSON.stringify(addon)}); console.log('loaded'); setTimeout(() => {}, 30_000)`], { cwd: at, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  await rename(addon, join(dir, 'renamed'));
  const used = await openFiles(AbortSignal.timeout(10_000));
  for (const path of [runs, join(dir, 'renamed'), at]) expect(used?.has(await inodeAt(path)), path).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect((await openFiles(AbortSignal.timeout(10_000)))?.has(await inodeAt(runs))).toBe(false);
});

it('says how full a disk is, and nothing of one that is not there or can never be written', async () => {
  expect(await fileSystemOf(tmpdir())).toMatchObject({ percent: expect.any(Number), freeBytes: expect.any(Number) });
  for (const dir of ['/nowhere/at/all', '/proc']) expect(await fileSystemOf(dir)).toBeNull();
});
