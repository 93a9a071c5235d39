import type { Plan } from '../../src/domain/plan.js';
import type { Question } from '../../src/domain/question.js';
import { decide } from '../../src/policy/decide.js';
import type { PlanInQuestion } from '../../src/policy/policy.js';
import { tell } from '../../src/store/events.js';
import { changeIncident, getIncident } from '../../src/store/incidents.js';
import { getPlan, movePlan } from '../../src/store/plans.js';
import { closeQuestion, openQuestions } from '../../src/store/questions.js';
import { getResource } from '../../src/store/resources.js';
import { factsFor, letsInBy } from './facts.js';
import { nextRung } from './plan.js';
import { record } from './record.js';
import { ROLLBACK, type StageContext } from './stage.js';

/**
 * An open question must not disarm the ladder: where the trouble got worse, and what the ladder wants now may be done
 * without asking, the question is taken back. Whether it may is decided again once that step is prepared.
 */
export async function takeBetterSteps(ctx: StageContext): Promise<boolean> {
  let taken = false;
  for (const question of await openQuestions(ctx.store.db, ctx.hostId)) {
    const plan = await getPlan(ctx.store.db, question.planId);
    const better = plan.askedBy === null ? await betterStep(ctx, plan) : null;
    if (better !== null) taken = (await takeBack(ctx, { question, plan, better })) || taken;
  }
  return taken;
}

/** The repair the ladder wants by now, where it is another and may be done by itself; null: none. */
async function betterStep(ctx: StageContext, plan: Plan): Promise<string | null> {
  const { db } = ctx.store;
  const incident = await getIncident(db, plan.incidentId);
  const rung = await nextRung(ctx, incident, await getResource(db, incident.resourceId));
  const repair = rung && rung.repair !== plan.repair ? ctx.units.repairs[rung.repair] : undefined;
  if (!rung || !repair) return null;
  const { target } = rung;
  const rollsBack = rung.repair === ROLLBACK;
  const likely: PlanInQuestion = { repair: rung.repair, risk: repair.risk, targetName: target.name, restarts: rollsBack ? 0 : 1, rollsBack, migrations: 0, ...letsInBy(rung.repair) };
  const facts = await factsFor(db, ctx, { plan: { repair: rung.repair, askedBy: null }, target, incident });
  return decide(likely, ctx.settings.policy, facts).verdict === 'auto' ? rung.repair : null;
}

async function takeBack(ctx: StageContext, on: { readonly question: Question; readonly plan: Plan; readonly better: string }): Promise<boolean> {
  const { question, plan, better } = on;
  const now = ctx.clock.now();
  const reason = `it got worse, and ${better} may be done without asking`;
  return ctx.store.write(async (tx) => {
    if (!(await closeQuestion(tx, question.id, 'cancelled', reason, now))) return false;
    await movePlan(tx, plan.id, 'asked', 'superseded', reason);
    await changeIncident(tx, plan.incidentId, { state: 'open', nextAt: now });
    await record(tx, ctx, { who: 'hypercare', what: `the question about ${plan.repair} was taken back`, why: reason, body: { question: question.id, plan: plan.id } });
    await tell(tx, ctx.hostId, { kind: 'question.closed', incidentId: plan.incidentId, body: { question: question.id } }, now);
    return true;
  });
}
