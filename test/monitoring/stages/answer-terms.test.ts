import { describe, expect, it } from 'vitest';
import { answer as stage } from '../../../monitoring/stages/answer.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import { readAudit } from '../../../src/store/audits.js';
import { answer, answersTo } from '../../../src/store/answers.js';
import { personNamed, syncPeople } from '../../../src/store/people.js';
import { ask, getQuestion, type NewQuestion } from '../../../src/store/questions.js';
import { draftPlan, keepDecision, keepPrepared } from '../../../src/store/plans.js';
import type { Question } from '../../../src/domain/question.js';
import { handClock, keepLog } from '../../bot/stage.js';
import { reload } from '../../src/cards/views.js';
import { stageOfEachTest } from '../../src/commands/spoken.js';
import { broken } from '../../src/commands/stage.js';
import { policy } from '../../src/policy/policies.js';

const house = stageOfEachTest();

const ctx = (): StageContext => ({ store: house.store, hostId: house.hostId, clock: handClock(house.now), log: keepLog(), settings: { confirmForMs: 1_000, policy: policy('ask') } }) as unknown as StageContext;

/** Ann asks for a reload, and a question about it is open on these terms. */
async function asked(terms: Partial<NewQuestion>): Promise<Question> {
  const incident = await broken(house);
  return house.store.write(async (tx) => {
    const planId = await draftPlan(tx, { incidentId: incident.id, targetId: house.shop, repair: 'pm2.reload', args: {}, risk: 'safe', askedBy: 'Ann', requestId: null }, house.now);
    await keepPrepared(tx, planId, reload, 'c'.repeat(64), 'prepared');
    await keepDecision(tx, planId, { verdict: 'ask', rule: 'r', why: 'w' }, 'asked');
    return (await getQuestion(tx, await ask(tx, { planId, appId: house.shop, hash: 'c'.repeat(64), need: 1, expiresAt: house.now + 900_000, ...terms }, house.now))) as Question;
  });
}

/** What became of an answer, and of the question. */
async function says(question: Question, name: string, yes: boolean): Promise<string> {
  const person = await personNamed(house.store.db, house.hostId, name);
  await house.store.write((tx) => answer(tx, { questionId: question.id, personId: person?.id as never, yes, via: 'terminal', nonce: `${name}${yes}` }, house.now));
  await stage.run(ctx());
  const own = (await answersTo(house.store.db, question.id)).find((one) => one.name === name);
  return `${own?.outcome}, ${(await getQuestion(house.store.db, question.id))?.state}`;
}

describe('who may say yes', () => {
  it.each([
    ['an approver may', {}, 'Bob', true, 'counted, approved'],
    ['an operator may not', {}, 'Otto', true, 'not_allowed, open'],
    ['an operator may where the rule says so', { role: 'operator' }, 'Otto', true, 'counted, approved'],
    ['a viewer may not even then', { role: 'operator' }, 'Vera', true, 'not_allowed, open'],
    ['who asked for it may', {}, 'Ann', true, 'counted, approved'],
    ['who asked for it may not where somebody else has to', { barred: 'Ann' }, 'Ann', true, 'not_allowed, open'],
    ['who asked for it may take it back all the same', { barred: 'Ann' }, 'Ann', false, 'counted, denied'],
    ['somebody else may', { barred: 'Ann' }, 'Bob', true, 'counted, approved'],
    ['one of two is not enough', { need: 2 }, 'Bob', true, 'counted, open'],
  ] as const)('%s', async (_, terms, name, yes, came) => {
    expect(await says(await asked(terms), name, yes)).toBe(came);
  });

  describe('of a user group', () => {
    const people = [{ name: 'Ann', role: 'approver', accounts: [] }, { name: 'Bob', role: 'approver', accounts: [] }, { name: 'leads', role: 'approver', accounts: [{ platform: 'slack', userId: 'S0LEAD' }] }] as const;

    it.each([
      ['a yes counts where one is enough, and its audit names the account', {}, 'counted, approved'],
      ['none counts beside another’s: it may be the same person', { need: 2 }, 'not_allowed, open'],
      ['none counts where somebody else than the asker has to say it', { barred: 'Ann' }, 'not_allowed, open'],
    ] as const)('%s', async (_, terms, came) => {
      await house.store.write((tx) => syncPeople(tx, house.hostId, people, house.now));
      const question = await asked(terms);
      const leads = await personNamed(house.store.db, house.hostId, 'leads');
      await house.store.write((tx) => answer(tx, { questionId: question.id, personId: leads?.id as never, yes: true, via: 'slack', nonce: `${house.hostId}:slack:U0NEW:press:1` }, house.now));
      await stage.run(ctx());
      const own = (await answersTo(house.store.db, question.id)).find((one) => one.name === 'leads');
      expect(`${own?.outcome}, ${(await getQuestion(house.store.db, question.id))?.state}`).toBe(came);
      const said = (await readAudit(house.store.db, house.hostId, 20)).filter(({ who }) => who === 'leads').map(({ why }) => why);
      expect(said).toEqual(came.startsWith('counted') ? [expect.stringContaining('through slack, by the account U0NEW')] : []);
    });
  });

  it('counts no earlier yes of somebody who may not say it any more', async () => {
    const question = await asked({ need: 2 });
    expect(await says(question, 'Ann', true)).toBe('counted, open');
    const people = [{ name: 'Ann', role: 'viewer', accounts: [] }, { name: 'Bob', role: 'approver', accounts: [] }] as const;
    await house.store.write((tx) => syncPeople(tx, house.hostId, people, house.now));
    expect(await says(question, 'Bob', true)).toBe('counted, open');
  });
});
