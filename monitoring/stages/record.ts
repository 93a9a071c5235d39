import type { IncidentId, PlanId } from '../../src/domain/ids.js';
import type { Json } from '../../src/domain/json.js';
import { answersTo } from '../../src/store/answers.js';
import { audit, type AuditEntry } from '../../src/store/audits.js';
import { evidenceNotes } from '../../src/store/evidence.js';
import { getPlan } from '../../src/store/plans.js';
import { questionOf } from '../../src/store/questions.js';
import { runOfPlan } from '../../src/store/remediations.js';
import type { Db } from '../../src/store/schema.js';
import { noteRecord } from '../../src/store/spans.js';
import type { StageContext } from './stage.js';

/** What is known of an entry in ids and values; `plan` and `incident` say what it is about. */
export interface RecordEntry extends Omit<AuditEntry, 'body'> {
  readonly body: { readonly [key: string]: Json };
}

/**
 * A decision or a deed: into the audit chain, into the story of the incident it is about, and as a line of the log that
 * people read in `pm2 logs`. Whatever names a plan says by which rule and answers, under which hash, on what evidence
 * and with which result: that is looked up here, so that no caller can forget it.
 */
export async function record(tx: Db, ctx: StageContext, entry: RecordEntry): Promise<void> {
  const now = ctx.clock.now();
  const planId = entry.body['plan'];
  const body = { ...(typeof planId === 'string' ? await ofPlan(tx, planId as PlanId) : {}), ...entry.body };
  const auditSeq = await audit(tx, ctx.hostId, { ...entry, body }, now);
  const incidentId = body['incident'];
  const text = entry.who === 'hypercare' ? entry.what : `${entry.who}: ${entry.what}`;
  if (typeof incidentId === 'string') await noteRecord(tx, { incidentId: incidentId as IncidentId, text, why: entry.why, auditSeq }, now);
  ctx.log.info({ by: entry.who, why: entry.why }, entry.what);
}

async function ofPlan(tx: Db, id: PlanId): Promise<RecordEntry['body']> {
  const plan = await getPlan(tx, id);
  const question = await questionOf(tx, id);
  const run = await runOfPlan(tx, id);
  return {
    incident: plan.incidentId, repair: plan.repair, target: plan.targetId, hash: plan.hash, verdict: plan.verdict, rule: plan.rule, askedBy: plan.askedBy,
    wayBack: plan.prepared?.wayBack ?? null,
    answers: question === null ? [] : (await answersTo(tx, question.id)).map(({ name, yes, via, outcome }) => ({ who: name, yes, via, outcome })),
    evidence: run === null ? [] : (await evidenceNotes(tx, run.id)).filter(({ missing }) => missing === null).map(({ kind }) => `${run.id}:${kind}`),
    result: run?.endedAt == null ? null : { remediation: run.id, state: run.state, outcome: run.outcome },
  };
}
