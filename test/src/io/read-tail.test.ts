import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTail } from '../../../src/io/read-tail.js';

const never = new AbortController().signal;
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hypercare-tail-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('the tail of a file', () => {
  it('is its end, and says whether there is more before it', async () => {
    const file = join(dir, 'log');
    await writeFile(file, 'one\ntwo\n');
    expect(await readTail(file, 4, never)).toEqual({ text: 'two\n', cut: true });
    expect(await readTail(file, 400, never)).toEqual({ text: 'one\ntwo\n', cut: false });
    await writeFile(file, '');
    expect(await readTail(file, 4, never)).toEqual({ text: '', cut: false });
  });

  it('is not waited for where the file is a pipe, and an error where there is none', async () => {
    execFileSync('mkfifo', [join(dir, 'pipe')]);
    await expect(readTail(join(dir, 'pipe'), 4, never)).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(readTail(join(dir, 'none'), 4, never)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
