import type { Plan } from '../../src/domain/plan.js';
import { getIncident } from '../../src/store/incidents.js';
import { questionOf } from '../../src/store/questions.js';
import { lookForMs, stillSick, type Look } from './still-sick.js';
import type { StageContext } from './stage.js';

/**
 * A yes is to what was true when it was asked. Before it is acted on, the app is measured anew: where that shows it good,
 * the detectors close the incident and with it the plan.
 */
export async function lookAgain(ctx: StageContext, plan: Plan): Promise<Look> {
  const { db } = ctx.store;
  const since = (await questionOf(db, plan.id))?.decidedAt ?? null;
  const incident = await getIncident(db, plan.incidentId);
  return since === null || incident.kind === 'manual' ? 'go' : stillSick(ctx, incident, since);
}

/** When a plan that waits is looked at again although nothing happens. */
export async function lookAgainBy(ctx: StageContext, plan: Plan): Promise<number | null> {
  const decidedAt = (await questionOf(ctx.store.db, plan.id))?.decidedAt ?? null;
  return decidedAt === null ? null : decidedAt + lookForMs(ctx);
}
