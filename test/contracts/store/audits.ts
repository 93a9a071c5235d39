import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/domain/json.js';
import { judgeAnchor } from '../../../src/store/audit-anchor.js';
import { brokenAt, checkChain } from '../../../src/store/audit-chain.js';
import { audit, auditHead, eachAudit, readAudit } from '../../../src/store/audits.js';
import { takeFence } from '../../../src/store/hosts.js';
import type { AuditsTable } from '../../../src/store/schema.js';
import { fenced } from '../../../src/store/fenced.js';
import { NOW, type Stage } from './stage.js';

const WRITERS = 4;

/** As somebody forges it who knows the format. */
function hashedAnew(row: AuditsTable): AuditsTable {
  const hash = createHash('sha256').update(canonicalJson([row.host_id, row.seq, row.at, row.who, row.what, row.why, row.body, row.prev])).digest('hex');
  return { ...row, hash };
}

export function auditsContract(stage: Stage): void {
  const say = (n: number, hostId = stage.hostId) => stage.store.write((tx) => audit(tx, hostId, { who: 'Ann', what: `did ${n}`, why: 'rule', body: { n } }, NOW + n));
  const chain = async (length: number) => {
    for (let n = 1; n <= length; n += 1) await say(n);
    expect(await brokenAt(stage.store.db, stage.hostId)).toBeNull();
  };
  const broken = () => brokenAt(stage.store.db, stage.hostId);
  const mine = () => stage.store.db.updateTable('audits').where('host_id', '=', stage.hostId);

  describe('the audit chain', () => {
    it('is whole when it is empty, and one a host', async () => {
      expect(await broken()).toBeNull();
      const other = await stage.store.write((tx) => takeFence(tx, stage.unique('other'), NOW));
      await chain(3);
      await say(1, other.id);
      expect(await readAudit(stage.store.db, other.id, 9)).toMatchObject([{ seq: 1, what: 'did 1' }]);
      expect((await readAudit(stage.store.db, stage.hostId, 2)).map(({ seq }) => seq)).toEqual([2, 3]);
    });

    it.each(['who', 'what', 'why', 'body'] as const)('is broken where the %s of an entry was changed', async (column) => {
      await chain(4);
      await mine().set({ [column]: 'other' }).where('seq', '=', 2).execute();
      expect(await broken()).toBe(2);
    });

    it('is broken where the time of an entry was changed', async () => {
      await chain(3);
      await mine().set({ at: NOW }).where('seq', '=', 3).execute();
      expect(await broken()).toBe(3);
    });

    it.each([
      { forged: 'changed', change: { what: 'other' }, at: 3 },
      { forged: 'numbered otherwise', change: { seq: 9 }, at: 2 },
    ])('is broken after an entry that was $forged and hashed anew', async ({ change, at }) => {
      await chain(4);
      const [entry] = (await readAudit(stage.store.db, stage.hostId, 9)).filter(({ seq }) => seq === 2);
      await mine().set(hashedAnew({ ...(entry as AuditsTable), ...change })).where('seq', '=', 2).execute();
      expect(await broken()).toBe(at);
    });

    it('is broken where the newest entry was numbered otherwise and hashed anew', async () => {
      await chain(3);
      const [newest] = await readAudit(stage.store.db, stage.hostId, 1);
      await mine().set(hashedAnew({ ...(newest as AuditsTable), seq: 5 })).where('seq', '=', 3).execute();
      expect(await broken()).toBe(3);
    });

    it.each([1, 2])('is broken where entry %i was removed', async (seq) => {
      await chain(3);
      await stage.store.db.deleteFrom('audits').where('host_id', '=', stage.hostId).where('seq', '=', seq).execute();
      expect(await broken()).toBe(seq);
    });

    it('is broken where an entry was removed and the later ones moved up', async () => {
      await chain(4);
      await stage.store.db.deleteFrom('audits').where('host_id', '=', stage.hostId).where('seq', '=', 2).execute();
      for (const seq of [3, 4]) await mine().set({ seq: seq - 1 }).where('seq', '=', seq).execute();
      expect(await broken()).toBe(2);
    });

    it.each([0, -1, 4])('is broken where an entry was put in at %i', async (seq) => {
      await chain(3);
      const [first] = await readAudit(stage.store.db, stage.hostId, 3);
      await stage.store.db.insertInto('audits').values({ ...(first as AuditsTable), seq }).execute();
      expect(await broken()).toBe(seq === 4 ? 4 : 1);
    });

    it('names what is wrong: changed, moved, missing, put in, or written anew', async () => {
      await chain(5);
      const fault = async () => (await checkChain(stage.store.db, stage.hostId)).fault;
      const all = await readAudit(stage.store.db, stage.hostId, 9);
      const place = (seq: number, row: AuditsTable | undefined) => mine().set({ ...(row as AuditsTable), seq }).where('seq', '=', seq).execute();
      const asItWas = async () => {
        await stage.store.db.deleteFrom('audits').where('host_id', '=', stage.hostId).execute();
        await stage.store.db.insertInto('audits').values([...all]).execute();
      };
      await mine().set({ why: 'another rule' }).where('seq', '=', 4).execute();
      expect(await fault()).toEqual({ kind: 'changed', seq: 4, other: null });
      await asItWas();
      await place(2, all[3]);
      await place(4, all[1]);
      expect(await fault()).toEqual({ kind: 'moved', seq: 2, other: 4 });
      await asItWas();
      await stage.store.db.deleteFrom('audits').where('host_id', '=', stage.hostId).where('seq', 'in', [2, 3]).execute();
      expect(await checkChain(stage.store.db, stage.hostId)).toMatchObject({ entries: 1, head: { seq: 1 }, fault: { kind: 'missing', seq: 2, other: 3 } });
      await asItWas();
      await stage.store.db.insertInto('audits').values({ ...(all[0] as AuditsTable), seq: 0 }).execute();
      expect(await fault()).toEqual({ kind: 'put_in', seq: 1, other: null });
      await asItWas();
      await place(3, hashedAnew({ ...(all[2] as AuditsTable), who: 'nobody' }));
      expect(await fault()).toEqual({ kind: 'unlinked', seq: 4, other: null });
    });

    it('cannot show that its newest entries were cut off; the mark of its end outside of it does', async () => {
      await chain(4);
      const head = await auditHead(stage.store.db, stage.hostId);
      const anchor = { version: 1, hostId: stage.hostId, seq: head?.seq as number, hash: head?.hash as string, at: NOW } as const;
      const judged = (change = {}) => judgeAnchor(stage.store.db, stage.hostId, { ...anchor, ...change });
      expect(await judged()).toBe('holds');
      await say(5);
      expect(await judged(), 'it went on').toBe('holds');
      await stage.store.db.deleteFrom('audits').where('host_id', '=', stage.hostId).where('seq', '>=', 3).execute();
      expect([await broken(), await judged()]).toEqual([null, 'cut']);
      await say(6);
      await say(7);
      expect([await broken(), await judged()], 'others were written in their place').toEqual([null, 'differs']);
      expect(await judged({ hostId: 'another' })).toBe('other_store');
    });

    it('is read a page at a time, each entry once and in order', async () => {
      await stage.write(async (tx) => {
        for (let n = 1; n <= 501; n += 1) await audit(tx, stage.hostId, { who: 'Ann', what: `did ${n}`, why: 'rule', body: null }, NOW);
      });
      const read: number[] = [];
      for await (const { seq } of eachAudit(stage.store.db, stage.hostId)) read.push(seq);
      expect(read).toEqual(Array.from({ length: 501 }, (_, n) => n + 1));
    });

    it('is checked beyond its first page', async () => {
      await stage.write(async (tx) => {
        for (let n = 1; n <= 502; n += 1) await audit(tx, stage.hostId, { who: 'Ann', what: `did ${n}`, why: 'rule', body: null }, NOW);
      });
      expect(await broken()).toBeNull();
      await mine().set({ what: 'other' }).where('seq', '=', 502).execute();
      expect(await broken()).toBe(502);
    });

    it('stays whole under monitors that write at once', async () => {
      const writers = Array.from({ length: WRITERS }, () => fenced(stage.another(), stage.hostId, stage.fence));
      await Promise.all(writers.flatMap((writer, w) => Array.from({ length: 8 }, (_, n) => writer.write((tx) => audit(tx, stage.hostId, { who: `w${w}`, what: `did ${n}`, why: 'r', body: null }, NOW)))));
      expect(await broken()).toBeNull();
      expect(await readAudit(stage.store.db, stage.hostId, 99)).toHaveLength(8 * WRITERS);
    });
  });
}
