import type { Plan } from '../../src/domain/plan.js';
import type { Resource } from '../../src/domain/resource.js';
import { changesNothing, isRoutine } from '../../src/domain/routine.js';
import { bindsEverybody, decide as judge } from '../../src/policy/decide.js';
import { noteAct } from '../../src/store/acts.js';
import { tell } from '../../src/store/events.js';
import { changeIncident, getIncident } from '../../src/store/incidents.js';
import { getPlan, keepDecision, movePlan, plansIn } from '../../src/store/plans.js';
import { beginRemediation, remediationsIn } from '../../src/store/remediations.js';
import { getResource } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { closeIncident, escalate } from './closing.js';
import { whyOf } from './decide.js';
import { actOf } from './ending.js';
import { factsFor, inQuestion } from './facts.js';
import { afterHold } from './holding.js';
import { problemOf } from './problem.js';
import { runJournal } from './journal.js';
import { record } from './record.js';
import { sharedServer } from './shared-server.js';
import { ROLLBACK, type Stage, type StageContext } from './stage.js';
import { yesStands } from './standing-yes.js';

/**
 * Approved plans begin, one a target, after the brakes were asked once more: whoever approved it, and however long ago,
 * a hold or a budget that is used up by now stops it here. What has begun is carried on, after a crash too.
 */
export const execute: Stage = {
  name: 'execute',
  onlyWhenOpen: true,
  async run(ctx) {
    let begun = false;
    for (const plan of await plansIn(ctx.store.db, ctx.hostId, ['approved'])) begun = (await begin(ctx, plan)) || begun;
    for (const run of await remediationsIn(ctx.store.db, ctx.hostId, ['running', 'undoing'])) {
      ctx.effects.start(`remediation:${run.resourceId}`, (signal) => runJournal(ctx, run.id, signal));
    }
    return begun;
  },
};

async function begin(ctx: StageContext, plan: Plan): Promise<boolean> {
  if (!plan.prepared) return false;
  const target = await getResource(ctx.store.db, plan.targetId);
  const incident = await getIncident(ctx.store.db, plan.incidentId);
  const brakes = judge(inQuestion(plan, plan.prepared, target), ctx.settings.policy, await factsFor(ctx.store.db, ctx, { plan, target, incident }));
  const approved = plan.verdict === 'ask'; // A person said yes: only what denies everybody stops it.
  const stopped = brakes.verdict === 'deny' && (!approved || bindsEverybody(brakes));
  const asksNow = brakes.verdict === 'ask' && !approved;
  return ctx.store.write(async (tx) => {
    if ((await getPlan(tx, plan.id)).state !== 'approved') return false; // Cancelled while the brakes were asked.
    if (stopped) {
      await keepDecision(tx, plan.id, brakes, 'denied');
      await record(tx, ctx, { who: 'hypercare', what: `${plan.repair} on ${target.name} was stopped before it began`, why: whyOf(brakes), body: { plan: plan.id } });
      if (incident.kind === 'manual') await closeIncident(tx, ctx, incident, `stopped: ${brakes.why}`);
      else if (brakes.rule.startsWith('hold:')) await afterHold(tx, ctx, incident, { repair: plan.repair, decision: brakes });
      else await escalate(tx, ctx, incident, `${plan.repair} was stopped before it began: ${brakes.why}`);
      return true;
    }
    // Something was done since it was decided, and now people are asked: it is decided again.
    if (asksNow) return movePlan(tx, plan.id, 'approved', 'prepared');
    if (approved && !(await yesStands(tx, ctx, plan))) return askAgain(tx, ctx, plan, target);
    return start(tx, ctx, plan, target);
  });
}

/** Between the yes and the act a monitor may have begun with other people. */
async function askAgain(tx: Db, ctx: StageContext, plan: Plan, target: Resource): Promise<boolean> {
  await record(tx, ctx, { who: 'hypercare', what: `${plan.repair} on ${target.name} is decided again`, why: 'who said yes to it may not say it any more', body: { plan: plan.id } });
  return movePlan(tx, plan.id, 'approved', 'prepared');
}

/** The lane, the act that budgets count, the audit entry and the event: written down before anything is done. */
async function start(tx: Db, ctx: StageContext, plan: Plan, target: Resource): Promise<boolean> {
  const now = ctx.clock.now();
  const incident = await getIncident(tx, plan.incidentId);
  const fingerprint = await problemOf(tx, incident);
  const id = await beginRemediation(tx, { planId: plan.id, resourceId: target.id, fingerprint, fence: ctx.fence, server: sharedServer(ctx, target) }, now);
  if (!id) return false; // Another remediation has the lane; this one is looked at again when it ends.
  await movePlan(tx, plan.id, 'approved', 'running');
  const kind = plan.repair === ROLLBACK ? 'rollback' : (plan.prepared?.bounds['restarts'] ?? 0) > 0 ? 'restart' : plan.repair;
  if (!changesNothing(plan.repair)) await noteAct(tx, { resourceId: target.id, at: now, by: 'us', kind, fingerprint, dedupe: actOf(id), note: plan.repair });
  if (incident.state !== 'repairing') await changeIncident(tx, incident.id, { state: 'repairing' });
  if (!isRoutine(plan)) await tell(tx, ctx.hostId, { kind: 'remediation.started', incidentId: incident.id, body: { remediation: id, repair: plan.repair } }, now);
  await record(tx, ctx, { who: plan.askedBy ?? 'hypercare', what: `${plan.repair} on ${target.name} began`, why: `rule ${plan.rule}, plan hash ${plan.hash?.slice(0, 12) ?? 'unknown'}`, body: { remediation: id, plan: plan.id, hash: plan.hash } });
  return true;
}
