import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decide } from '../../../monitoring/stages/decide.js';
import { execute } from '../../../monitoring/stages/execute.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { Incident } from '../../../src/domain/incident.js';
import { DEFAULT_TIERS } from '../../../src/domain/tiers.js';
import { readRecord } from '../../../src/policy/decision-record.js';
import type { Policy } from '../../../src/policy/policy.js';
import { noteAct } from '../../../src/store/acts.js';
import { answer, judgeAnswer } from '../../../src/store/answers.js';
import { getIncident } from '../../../src/store/incidents.js';
import { decidedFor, draftPlan, getPlan, keepPrepared, movePlan } from '../../../src/store/plans.js';
import { personNamed, syncPeople } from '../../../src/store/people.js';
import { closeQuestion, openQuestions } from '../../../src/store/questions.js';
import { beginRemediation, endRemediation, runOfPlan } from '../../../src/store/remediations.js';
import type { PlanId } from '../../../src/domain/ids.js';
import { handClock, keepLog, type HandClock } from '../../bot/stage.js';
import { finding, reload } from '../../src/cards/views.js';
import { broken, openStage, type Stage } from '../../src/commands/stage.js';
import { policy, rule } from '../../src/policy/policies.js';

let house: Stage;
let clock: HandClock;
let incident: Incident;
beforeEach(async () => {
  house = await openStage();
  clock = handClock(house.now);
  incident = await broken(house);
});
afterEach(() => house.close());

function ctx(inForce: Policy): StageContext {
  return {
    store: house.store, hostId: house.hostId, fence: 1, clock, log: keepLog(), freezeFile: `${house.dir}/freeze`, units: { repairs: {}, probes: {}, detectors: {} }, effects: { start: () => true },
    settings: { policy: inForce, tiers: DEFAULT_TIERS, ladder: () => [] },
  } as unknown as StageContext;
}

async function prepared(): Promise<PlanId> {
  return house.store.write(async (tx) => {
    const id = await draftPlan(tx, { incidentId: incident.id, targetId: house.shop, repair: 'pm2.reload', args: {}, risk: 'safe', askedBy: null, requestId: null }, clock.now());
    await keepPrepared(tx, id, reload, 'c'.repeat(64), 'prepared');
    return id;
  });
}

/** A remediation for the same problem that was run and did not help. */
async function tried(): Promise<void> {
  const planId = await prepared();
  await house.store.write(async (tx) => {
    await tx.updateTable('plans').set({ state: 'done' }).where('id', '=', planId).execute();
    const id = await beginRemediation(tx, { planId, resourceId: house.shop, fingerprint: finding.fingerprint, fence: 1 }, clock.now());
    await endRemediation(tx, id as never, 'failed', 'did not help', clock.now());
  });
}

const states = async (id: PlanId) => (await getPlan(house.store.db, id)).state;

describe('a decision', () => {
  it('is kept with all that it was made on', async () => {
    const by = policy('ask');
    await prepared();
    await decide.run(ctx(by));
    const [kept] = await decidedFor(house.store.db, incident.id);
    expect(readRecord(kept?.facts ?? null)).toMatchObject({
      version: 1, policy: 'aaaa', plan: { repair: 'pm2.reload', targetName: 'shop' }, facts: { now: house.now, counts: { restarts30m: 0 }, eligible: { operator: 3, approver: 2 }, incident: { kind: finding.kind } },
      explanation: { verdict: 'ask', rule: 'shop', ruleSays: '“shop”: ask * on shop', change: 'the rule gets the rung act-and-tell' },
    });
    expect(await openQuestions(house.store.db, house.hostId)).toHaveLength(1);
  });

  it('to wait between attempts leaves the rung of the ladder, and is made again when the wait is over', async () => {
    await tried();
    const planId = await prepared();
    await decide.run(ctx(policy('act-and-tell', { rules: [rule('act-and-tell', { backoff: 'exponential' })] })));
    expect(await states(planId)).toBe('denied');
    expect(await getIncident(house.store.db, incident.id)).toMatchObject({ state: 'open', rung: 0, nextAt: house.now + 30_000 });
  });

  it('in a dry run is told with what would have been done, and the incident is held: nothing is planned for it again', async () => {
    const planId = await prepared();
    await decide.run(ctx(policy('act-and-tell', { dryRun: true })));
    expect(await states(planId)).toBe('denied');
    expect(await getIncident(house.store.db, incident.id)).toMatchObject({ state: 'escalated', reason: 'would have run pm2.reload, but this is a dry run; otherwise it would have been done: the rule “shop” lets it act and tell' });
  });

  it('that was made before a dry run began is not carried out in it', async () => {
    const planId = await prepared();
    await decide.run(ctx(policy('act-and-tell')));
    await execute.run(ctx(policy('act-and-tell', { dryRun: true })));
    expect(await states(planId)).toBe('denied');
  });

  it('by the deny list leaves the next rung of the ladder', async () => {
    const planId = await prepared();
    await decide.run(ctx(policy('act-and-tell', { deny: [{ repair: 'pm2.reload', target: '*', when: null }] })));
    expect(await states(planId)).toBe('denied');
    expect(await getIncident(house.store.db, incident.id)).toMatchObject({ state: 'open', rung: 1 });
  });

  it('to act is asked for after all where something else was done in between', async () => {
    const by = policy('act-and-tell', { rules: [rule('act-and-tell', { maxTargets: { count: 1 } })] });
    const planId = await prepared();
    await decide.run(ctx(by));
    expect(await states(planId)).toBe('approved');
    await house.store.write((tx) => noteAct(tx, { resourceId: house.blog, at: clock.now(), by: 'us', kind: 'restart', fingerprint: null, dedupe: 'other', note: 'pm2.reload' }));
    await execute.run(ctx(by));
    expect(await states(planId)).toBe('prepared');
    await decide.run(ctx(by));
    expect(await states(planId)).toBe('asked');
    expect((await getPlan(house.store.db, planId)).rule).toBe('spread');
  });
});

describe('a plan that is cancelled while it is looked at', () => {
  /** What ends beside the loop writes just before the stage does. */
  const late = (inForce: Policy, id: PlanId, from: 'prepared' | 'approved'): StageContext => {
    const all = ctx(inForce);
    return { ...all, store: { ...all.store, write: (fn) => all.store.write(async (tx) => {
      await movePlan(tx, id, from, 'cancelled', 'it is over');
      return fn(tx);
    }) } };
  };

  it.each(['act-and-tell', 'ask', 'observe'] as const)('stays cancelled, whatever is decided: %s', async (rung) => {
    const id = await prepared();
    await decide.run(late(policy(rung), id, 'prepared'));
    expect([await states(id), await openQuestions(house.store.db, house.hostId)]).toEqual(['cancelled', []]);
  });

  it.each(['act-and-tell', 'observe'] as const)('is not begun, and not called denied: %s', async (rung) => {
    const id = await prepared();
    await decide.run(ctx(policy('act-and-tell')));
    expect(await states(id)).toBe('approved');
    await execute.run(late(policy(rung), id, 'approved'));
    expect([await states(id), await runOfPlan(house.store.db, id)]).toEqual(['cancelled', null]);
  });
});

describe('a yes that was given', () => {
  /** Both say yes where two are needed, and it was looked at once more: it may begin. */
  async function approved(): Promise<PlanId> {
    const id = await prepared();
    const both = policy('ask', { rules: [rule('ask', { approvers: 2 })] });
    await decide.run(ctx(both));
    const [question] = await openQuestions(house.store.db, house.hostId);
    await house.store.write(async (tx) => {
      for (const name of ['Ann', 'Bob']) {
        const person = await personNamed(tx, house.hostId, name);
        await answer(tx, { questionId: question?.id as never, personId: person?.id as never, yes: true, via: 'slack', nonce: name }, clock.now());
        await judgeAnswer(tx, { questionId: question?.id as never, personId: person?.id as never }, 'counted');
      }
      await closeQuestion(tx, question?.id as never, 'approved', 'Ann and Bob', clock.now());
      await movePlan(tx, id, 'asked', 'approved');
    });
    return id;
  }

  it('is acted on while those who gave it may give it', async () => {
    const id = await approved();
    await execute.run(ctx(policy('ask')));
    expect(await states(id)).toBe('running');
  });

  it('is asked for again where one of them is gone by then, as after a restart with other people', async () => {
    const id = await approved();
    await house.store.write((tx) => syncPeople(tx, house.hostId, [{ name: 'Bob', role: 'approver', accounts: [] }, { name: 'Ann', role: 'operator', accounts: [] }], clock.now()));
    await execute.run(ctx(policy('ask')));
    expect([await states(id), await runOfPlan(house.store.db, id)]).toEqual(['prepared', null]);
    await decide.run(ctx(policy('ask')));
    expect([await states(id), (await openQuestions(house.store.db, house.hostId)).length]).toEqual(['asked', 1]);
  });
});
