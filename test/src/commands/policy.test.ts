import { describe, expect, it } from 'vitest';
import { drawPlain } from '../../../src/cards/plain.js';
import type { Result } from '../../../src/commands/command.js';
import { policy as command } from '../../../src/commands/policy.js';
import { runWords } from '../../../src/commands/run-words.js';
import { splitWords } from '../../../src/commands/split-words.js';
import type { Policy } from '../../../src/policy/policy.js';
import { sayChoice } from '../../../src/domain/rung-choice.js';
import { noteRecord } from '../../../src/store/spans.js';
import { commandContract } from '../../contracts/command.js';
import { facts, NONE, policy, restart, rollback, rule, when } from '../policy/policies.js';
import { decided } from './decided.js';
import { stageOfEachTest } from './spoken.js';
import { broken } from './stage.js';

commandContract(command);

const office = { days: [1, 2, 3, 4, 5], from: 540, to: 1_080, zone: 'Europe/Berlin', text: 'mon-fri 09:00-18:00 Europe/Berlin' };

const stage = stageOfEachTest();

async function say(words: string, inForce: Policy, name = 'Vera'): Promise<Result> {
  return runWords(splitWords(words), await stage.as(name, { policy: inForce }));
}
const drawn = ({ card }: Result): string => drawPlain(card, { width: 60, color: false }).replace(/incident \w{6}\b/, 'incident ‹id›');

describe('policy show', () => {
  it('shows the rules in the order in which they are asked, and what no repair uses yet', async () => {
    const inForce = policy('act-and-tell', {
      rules: [rule('act-and-tell', { name: 'by day', windows: [office], maxTargets: { share: 0.2 }, maxAttempts: 3, backoff: 'exponential' }), rule('ask', { name: 'back', repair: 'release.rollback', approvers: 2, requesterMayApprove: false, when: when('incident.emergency') })],
      deny: [{ repair: 'pm2.kill', target: 'billing', when: null }], allow: [{ repair: '*', target: '*', when: when('hour >= 6') }],
      later: [{ name: 'cost_optimization.idle_resources', says: 'stop what was idle for 7 d by itself', read: {} }],
    });
    expect(drawn(await say('policy show', inForce))).toMatchInlineSnapshot(`
      "i INFO  what hypercare may do, in the order in which it is
              asked
        Never, whoever asks:
        - pm2.kill on billing

        Nothing but:
        - * on * when hour >= 6

        The first rule that fits decides:
        1. by day: act-and-tell * on shop, mon-fri 09:00-18:00
        Europe/Berlin, at most 20 % of the apps within an hour, at
        most 3 attempts a day, waits between attempts: exponential
        2. back: ask release.rollback on shop, when
        incident.emergency, 2 people say yes, not who asked for it
        3. default: observe * on *

        Limits:
        - restarts of one app: 3 in 30 min, 6 in 24 h, whoever
        makes them
        - rollbacks of one app without asking: 1 in 24 h
        - a release is stable once it passed its whole watch
        - whatever hypercare does: 10 for one app and 100 in all
        within an hour
        - a question waits 15 min, that about a rollback 30 min

        Kept, and no repair of this version uses it yet:
        - stop what was idle for 7 d by itself
        (cost_optimization.idle_resources)

        policy aaaa · why one incident was decided so: policy
        explain <incident>"
    `);
  });
});

describe('policy explain', () => {
  it('says why this repair was chosen, and none before it', async () => {
    const incident = await broken(stage);
    const text = sayChoice(restart.repair, 'next');
    await stage.store.write((tx) => noteRecord(tx, { incidentId: incident.id, text, why: 'pm2.reload ran for the same problem in the last 24 h, and it came back', auditSeq: 1 }, stage.now));
    await decided(stage, incident, { plan: restart, by: policy('act-and-tell') });
    expect((await say(`policy explain ${incident.id.slice(-6)}`, policy('act-and-tell'))).card.body).toContain(`Why it: ${text}: pm2.reload ran for the same problem in the last 24 h, and it came back.`);
  });

  it('says which rule decided, what it looked at and what would have to change', async () => {
    const incident = await broken(stage);
    const by = policy('act-and-tell');
    await decided(stage, incident, { plan: restart, by, around: { counts: { ...NONE, restarts30m: 3 } } });
    stage.now += 60_000;
    await decided(stage, incident, { plan: { ...rollback, migrations: 2 }, by });
    stage.now += 60_000;
    expect(drawn(await say(`policy explain ${incident.id.slice(-6)}`, by))).toMatchInlineSnapshot(`
      "i INFO  shop: release.rollback was asked
        For: /checkout: status 500, 3 checks in a row over 20 s.
        Decided 03:13 UTC, 60 s ago, by risk:migrations: 2
        migrations lie between the two releases, and the older
        code may not stand the newer schema.

        Its rule is “shop”: act-and-tell * on shop.

        What was looked at, in this order:
        ✓ holds: none is in force
        ✓ deny list: it is empty
        ✓ allow list: there is none
        ✓ remediations in an hour: 0 of 10 for it, 0 of 100 in all
        ✓ restarts: rollbacks have a budget of their own
        ✓ attempts: 0; the rule sets no limit
        ✓ wait between attempts: the rule sets none
        ✓ asked for by hand: no: the runbook wants it
        ✓ rung of the rule: act-and-tell * on shop: it acts and
        tells
        ✓ what it risks: it is disruptive
        ✓ whom it lets in: nobody
        ✓ recurrence: this repair ran 0 times for this problem in
        24 h, and the problem came back 0 times
        ■ migrations: 2 migrations lie between the two releases,
        and the older code may not stand the newer schema

        What would have to change: nothing lets it act alone over
        migrations that do more than add; a person says yes.

        Before that:
        - pm2.restart was not done: its restart budget is used up
        (3 restarts in 30 min, the limit is 3)

        incident ‹id› · the rules in force: policy show"
    `);
  });

  it('says what today’s policy would say where it was changed since', async () => {
    const incident = await broken(stage);
    await decided(stage, incident, { plan: restart, by: policy('ask') });
    const result = await say(`policy explain ${incident.id}`, policy('act-and-tell', { hash: 'bbbb' }));
    expect(drawn(result)).toContain('The policy was changed since. Today it would be done by\n  itself: the rule “shop” lets it act and tell.');
    expect(result.data).toMatchObject({ app: 'shop', decisions: [{ repair: 'pm2.restart', policy: 'aaaa', verdict: 'ask', rule: 'shop', facts: { counts: NONE }, today: { verdict: 'auto' } }] });
  });

  it('tells when a window opens', async () => {
    const incident = await broken(stage);
    const by = policy('act-and-tell', { rules: [rule('act-and-tell', { windows: [{ ...office, zone: 'Europe/London', text: 'mon-fri 09:00-18:00 Europe/London' }] })] });
    await decided(stage, incident, { plan: restart, by, around: { now: facts().now } });
    expect(drawn(await say(`policy explain ${incident.id}`, by)).replaceAll(/\s+/g, ' ')).toContain('What would have to change: its window opens Fri 09:00 (Europe/London)');
  });

  it('says that policy was not asked where nothing was prepared', async () => {
    const incident = await broken(stage);
    expect((await say(`policy explain ${incident.id}`, policy('observe'))).card.title).toBe('shop: policy was not asked about this incident');
  });

  it.each([
    ['policy explain', 'policy explain needs an incident'],
    ['policy explain zzzz', 'there is no incident “zzzz”'],
  ])('“%s” is answered', async (words, message) => {
    await expect(say(words, policy('observe'))).rejects.toMatchObject({ message });
  });
});
