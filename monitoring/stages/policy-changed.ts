import type { Incident } from '../../src/domain/incident.js';
import type { Plan } from '../../src/domain/plan.js';
import { readRecord } from '../../src/policy/decision-record.js';
import { eventsOf, tell } from '../../src/store/events.js';
import { changeIncident, openIncidents } from '../../src/store/incidents.js';
import { decidedFor, movePlan, plansIn, plansOf } from '../../src/store/plans.js';
import { closeQuestion, questionOf } from '../../src/store/questions.js';
import { getResource } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { record } from './record.js';
import type { StageContext } from './stage.js';

/**
 * At boot: what was handed to people because the policy of then did not allow it is looked at again under another
 * policy, from the first repair that was not allowed. A person's no, silence, and repairs that failed stand. What people
 * are being asked, or said yes to, on the terms of another policy is decided anew: it may want others, or more of them.
 */
export async function policyChanged(tx: Db, ctx: StageContext): Promise<void> {
  for (const plan of await plansIn(tx, ctx.hostId, ['asked', 'confirming', 'approved'])) await decideAnew(tx, ctx, plan);
  for (const incident of await openIncidents(tx, ctx.hostId)) {
    if (incident.state !== 'escalated' || !(await underAnother(tx, ctx, incident))) continue;
    const rung = await firstDenied(tx, ctx, incident);
    if (rung === null) continue;
    const now = ctx.clock.now();
    await changeIncident(tx, incident.id, { state: 'open', rung, reason: null, nextAt: now });
    await record(tx, ctx, { who: 'hypercare', what: `looked at again: ${incident.title}`, why: 'the policy changed since it was handed to people', body: { incident: incident.id, policy: ctx.settings.policy.hash } });
    await tell(tx, ctx.hostId, { kind: 'incident.changed', incidentId: incident.id, body: { policy: ctx.settings.policy.hash } }, now);
  }
}

async function decideAnew(tx: Db, ctx: StageContext, plan: Plan): Promise<void> {
  const kept = (await decidedFor(tx, plan.incidentId)).find((one) => one.plan.id === plan.id);
  const under = kept && readRecord(kept.facts)?.policy;
  if (under === undefined || under === ctx.settings.policy.hash) return;
  const now = ctx.clock.now();
  const why = 'the policy changed since it was decided';
  await movePlan(tx, plan.id, plan.state, 'prepared');
  const question = await questionOf(tx, plan.id);
  if (question && (await closeQuestion(tx, question.id, 'superseded', why, now))) await tell(tx, ctx.hostId, { kind: 'question.closed', incidentId: plan.incidentId, body: { question: question.id } }, now);
  await record(tx, ctx, { who: 'hypercare', what: `${plan.repair} is decided anew`, why, body: { plan: plan.id, policy: ctx.settings.policy.hash } });
}

/** Unknown, as of an older version, is no change. */
async function underAnother(tx: Db, ctx: StageContext, incident: Incident): Promise<boolean> {
  const told = (await eventsOf(tx, incident.id)).findLast(({ kind }) => kind === 'incident.escalated');
  const policy = (told?.body as { readonly policy?: unknown } | null | undefined)?.policy;
  return typeof policy === 'string' && policy !== ctx.settings.policy.hash;
}

/** Its place in the runbook; null where something else than policy stopped the machine. */
async function firstDenied(tx: Db, ctx: StageContext, incident: Incident): Promise<number | null> {
  const plans = await plansOf(tx, incident.id);
  if (incident.failed > 0 || plans.some(isPeoples)) return null;
  const denied = new Set(plans.filter(isPolicys).map(({ repair }) => repair));
  const resource = await getResource(tx, incident.resourceId);
  if (denied.size === 0) return null;
  const rung = ctx.settings.ladder(incident.kind, resource).findIndex(({ repair }) => denied.has(repair));
  return rung === -1 ? null : rung;
}

/** People said no, or nothing. */
function isPeoples({ state, verdict }: Plan): boolean {
  return state === 'expired' || (state === 'denied' && verdict === 'ask');
}

/** A hold is no policy: it ends by itself. */
function isPolicys({ state, verdict, rule }: Plan): boolean {
  return state === 'denied' && verdict === 'deny' && !rule?.startsWith('hold:');
}
