import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Subject } from '../../../monitoring/evidence/collector.js';
import { postgres } from '../../../monitoring/evidence/postgres.js';
import { noPostgres, startPgTown, type PgTown } from '../../doubles/pg-town.js';
import { pgIo } from '../../doubles/pg-world.js';

describe.skipIf(noPostgres)('what is kept of a PostgreSQL before the first touch', () => {
  let town: PgTown;
  const io = pgIo();

  beforeAll(async () => {
    town = await startPgTown();
  }, 60_000);
  afterAll(async () => {
    await io.postgres.close();
    await town?.stop();
  });

  it('are its sessions, those that wait first, and their queries without what stands in them', async () => {
    const { root, pids } = await town.chain();
    await root.query("select 'hunter2', 4711");
    const kept = await postgres.collect({ url: town.url } as Subject, io, AbortSignal.timeout(5_000));
    expect(kept).toHaveLength(3);
    expect(kept[2]).toMatchObject({ pid: root.pid, app: 'shop-web', state: 'idle in transaction', waitsFor: [], waitedMs: null, query: 'select ?, ?' });
    expect(kept).toContainEqual(expect.objectContaining({ pid: pids[1], waitsFor: [root.pid], query: 'begin; update orders set note = ? where id = ?; update orders set note = ? where id = ?; commit' }));
    await expect(postgres.collect({ url: town.url.replace('hypercare:', 'nobody:') } as Subject, io, AbortSignal.timeout(5_000))).rejects.toMatchObject({ code: 'postgres.denied' });
  });
});
