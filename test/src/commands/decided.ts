import type { Incident } from '../../../src/domain/incident.js';
import { recordOf } from '../../../src/policy/decision-record.js';
import { decide } from '../../../src/policy/decide.js';
import type { PlanInQuestion, Policy, PolicyFacts } from '../../../src/policy/policy.js';
import { draftPlan, keepDecision } from '../../../src/store/plans.js';
import { facts } from '../policy/policies.js';
import type { Stage } from './stage.js';

/** A plan that a policy decided on, kept as the monitor keeps it. */
export async function decided(stage: Stage, incident: Incident, of: { readonly plan: PlanInQuestion; readonly by: Policy; readonly around?: Partial<PolicyFacts> }): Promise<void> {
  const around = facts({ now: stage.now, ...of.around });
  const { plan, by } = of;
  await stage.store.write(async (tx) => {
    const id = await draftPlan(tx, { incidentId: incident.id, targetId: stage.shop, repair: plan.repair, args: {}, risk: plan.risk, askedBy: null, requestId: null }, stage.now);
    await keepDecision(tx, id, decide(plan, by, around), 'denied', recordOf(plan, by, around));
  });
}
