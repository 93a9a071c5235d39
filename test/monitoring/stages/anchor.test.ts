import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anchor } from '../../../monitoring/stages/anchor.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { HostId } from '../../../src/domain/ids.js';
import { readAnchor } from '../../../src/store/audit-anchor.js';
import { audit, mismatchesOf, readAudit } from '../../../src/store/audits.js';
import { activeHolds, openHolds } from '../../../src/store/holds.js';
import { takeFence } from '../../../src/store/hosts.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore, type Store } from '../../../src/store/store.js';

let dir: string;
let file: string;
let store: Store;
let hostId: HostId;
let passed: number;
let said: string[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hypercare-anchor-'));
  file = join(dir, 'hypercare.anchor');
  store = openStore({ file: join(dir, 'store.db') });
  await migrate(store);
  hostId = (await store.write((tx) => takeFence(tx, 'vm-1', 1_000))).id;
  passed = 0;
  said = [];
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

function ctx(): StageContext {
  const say = (_facts: unknown, text: string): void => void said.push(text);
  return { store, hostId, clock: { now: () => 1_000 + passed, monotonic: () => passed }, log: { info: say, warn: say, error: say } } as unknown as StageContext;
}

const entries = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) await store.write((tx) => audit(tx, hostId, { who: 'Ann', what: `did ${n}`, why: 'rule', body: null }, 1_000));
};

describe('the stage that keeps the end of the audit trail outside of the store', () => {
  it('writes it at once, then once a minute, and whenever it is told to', async () => {
    await entries(2);
    const stage = anchor(file);
    await stage.run(ctx());
    expect(await readAnchor(file)).toMatchObject({ hostId, seq: 2 });
    await entries(1);
    passed += 59_999;
    await stage.run(ctx());
    expect(await readAnchor(file)).toMatchObject({ seq: 2 });
    passed += 1;
    await stage.run(ctx());
    expect(await readAnchor(file)).toMatchObject({ seq: 3 });
    await entries(1);
    await stage.keep(ctx());
    expect(await readAnchor(file)).toMatchObject({ seq: 4 });
  });

  it('is silent after a restart of the monitor on the same trail', async () => {
    await entries(2);
    await anchor(file).run(ctx());
    await anchor(file).run(ctx());
    expect([said, (await readAudit(store.db, hostId, 9)).length]).toEqual([[], 2]);
  });

  it('writes into the chain itself that its end was cut off, before that is forgotten', async () => {
    await entries(5);
    await anchor(file).run(ctx());
    await sql`delete from audits where seq > 3`.execute(store.db);
    await anchor(file).run(ctx());
    expect((await readAudit(store.db, hostId, 2))[0]).toMatchObject({
      seq: 4, who: 'hypercare', what: 'found another audit trail than the one it left', why: 'the audit trail ends before entry 5, which it had: entries were cut off, or the store is an older copy',
    });
    expect(await readAnchor(file)).toMatchObject({ seq: 5 });
  });

  it('misses newest entries that are cut off while it runs, also where as many new ones came since', async () => {
    await entries(4);
    const stage = anchor(file);
    await stage.run(ctx());
    await sql`delete from audits where seq > 2`.execute(store.db);
    for (const what of ['one', 'two']) await store.write((tx) => audit(tx, hostId, { who: 'Eve', what, why: 'nothing to see', body: null }, 2_000));
    passed += 60_000;
    await stage.run(ctx());
    expect((await mismatchesOf(store.db, hostId)).map(({ seq, why }) => [seq, why])).toEqual([[5, expect.stringMatching(/^entry 4 of the audit trail is not the one that was there/)]]);
    expect((await openHolds(store.db, hostId)).map(({ kind }) => kind)).toEqual(['restored']);
    passed += 60_000;
    await stage.run(ctx());
    expect(await mismatchesOf(store.db, hostId), 'told once').toHaveLength(1);
  });

  it('does nothing by itself for a day on a store that was put back: what its budgets would count is forgotten', async () => {
    await entries(5);
    await anchor(file).run(ctx());
    await sql`delete from audits where seq > 3`.execute(store.db);
    const stage = anchor(file);
    await stage.begin(ctx());
    expect((await activeHolds(store.db, hostId, 1_000)).map(({ kind, scope, until }) => [kind, scope, until])).toEqual([['restored', '*', 1_000 + 24 * 3_600_000]]);
    await stage.run(ctx());
    await anchor(file).begin(ctx());
    expect(await openHolds(store.db, hostId)).toHaveLength(1);
    await sql`delete from holds`.execute(store.db);
    await anchor(file).begin(ctx());
    expect(await openHolds(store.db, hostId)).toEqual([]);
  });

  it('tells it once where the file cannot be written anew', async () => {
    await entries(4);
    await anchor(file).run(ctx());
    await sql`delete from audits where seq > 2`.execute(store.db);
    await mkdir(`${file}.new`);
    const stage = anchor(file);
    for (let n = 0; n < 3; n += 1) {
      await stage.run(ctx());
      passed += 60_000;
    }
    expect(await mismatchesOf(store.db, hostId)).toHaveLength(1);
  });

  it('goes on where the file cannot be written, and says so', async () => {
    await entries(1);
    await anchor(join(dir, 'not', 'there')).run(ctx());
    expect(said).toEqual(['where the audit trail ends could not be written down outside of the store']);
  });
});
