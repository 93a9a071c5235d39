import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dataDirProblem, makeDataDir } from '../../../src/store/data-dir.js';
import { openStore } from '../../../src/store/store.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hypercare-data-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it('is made where it is missing', async () => {
  expect(dataDirProblem(join(dir, 'a', 'b'))).toBeNull();
  await openStore({ file: join(dir, 'a', 'b', 'hypercare.db') }).close();
});

// Root may write wherever modes alone forbid it, so what stands in the way is a file.
it('is named, with what to do, where it cannot be made', async () => {
  await writeFile(join(dir, 'file'), '');
  const at = join(dir, 'file', 'data');
  const mend = expect.stringContaining('HYPERCARE_HOME') as unknown;
  expect(() => openStore({ file: join(at, 'hypercare.db') })).toThrow(expect.objectContaining({ code: 'store.dir', message: `the data directory ${at} cannot be written (ENOTDIR)`, mend }) as Error);
});

it.skipIf(process.platform !== 'linux')('is named where the file system makes none', () => {
  expect(() => makeDataDir('/proc/hypercare/data')).toThrow('the data directory /proc/hypercare/data cannot be written (ENOENT)');
});

it('is told before anything is started, where it can be seen', async () => {
  await writeFile(join(dir, 'file'), '');
  expect(dataDirProblem(join(dir, 'file', 'data'))).toContain(`${join(dir, 'file', 'data')} cannot be written (ENOTDIR). Let the user`);
  expect(dataDirProblem(join(dir, 'file'))).toContain('is no directory');
});
