import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256, sha256OfFile } from '../../../src/io/hash.js';

const dir = mkdtempSync(join(tmpdir(), 'hash-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe('hash', () => {
  it('agrees with the published digest of "abc", for a text and for a file', async () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    writeFileSync(join(dir, 'abc'), 'abc');
    expect(sha256('abc')).toBe(abc);
    expect(await sha256OfFile(join(dir, 'abc'))).toBe(abc);
  });

  it('is null for a file that is not there, also below another file', async () => {
    expect(await sha256OfFile(join(dir, 'missing'))).toBeNull();
    expect(await sha256OfFile(join(dir, 'abc', 'below'))).toBeNull();
  });

  it('throws for what cannot be read, rather than calling it missing', async () => {
    await expect(sha256OfFile(dir)).rejects.toMatchObject({ code: 'EISDIR' });
  });
});
