import type { Plan } from '../../src/domain/plan.js';
import { getIncident } from '../../src/store/incidents.js';
import { getPlan, movePlan, plansIn } from '../../src/store/plans.js';
import { closeIncident, escalate } from './closing.js';
import { lookAgain, lookAgainBy } from './look-again.js';
import { record } from './record.js';
import type { StageContext } from './stage.js';

const BLIND = 'it could not be measured again after the yes, and nothing was done';

/** Plans with a yes that have been measured anew and are still needed: to be prepared once more, and run. */
export async function stillNeeded(ctx: StageContext): Promise<readonly Plan[]> {
  const needed: Plan[] = [];
  for (const plan of await plansIn(ctx.store.db, ctx.hostId, ['confirming'])) {
    const look = await lookAgain(ctx, plan);
    if (look === 'go') needed.push(plan);
    if (look === 'blind') await giveUp(ctx, plan);
  }
  return needed;
}

/** When the first of them has waited long enough; null: none waits. */
export async function confirmingBy(ctx: StageContext): Promise<number | null> {
  const waiting = await plansIn(ctx.store.db, ctx.hostId, ['confirming']);
  const ends = (await Promise.all(waiting.map((plan) => lookAgainBy(ctx, plan)))).filter((at) => at !== null && at > ctx.clock.now());
  return ends.length === 0 ? null : Math.min(...(ends as number[]));
}

async function giveUp(ctx: StageContext, plan: Plan): Promise<void> {
  await ctx.store.write(async (tx) => {
    if ((await getPlan(tx, plan.id)).state !== 'confirming') return;
    await movePlan(tx, plan.id, 'confirming', 'cancelled', BLIND);
    const incident = await getIncident(tx, plan.incidentId);
    await record(tx, ctx, { who: 'hypercare', what: `${plan.repair} was not begun after the yes`, why: BLIND, body: { plan: plan.id, incident: incident.id } });
    if (incident.kind === 'manual') await closeIncident(tx, ctx, incident, BLIND);
    else await escalate(tx, ctx, incident, BLIND);
  });
}
