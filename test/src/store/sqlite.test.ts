import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeContract } from '../../contracts/store.js';

storeContract('SQLite', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hypercare-sqlite-'));
  let stores = 0;
  return {
    empty: async () => ({ file: join(dir, `${(stores += 1)}.db`) }),
    stop: () => rm(dir, { recursive: true, force: true }),
  };
});
