import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { replaceFile } from '../../../src/cli/replace-file.js';

let dir: string;
beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'hypercare-replace-')); });
afterEach(() => rm(dir, { recursive: true, force: true }));

const rightsOf = async (name: string): Promise<string> => ((await stat(join(dir, name))).mode & 0o777).toString(8);

it('keeps the rights a file had, and makes a new one the user’s alone', async () => {
  await writeFile(join(dir, 'old'), 'before', { mode: 0o640 });
  replaceFile(join(dir, 'old'), 'after');
  replaceFile(join(dir, 'new'), 'first');
  expect([await rightsOf('old'), await rightsOf('new')]).toEqual(['640', '600']);
  expect(await readFile(join(dir, 'old'), 'utf8')).toBe('after');
  expect(await readdir(dir)).toEqual(['new', 'old']);
});

it('takes rights away where a secret is to stand', async () => {
  await writeFile(join(dir, '.env'), 'A=1', { mode: 0o644 });
  replaceFile(join(dir, '.env'), 'A=1\nTOKEN=x', 0o600);
  expect(await rightsOf('.env')).toBe('600');
});
