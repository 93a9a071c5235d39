import type { Incident } from '../../src/domain/incident.js';
import type { Json } from '../../src/domain/json.js';
import type { Plan } from '../../src/domain/plan.js';
import { answer } from '../../src/store/answers.js';
import { tell } from '../../src/store/events.js';
import { livePlanOf } from '../../src/store/plans.js';
import { questionOf } from '../../src/store/questions.js';
import type { Request } from '../../src/store/requests.js';
import type { Db } from '../../src/store/schema.js';
import { record } from './record.js';
import type { StageContext } from './stage.js';

/**
 * A person wants what people are being asked about already: that is one question, and the wish is a yes to it, judged
 * like any other. Null where it is something else.
 */
export async function mergeWish(tx: Db, ctx: StageContext, incident: Incident, wish: { readonly request: Request; readonly repair: string; readonly repairArgs: Json }): Promise<Plan | null> {
  const { request } = wish;
  const now = ctx.clock.now();
  const plan = await livePlanOf(tx, incident.id);
  if (!plan || plan.state !== 'asked' || plan.repair !== wish.repair || targetOf(plan.args) !== targetOf(wish.repairArgs)) return null;
  const question = await questionOf(tx, plan.id);
  if (question?.state !== 'open') return null;
  await answer(tx, { questionId: question.id, personId: request.personId, yes: true, via: request.via, nonce: `request:${request.id}` }, now);
  await record(tx, ctx, { who: request.personName, what: `asked for ${wish.repair}, which is asked about already`, why: `through ${request.via}: it counts as a yes where ${request.personName} may say it`, body: { request: request.id, question: question.id, plan: plan.id } });
  await tell(tx, ctx.hostId, { kind: 'incident.changed', incidentId: incident.id }, now);
  return plan;
}

/** The release a rollback is to; null: the last stable one, or no rollback. */
function targetOf(args: Json): string | null {
  return (args as { readonly to?: string | null } | null)?.to ?? null;
}
