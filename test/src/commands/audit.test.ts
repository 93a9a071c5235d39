import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audit } from '../../../src/commands/audit.js';
import type { Result } from '../../../src/commands/command.js';
import { runWords } from '../../../src/commands/run-words.js';
import { splitWords } from '../../../src/commands/split-words.js';
import { audit as append } from '../../../src/store/audits.js';
import { commandContract } from '../../contracts/command.js';
import { BEGAN } from '../cards/views.js';
import { openStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(async () => {
  await stage.close();
});

const say = async (line: string, who: string | null = 'Ann', change = {}): Promise<Result> => runWords(splitWords(line), await stage.as(who, change));

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

  it('is for the terminal', async () => {
    await expect(say('audit', 'Vera')).rejects.toMatchObject({ code: 'denied.place', mend: 'On the host itself: hypercare audit' });
  });
});
