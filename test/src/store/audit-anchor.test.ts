import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anchorFile, readAnchor, writeAnchor, type Anchor } from '../../../src/store/audit-anchor.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hypercare-anchor-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

const anchor: Anchor = { version: 1, hostId: 'h' as never, seq: 7, hash: 'a'.repeat(64), at: 1_000 };

describe('the anchor of the audit trail', () => {
  it('is read as it was written, for its owner alone, and leaves nothing beside it', async () => {
    const file = anchorFile(dir);
    await writeAnchor(file, { ...anchor, seq: 6 });
    await writeAnchor(file, anchor);
    expect(await readAnchor(file)).toEqual(anchor);
    expect([(await stat(file)).mode & 0o777, await readdir(dir)]).toEqual([0o600, ['hypercare.anchor']]);
  });

  it('is none where there is no file, and an error where it is something else', async () => {
    expect(await readAnchor(anchorFile(dir))).toBeNull();
    for (const text of ['', 'null', '{"version":1,"hostId":"h"}', (await readFile(import.meta.filename, 'utf8')).slice(0, 50)]) {
      await writeFile(anchorFile(dir), text);
      await expect(readAnchor(anchorFile(dir))).rejects.toMatchObject({ code: 'audit.anchor' });
    }
  });
});
