import type { Incident } from '../../src/domain/incident.js';
import type { Decision, Plan } from '../../src/domain/plan.js';
import type { Resource } from '../../src/domain/resource.js';
import { caseFor, decide as judge } from '../../src/policy/decide.js';
import { recordOf, type DecisionRecord } from '../../src/policy/decision-record.js';
import type { Policy } from '../../src/policy/policy.js';
import { rungNow } from '../../src/policy/rung-now.js';
import { tell } from '../../src/store/events.js';
import { changeIncident, getIncident } from '../../src/store/incidents.js';
import { getPlan, keepDecision, plansIn } from '../../src/store/plans.js';
import { openQuestions } from '../../src/store/questions.js';
import { getResource } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { takeBetterSteps } from './better-step.js';
import { closeIncident, escalate } from './closing.js';
import { factsFor, inQuestion } from './facts.js';
import { afterHold } from './holding.js';
import { putQuestion } from './asking.js';
import { record } from './record.js';
import type { Stage, StageContext } from './stage.js';

/** Policy's answer to each prepared plan: it runs, people are asked, or it is denied with the rule's name. */
export const decide: Stage = {
  name: 'decide',
  onlyWhenOpen: true,
  async run(ctx) {
    let decided = await takeBetterSteps(ctx);
    for (const plan of await plansIn(ctx.store.db, ctx.hostId, ['prepared'])) decided = (await decideOn(ctx, plan)) || decided;
    return decided;
  },
};

async function decideOn(ctx: StageContext, plan: Plan): Promise<boolean> {
  if (!plan.prepared) return false;
  const target = await getResource(ctx.store.db, plan.targetId);
  const incident = await getIncident(ctx.store.db, plan.incidentId);
  const facts = await factsFor(ctx.store.db, ctx, { plan, target, incident });
  const asks = inQuestion(plan, plan.prepared, target);
  const { policy } = ctx.settings;
  const decision = judge(asks, policy, facts);
  const asked = decision.verdict === 'ask' && (await openQuestions(ctx.store.db, ctx.hostId)).some((question) => question.appId === target.id);
  if (asked) return false; // At most one open question an app: this one waits for its end.
  await ctx.store.write((tx) => write(tx, ctx, { plan, target, incident, decision, kept: recordOf(asks, policy, facts) }));
  return true;
}

interface Decided {
  readonly plan: Plan;
  readonly target: Resource;
  readonly incident: Incident;
  readonly decision: Decision;
  readonly kept: DecisionRecord;
}

async function write(tx: Db, ctx: StageContext, on: Decided): Promise<void> {
  const { plan, target, incident, decision } = on;
  const now = ctx.clock.now();
  if ((await getPlan(tx, plan.id)).state !== 'prepared') return; // Cancelled while its facts were read.
  const state = ({ auto: 'approved', ask: 'asked', deny: 'denied' } as const)[decision.verdict];
  await keepDecision(tx, plan.id, decision, state, on.kept);
  await record(tx, ctx, {
    who: plan.askedBy ?? 'hypercare', what: `${plan.repair} on ${target.name}: ${decision.verdict}`, why: whyOf(decision),
    body: { plan: plan.id, incident: incident.id, hash: plan.hash, rule: decision.rule, verdict: decision.verdict },
  });
  if (decision.verdict === 'ask') {
    await putQuestion(tx, ctx, plan);
    await tell(tx, ctx.hostId, { kind: 'question.asked', incidentId: incident.id, body: { plan: plan.id } }, now);
  }
  if (decision.verdict === 'deny') await afterDenial(tx, ctx, on);
}

/** The reason often names its rule itself: then that is said once. */
export function whyOf({ rule, why }: Pick<Decision, 'rule' | 'why'>): string {
  return why.includes(rule) ? why : `rule ${rule}: ${why}`;
}

/** Where the ladder only observes or suggests, what would be done is told, and people take over. A used-up budget leaves the next rung. */
async function afterDenial(tx: Db, ctx: StageContext, on: Decided): Promise<void> {
  const { plan, incident, decision, kept } = on;
  if (incident.kind === 'manual') return closeIncident(tx, ctx, incident, `${plan.repair} was not allowed: ${decision.why}`);
  if (decision.rule.startsWith('hold:')) return afterHold(tx, ctx, incident, { repair: plan.repair, decision });
  if (decision.notBefore !== undefined) return changeIncident(tx, incident.id, { state: 'open', nextAt: decision.notBefore, reason: decision.why });
  if (leavesTheNext(decision)) return changeIncident(tx, incident.id, { rung: incident.rung + 1, nextAt: ctx.clock.now(), reason: decision.why });
  if (suggests(ctx.settings.policy, kept)) await tell(tx, ctx.hostId, { kind: 'plan.suggested', incidentId: incident.id, body: { plan: plan.id } }, ctx.clock.now());
  await escalate(tx, ctx, incident, `would have run ${plan.repair}, but ${decision.why}`);
}

/** A budget or a list stops this repair; another one may still be allowed. */
function leavesTheNext({ rule }: Decision): boolean {
  return rule.startsWith('budget:') || rule.startsWith('deny[') || rule === 'allow';
}

function suggests(policy: Policy, { plan, facts }: DecisionRecord): boolean {
  return rungNow(caseFor(plan, policy, facts).chosen.rule, facts.now) === 'suggest';
}
