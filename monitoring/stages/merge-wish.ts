import type { Incident } from '../../src/domain/incident.js';
import type { Json } from '../../src/domain/json.js';
import type { Plan } from '../../src/domain/plan.js';
import { answer } from '../../src/store/answers.js';
import { tell } from '../../src/store/events.js';
import { livePlanOf } from '../../src/store/plans.js';
import { questionOf } from '../../src/store/questions.js';
import type { Request } from '../../src/store/requests.js';
import type { Db } from '../../src/store/schema.js';
import { deedOf } from './beside-ladder.js';
import { record } from './record.js';
import type { StageContext } from './stage.js';

/**
 * A person wants what people are being asked about already: that is one question, and the wish is a yes to it, judged
 * like any other. Null where it is something else, be it only by one argument: nobody says yes to what he did not name.
 */
export async function mergeWish(tx: Db, ctx: StageContext, incident: Incident, wish: { readonly request: Request; readonly repair: string; readonly repairArgs: Json }): Promise<Plan | null> {
  const { request } = wish;
  const now = ctx.clock.now();
  const plan = await livePlanOf(tx, incident.id);
  if (!plan || plan.state !== 'asked' || plan.repair !== wish.repair || deedOf(ctx, plan.repair, plan.args) !== deedOf(ctx, wish.repair, wish.repairArgs)) return null;
  const question = await questionOf(tx, plan.id);
  if (question?.state !== 'open') return null;
  await answer(tx, { questionId: question.id, personId: request.personId, yes: true, via: request.via, nonce: `request:${request.id}` }, now);
  await record(tx, ctx, { who: request.personName, what: `asked for ${wish.repair}, which is asked about already`, why: `through ${request.via}: it counts as a yes where ${request.personName} may say it${sayReason(wish.repairArgs)}`, body: { request: request.id, question: question.id, plan: plan.id } });
  await tell(tx, ctx.hostId, { kind: 'incident.changed', incidentId: incident.id }, now);
  return plan;
}

/** The question keeps the reason it was first asked with; the trail has both. */
function sayReason(args: Json): string {
  const { reason } = (args ?? {}) as { readonly reason?: Json };
  return typeof reason === 'string' && reason !== '' ? `; reason: ${reason}` : '';
}
