import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { audit } from '../../../src/commands/audit.js';
import { canonicalJson } from '../../../src/domain/json.js';
import { writeAnchor } from '../../../src/store/audit-anchor.js';
import { audit as append, auditHead, type AuditMark } from '../../../src/store/audits.js';
import { commandContract } from '../../contracts/command.js';
import { BEGAN } from '../cards/views.js';
import { sayOn, stageOfEachTest } from './spoken.js';

const stage = stageOfEachTest();
const say = sayOn(stage);

commandContract(audit);

describe('audit', () => {
  const entry = (what: string) => stage.store.write((tx) => append(tx, stage.hostId, { who: 'hypercare', what, why: 'rule x', body: { n: 1 } }, BEGAN));

  it('lists the newest entries, and says that the chain is whole', async () => {
    for (const what of ['one', 'two', 'three']) await entry(what);
    const result = await say('audit --limit 2');
    expect(result).toMatchObject({ exit: 0, data: { brokenAt: null, entries: [{ seq: 2, what: 'two' }, { seq: 3, what: 'three', body: { n: 1 } }] } });
  });

  it('finds an entry that was changed, though it is not among those shown', async () => {
    for (const what of ['one', 'two', 'three']) await entry(what);
    await sql`update audits set who = 'nobody' where seq = 1`.execute(stage.store.db);
    const result = await say('audit --limit 1');
    expect(result).toMatchObject({ exit: 1, data: { brokenAt: 1 }, card: { level: 'critical' } });
  });

  it('shows a changed entry whatever stands in it', async () => {
    await entry('one');
    await sql`update audits set body = '{broken' where seq = 1`.execute(stage.store.db);
    expect((await say('audit')).data['entries']).toMatchObject([{ body: '{broken' }]);
  });

  it('verify reads the whole chain, and says what it found with its exit', async () => {
    for (const what of ['one', 'two', 'three']) await entry(what);
    expect(await say('audit verify')).toMatchObject({ exit: 0, data: { version: 1, whole: true, entries: 3, fault: null, anchor: null } });
    await sql`delete from audits where seq = 2`.execute(stage.store.db);
    expect(await say('audit verify')).toMatchObject({ exit: 1, data: { whole: false, entries: 1, fault: { kind: 'missing', seq: 2, other: 2 } }, card: { level: 'critical' } });
  });

  it('verify sees by what stands outside of the store that the newest entries were cut off', async () => {
    const auditAnchor = join(stage.dir, 'hypercare.anchor');
    for (const what of ['one', 'two', 'three']) await entry(what);
    const head = (await auditHead(stage.store.db, stage.hostId)) as AuditMark;
    await writeAnchor(auditAnchor, { version: 1, hostId: stage.hostId, ...head, at: BEGAN });
    expect(await say('audit verify', 'Ann', { auditAnchor })).toMatchObject({ exit: 0, data: { whole: true, anchor: { seq: 3, verdict: 'holds' } } });
    await sql`delete from audits where seq = 3`.execute(stage.store.db);
    expect(await say('audit verify', 'Ann', { auditAnchor })).toMatchObject({ exit: 1, data: { whole: false, fault: null, anchor: { verdict: 'cut' } } });
    await writeFile(auditAnchor, '{}');
    await expect(say('audit verify', 'Ann', { auditAnchor })).rejects.toMatchObject({ code: 'audit.anchor', errorClass: 'permanent' });
  });

  it('says that it could not be read, where the store cannot', async () => {
    await sql`drop table audits`.execute(stage.store.db);
    await expect(say('audit verify')).rejects.toMatchObject({ code: 'audit.unreadable', errorClass: 'transient' });
  });

  it('export gives every entry with all that its hash is over', async () => {
    for (const what of ['one', 'two', 'three']) await entry(what);
    const result = await say('audit export');
    expect(result).toMatchObject({ exit: 0, data: { entries: 3 } });
    let prev = '0'.repeat(64);
    let seen = 0;
    for await (const line of result.lines ?? []) {
      const read = JSON.parse(JSON.stringify(line)) as Record<string, string>;
      const over = [read['host'], read['seq'], Date.parse(read['at'] as string), read['who'], read['what'], read['why'], canonicalJson(read['body']), read['prev']];
      expect([read['prev'], read['hash']]).toEqual([prev, createHash('sha256').update(canonicalJson(over)).digest('hex')]);
      prev = read['hash'] as string;
      seen += 1;
    }
    expect(seen).toBe(3);
  });

  it('is for the terminal', async () => {
    await expect(say('audit', 'Vera')).rejects.toMatchObject({ code: 'denied.place', mend: 'On the host itself: hypercare audit' });
  });
});
