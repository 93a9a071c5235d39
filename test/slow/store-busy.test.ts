import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { takeFence } from '../../src/store/hosts.js';
import { migrate } from '../../src/store/migrate.js';
import { openStore } from '../../src/store/store.js';

it('a write that waits for another process in vain says after ten seconds who holds the store', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hypercare-busy-'));
  const [one, two] = [openStore({ file: join(dir, 'store.db') }), openStore({ file: join(dir, 'store.db') })];
  try {
    await migrate(one);
    await one.write(async (tx) => {
      await takeFence(tx, 'vm', 1);
      await expect(two.write((other) => takeFence(other, 'vm', 2))).rejects.toMatchObject({ code: 'store.busy', errorClass: 'transient', mend: expect.stringContaining('pm2 list') });
    });
    expect(await two.write((tx) => takeFence(tx, 'vm', 3))).toMatchObject({ fence: 2 });
  } finally {
    await Promise.all([one.close(), two.close()]);
    await rm(dir, { recursive: true, force: true });
  }
});
