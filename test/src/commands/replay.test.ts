import { describe, expect, it } from 'vitest';
import { drawPlain } from '../../../src/cards/plain.js';
import type { Result } from '../../../src/commands/command.js';
import { replay } from '../../../src/commands/replay.js';
import { runWords } from '../../../src/commands/run-words.js';
import { splitWords } from '../../../src/commands/split-words.js';
import { checksOf } from '../../../src/store/checks.js';
import { resolveIncident } from '../../../src/store/incidents.js';
import { insertSamples } from '../../../src/store/samples.js';
import type { Policy } from '../../../src/policy/policy.js';
import { commandContract } from '../../contracts/command.js';
import { policy, restart, rollback, rule } from '../policy/policies.js';
import { decided } from './decided.js';
import { stageOfEachTest } from './spoken.js';
import { broken, watchShop } from './stage.js';

commandContract(replay);

const DAY_MS = 24 * 3_600_000;

const stage = stageOfEachTest();

async function say(words: string, changed: Policy): Promise<Result> {
  return runWords(splitWords(words), await stage.as('Ann', { readPolicy: async () => changed }));
}
const drawn = ({ card }: Result): string => drawPlain(card, { width: 60, color: false });

describe('replay', () => {
  it('says what a changed policy would have decided, and what cannot be known', async () => {
    const incident = await broken(stage);
    for (const plan of [rollback, rollback, restart]) {
      await decided(stage, incident, { plan, by: policy('ask') });
      stage.now += 60_000;
    }
    const changed = policy('act-and-tell', { rules: [rule('act-and-tell', { repair: 'release.rollback' })] });
    const result = await say('replay --policy new.yaml', changed);
    expect(result.exit).toBe(1);
    expect(drawn(result)).toMatchInlineSnapshot(`
      "i INFO  with this policy 3 of 3 decisions would have been
              another
        With this policy: 1 × pm2.restart not done instead of
        asked; 2 rollbacks done by itself instead of asked.

        03:14:00  shop, pm2.restart: not done instead of asked,
        because the rule “default” only observes
        03:13:00  shop, release.rollback: done by itself instead
        of asked, because the rule “shop” lets it act and tell
        03:12:00  shop, release.rollback: done by itself instead
        of asked, because the rule “shop” lets it act and tell

        Each decision is made again on the facts of its time. What
        would have followed from another one cannot be known: the
        facts after it would have been others.

        new.yaml"
    `);
    expect(result.data).toMatchObject({ decisions: 3, differences: [{ app: 'shop', repair: 'pm2.restart', was: { verdict: 'ask' }, would: { verdict: 'deny', rule: 'default' } }, { would: { verdict: 'auto' } }, { would: { verdict: 'auto' } }] });
  });

  it('says that nothing would have been decided otherwise', async () => {
    await decided(stage, await broken(stage), { plan: restart, by: policy('ask') });
    const result = await say('replay --policy same.yaml', policy('ask', { hash: 'bbbb' }));
    expect(result).toMatchObject({ exit: 0, card: { title: 'with this policy the one decision would have been the same' } });
  });

  it('says by the readings of the time how long it stayed bad, within the incident', async () => {
    const incident = await broken(stage);
    await decided(stage, incident, { plan: restart, by: policy('ask') });
    await watchShop(stage);
    const check = (await checksOf(stage.store.db, stage.shop))[0]?.id as never;
    const from = stage.now;
    const at = (minutes: number, verdict: 'good' | 'bad') => ({ checkId: check, at: from + minutes * 60_000, verdict, ms: 5, values: [], note: null });
    await stage.store.write(async (tx) => {
      await insertSamples(tx, [at(1, 'bad'), at(42, 'bad'), at(43, 'good'), at(90, 'bad')]);
      await resolveIncident(tx, incident.id, 'good again', from + 44 * 60_000);
    });
    stage.now += 2 * 3_600_000;
    const result = await say('replay --policy new.yaml', policy('act-and-tell'));
    expect(result.data).toMatchObject({ differences: [{ badForMs: 42 * 60_000 }] });
    expect(drawn(result).replaceAll(/\s+/g, ' ')).toContain('lets it act and tell; readings were bad for another 42 min');
  });

  it('looks back as far as it is told', async () => {
    const incident = await broken(stage);
    await decided(stage, incident, { plan: restart, by: policy('ask') });
    stage.now += 2 * DAY_MS;
    expect((await say('replay --policy new.yaml --since 24h', policy('observe'))).data).toMatchObject({ decisions: 0 });
    expect((await say('replay --policy new.yaml --since 3d', policy('observe'))).data).toMatchObject({ decisions: 1 });
  });

  it.each([
    ['replay', '--policy is missing'],
    ['replay --policy new.yaml --since long', '--since is no duration like 24h or 7d'],
  ])('“%s” is told what is missing', async (words, message) => {
    await expect(say(words, policy('ask'))).rejects.toMatchObject({ message: expect.stringContaining(message) as unknown });
  });

  it('is for the terminal', async () => {
    await expect(runWords(splitWords('replay --policy new.yaml'), await stage.as('Ann', { via: 'slack' }))).rejects.toMatchObject({ message: '“replay” is for the terminal' });
  });
});
