import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explain } from '../../../monitoring/stages/explain.js';
import { record } from '../../../monitoring/stages/record.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import { answer, judgeAnswer, unjudgedAnswers } from '../../../src/store/answers.js';
import { readAudit } from '../../../src/store/audits.js';
import { keepEvidence } from '../../../src/store/evidence.js';
import { changeIncident, resolveIncident } from '../../../src/store/incidents.js';
import { personOf } from '../../../src/store/people.js';
import { beginRemediation, endRemediation } from '../../../src/store/remediations.js';
import { spansOf } from '../../../src/store/spans.js';
import type { PersonId, RemediationId } from '../../../src/domain/ids.js';
import { asked, broken, openStage, type Stage } from '../../src/commands/stage.js';

let stage: Stage;
let said: string[];
beforeEach(async () => {
  stage = await openStage();
  said = [];
});
afterEach(async () => {
  await stage.close();
});

const ctx = (): StageContext => ({ store: stage.store, hostId: stage.hostId, clock: { now: () => stage.now }, log: { info: (_facts: unknown, text: string) => void said.push(text) } }) as unknown as StageContext;
const newest = async () => JSON.parse((await readAudit(stage.store.db, stage.hostId, 1))[0]?.body ?? 'null') as Record<string, unknown>;

describe('what is recorded of a plan', () => {
  it('says by which rule and answers, under which hash, on what evidence and with which result, whoever records it', async () => {
    const incident = await broken(stage);
    const { plan, question } = await asked(stage, incident);
    const say = (what: string) => stage.store.write((tx) => record(tx, ctx(), { who: 'hypercare', what, why: 'because', body: { plan: plan.id } }));
    await say('asked');
    expect(await newest()).toMatchObject({ plan: plan.id, incident: incident.id, repair: 'release.rollback', hash: plan.hash, verdict: 'ask', rule: 'rollbacks ask', wayBack: 'none is needed: the same code runs', answers: [], evidence: [], result: null });

    const ann = (await personOf(stage.store.db, stage.hostId, { platform: 'terminal', userId: 'ann' }))?.id as PersonId;
    await stage.store.write(async (tx) => {
      await answer(tx, { questionId: question.id, personId: ann, yes: true, via: 'slack', nonce: 'n1' }, stage.now);
      for (const one of await unjudgedAnswers(tx, stage.hostId)) await judgeAnswer(tx, one, 'counted');
    });
    const run = (await stage.store.write((tx) => beginRemediation(tx, { planId: plan.id, resourceId: stage.shop, fingerprint: 'x', fence: 1 }, stage.now))) as RemediationId;
    await stage.store.write((tx) => keepEvidence(tx, run, [{ kind: 'logs', at: stage.now, missing: null, body: [] }, { kind: 'changes', at: stage.now, missing: 'no repository', body: null }]));
    await stage.store.write((tx) => endRemediation(tx, run, 'failed', 'still bad', stage.now));
    await say('ended');
    await stage.store.write((tx) => record(tx, ctx(), { who: 'Ann', what: 'said no', why: '', body: { incident: incident.id } }));
    expect(JSON.parse((await readAudit(stage.store.db, stage.hostId, 2))[0]?.body ?? '')).toMatchObject({
      answers: [{ who: 'Ann', yes: true, via: 'slack', outcome: 'counted' }], evidence: [`${run}:logs`], result: { remediation: run, state: 'failed', outcome: 'still bad' },
    });
    expect(await spansOf(stage.store.db, incident)).toMatchObject([{ kind: 'record', text: 'asked', why: 'because', auditSeq: 1 }, { kind: 'record', text: 'ended', auditSeq: 2 }, { kind: 'record', text: 'Ann: said no', auditSeq: 3 }]);
    expect(said).toEqual(['asked', 'ended', 'said no']);
  });

  it('is no part of any story where it is about no incident', async () => {
    await stage.store.write((tx) => record(tx, ctx(), { who: 'hypercare', what: 'restarts the bot', why: 'silent', body: { seenAt: 1 } }));
    expect(await newest()).toEqual({ seenAt: 1 });
  });
});

describe('the stage that explains', () => {
  it('writes what an incident waits for when that changes, and else nothing', async () => {
    const incident = await broken(stage);
    let writes = 0;
    const counted = { ...ctx(), store: { ...stage.store, write: (fn: Parameters<typeof stage.store.write>[0]) => ((writes += 1), stage.store.write(fn)) } } as unknown as StageContext;
    await explain.run(counted);
    expect([writes, await spansOf(stage.store.db, incident)]).toEqual([0, []]);
    await asked(stage, incident);
    for (let pass = 0; pass < 3; pass += 1) await explain.run(counted);
    expect([writes, await spansOf(stage.store.db, incident)]).toMatchObject([1, [{ kind: 'question', toAt: null }]]);
    await stage.store.db.updateTable('plans').set({ state: 'expired' }).execute();
    await stage.store.write((tx) => changeIncident(tx, incident.id, { state: 'escalated', reason: 'nobody answered in time' }));
    stage.now += 5_000;
    await explain.run(counted);
    expect([writes, await spansOf(stage.store.db, incident)]).toMatchObject([2, [{ kind: 'question', toAt: stage.now }, { kind: 'people', text: 'it has stopped, and people are needed: nobody answered in time', toAt: null }]]);
    await stage.store.write((tx) => resolveIncident(tx, incident.id, 'good again', stage.now));
    await explain.run(counted);
    expect(writes).toBe(2);
  });
});
