import type { Plan } from '../../src/domain/plan.js';
import { ruleFor } from '../../src/policy/decide.js';
import { approvers } from '../../src/store/people.js';
import { ask } from '../../src/store/questions.js';
import { getResource } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { ROLLBACK, type StageContext } from './stage.js';

/** Opens the question about a plan's hash. Four eyes only where two eligible people exist. */
export async function putQuestion(tx: Db, ctx: StageContext, plan: Plan): Promise<void> {
  const now = ctx.clock.now();
  const target = await getResource(tx, plan.targetId);
  const { policy } = ctx.settings;
  const wanted = ruleFor(policy, plan.repair, target.name).approvers;
  const need = Math.max(1, Math.min(wanted, (await approvers(tx)).length));
  const lastsMs = plan.repair === ROLLBACK ? policy.rollbackExpiryMs : policy.repairExpiryMs;
  await ask(tx, { planId: plan.id, appId: plan.targetId, hash: plan.hash ?? '', need, expiresAt: now + lastsMs }, now);
}
