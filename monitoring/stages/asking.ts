import type { Plan } from '../../src/domain/plan.js';
import { needed } from '../../src/policy/eligible.js';
import { caseFor } from '../../src/policy/decide.js';
import { getIncident } from '../../src/store/incidents.js';
import { ask } from '../../src/store/questions.js';
import { getResource } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { factsFor, inQuestion } from './facts.js';
import { ROLLBACK, type StageContext } from './stage.js';

/** Opens the question about a plan's hash, on the terms of the rule that holds for it. */
export async function putQuestion(tx: Db, ctx: StageContext, plan: Plan): Promise<void> {
  if (!plan.prepared) return;
  const now = ctx.clock.now();
  const target = await getResource(tx, plan.targetId);
  const incident = await getIncident(tx, plan.incidentId);
  const { policy } = ctx.settings;
  const facts = await factsFor(tx, ctx, { plan, target, incident });
  const { chosen: { rule } } = caseFor(inQuestion(plan, plan.prepared, target), policy, facts);
  const lastsMs = plan.repair === ROLLBACK ? policy.rollbackExpiryMs : policy.repairExpiryMs;
  await ask(tx, { planId: plan.id, appId: plan.targetId, hash: plan.hash ?? '', expiresAt: now + lastsMs, role: rule.role, ...needed(rule, facts) }, now);
}
