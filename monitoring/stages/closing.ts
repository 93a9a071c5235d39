import type { Incident } from '../../src/domain/incident.js';
import { isRoutine } from '../../src/domain/routine.js';
import { coolDown } from '../../src/store/checks.js';
import { tell } from '../../src/store/events.js';
import { closeFindingsOf } from '../../src/store/findings.js';
import { changeIncident, resolveIncident } from '../../src/store/incidents.js';
import { livePlanOf, movePlan, plansOf } from '../../src/store/plans.js';
import { remediationsOf } from '../../src/store/remediations.js';
import { closeQuestion, questionOf } from '../../src/store/questions.js';
import type { Db } from '../../src/store/schema.js';
import { record } from './record.js';
import type { StageContext } from './stage.js';

/** The incident is over: its findings are closed, and what was planned or asked for it is cancelled with the reason. */
export async function closeIncident(tx: Db, ctx: StageContext, incident: Incident, reason: string): Promise<void> {
  const now = ctx.clock.now();
  await cancelPlan(tx, ctx, incident, reason);
  await closeFindingsOf(tx, incident.id, now);
  await resolveIncident(tx, incident.id, reason, now);
  await coolDown(tx, incident.resourceId);
  await record(tx, ctx, { who: 'hypercare', what: `incident over: ${incident.title}`, why: reason, body: { incident: incident.id } });
  if (!(await wasRoutine(tx, incident))) await tell(tx, ctx.hostId, { kind: 'incident.resolved', incidentId: incident.id }, now);
}

/** What nobody was told of while it went on, and went well, or was not to be by policy, as whoever wrote that knows. */
async function wasRoutine(tx: Db, { id }: Incident): Promise<boolean> {
  const plan = (await plansOf(tx, id)).at(-1);
  return plan !== undefined && isRoutine(plan) && (plan.verdict === 'deny' || (await remediationsOf(tx, id)).at(-1)?.state === 'verified');
}

/** What leads nowhere any more. A plan that runs already is left to its journal. */
export async function cancelPlan(tx: Db, ctx: StageContext, incident: Incident, reason: string): Promise<void> {
  const now = ctx.clock.now();
  const plan = await livePlanOf(tx, incident.id);
  if (!plan || plan.state === 'running') return;
  await movePlan(tx, plan.id, plan.state, 'cancelled', reason);
  const question = await questionOf(tx, plan.id);
  if (question?.state !== 'open') return;
  await closeQuestion(tx, question.id, 'cancelled', reason, now);
  await tell(tx, ctx.hostId, { kind: 'question.closed', incidentId: incident.id, body: { question: question.id } }, now);
}

/** The machine stops here and says so; the incident stays open until the problem is gone. The event keeps which policy was in force. */
export async function escalate(tx: Db, ctx: StageContext, incident: Incident, reason: string): Promise<void> {
  await changeIncident(tx, incident.id, { state: 'escalated', reason });
  await record(tx, ctx, { who: 'hypercare', what: `people are needed: ${incident.title}`, why: reason, body: { incident: incident.id } });
  await tell(tx, ctx.hostId, { kind: 'incident.escalated', incidentId: incident.id, body: { policy: ctx.settings.policy.hash } }, ctx.clock.now());
}
