import type { Incident } from '../../src/domain/incident.js';
import type { RemediationId, ResourceId } from '../../src/domain/ids.js';
import { canonicalJson, type Json } from '../../src/domain/json.js';
import type { Plan } from '../../src/domain/plan.js';
import { releaseName, rolledBackBy } from '../../src/domain/release.js';
import { brokeOff, wasStopped, type Remediation } from '../../src/domain/remediation.js';
import { sayDuration } from '../../src/domain/duration.js';
import { REHEARSE } from '../../src/domain/rehearsal.js';
import { isRoutine, TAG } from '../../src/domain/routine.js';
import { actsOn, takeBackAct } from '../../src/store/acts.js';
import { beganAt } from '../../src/store/born-bad.js';
import { checksOf, detectAnew, distrust } from '../../src/store/checks.js';
import { tell } from '../../src/store/events.js';
import { changeIncident, getIncident } from '../../src/store/incidents.js';
import { endLaunch, openLaunchOf } from '../../src/store/launches.js';
import { journalOf } from '../../src/store/journal.js';
import { getPlan, movePlan } from '../../src/store/plans.js';
import { getRelease, judgeRelease } from '../../src/store/releases.js';
import { getRemediation } from '../../src/store/remediations.js';
import { newestSample } from '../../src/store/samples.js';
import { getResource, noteSighting } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { isBesideLadder } from './beside-ladder.js';
import { closeIncident, escalate } from './closing.js';
import { deployed, deployFailed } from './deploying.js';
import { launch } from './launching.js';
import { record } from './record.js';
import { DEPLOY, ROLLBACK, ROLLED_BACK_TO, type StageContext } from './stage.js';

/**
 * What follows from the end of a remediation, in the transaction that ends it. Verified: the incident is over, and
 * after a rollback the launch too; but not by what a person had done beside it. Not verified: the next rung; but a rollback that did not help is followed by people,
 * who are asked where the ladder goes on, and what people stopped by the same rung.
 */
export async function ended(tx: Db, ctx: StageContext, id: RemediationId): Promise<void> {
  const now = ctx.clock.now();
  const remediation = await getRemediation(tx, id);
  const plan = await getPlan(tx, remediation.planId);
  const incident = await getIncident(tx, plan.incidentId);
  const target = await getResource(tx, plan.targetId);
  await movePlan(tx, plan.id, 'running', 'done');
  if (!isRoutine(plan) || remediation.state !== 'verified') await tell(tx, ctx.hostId, { kind: 'remediation.ended', incidentId: incident.id, body: { remediation: id, state: remediation.state } }, now);
  await record(tx, ctx, { who: 'hypercare', what: `${plan.repair} on ${target.name} ended: ${remediation.state}`, why: remediation.outcome ?? '', body: { remediation: id, plan: plan.id } });
  if (await isBesideLadder(tx, ctx, plan, incident)) return goOn(tx, ctx, remediation, incident);
  if (remediation.state === 'verified') return afterSuccess(tx, ctx, { remediation, plan, incident });
  if (wasStopped(remediation)) return afterStop(tx, ctx, { remediation, plan, incident });
  if (incident.closedAt === null) await afterFailure(tx, ctx, { remediation, plan, incident });
}

interface Ended {
  readonly remediation: Remediation;
  readonly plan: Plan;
  readonly incident: Incident;
}

/** What is wrong there stands or falls by its own readings, and its ladder goes on where it was. */
async function goOn(tx: Db, ctx: StageContext, { settleUntil }: Remediation, incident: Incident): Promise<void> {
  if (incident.closedAt !== null) return;
  await changeIncident(tx, incident.id, { state: 'open', reason: null, nextAt: ctx.clock.now() + ctx.settings.confirmEveryMs });
  if (settleUntil !== null) await detectAnew(tx, incident.resourceId, settleUntil);
}

async function afterSuccess(tx: Db, ctx: StageContext, { remediation, plan, incident }: Ended): Promise<void> {
  const took = sayDuration((remediation.endedAt ?? ctx.clock.now()) - (await beganAt(tx, incident)));
  // Closed already: another release superseded it while the repair ran.
  const how = { [DEPLOY]: 'brought it live', [REHEARSE]: 'found the way back open', [TAG]: 'wrote it down in git' }[plan.repair] ?? 'mended it';
  if (incident.closedAt === null) await closeIncident(tx, ctx, incident, `${plan.repair} ${how} after ${took}: ${remediation.outcome ?? ''}`);
  if (plan.repair === DEPLOY) await deployed(tx, ctx, plan);
  if (plan.repair === ROLLBACK) await rolledBack(tx, ctx, plan, incident);
}

/** People stopped it: the same rung is planned again, which the freeze then holds until it ends. Where nothing was done, nothing counts. */
async function afterStop(tx: Db, ctx: StageContext, { remediation, plan, incident }: Ended): Promise<void> {
  const done = (await journalOf(tx, remediation.id)).some(({ state, receipt }) => state === 'done' || receipt !== null);
  if (!done) await takeBackAct(tx, actOf(remediation.id));
  if (incident.closedAt !== null) return;
  const why = `${plan.repair} was stopped: ${remediation.outcome ?? 'people froze it'}`;
  if (incident.kind === 'manual') return closeIncident(tx, ctx, incident, why);
  await changeIncident(tx, incident.id, { state: 'open', nextAt: ctx.clock.now(), reason: why });
}

/** What makes the act of a remediation one, however often it is counted. */
export function actOf(id: RemediationId): string {
  return `remediation:${id}`;
}

async function afterFailure(tx: Db, ctx: StageContext, { remediation, plan, incident }: Ended): Promise<void> {
  const blind = remediation.state === 'unclear' && remediation.settleUntil !== null;
  if (plan.repair === DEPLOY) await deployFailed(tx, ctx, remediation, plan);
  const leftToPeople = blind && plan.prepared?.verify.good === 0;
  const why = leftToPeople ? `${plan.repair}: ${remediation.outcome ?? ''}` : blind ? `whether ${plan.repair} helped cannot be told: ${remediation.outcome ?? 'too little could be measured'}` : `${plan.repair} ${[DEPLOY, REHEARSE, TAG].includes(plan.repair) || brokeOff(remediation) ? 'failed' : 'did not help'}: ${remediation.outcome ?? remediation.state}`;
  if (incident.kind === 'manual') return closeIncident(tx, ctx, incident, why);
  // What restarts nothing was no attempt that an emergency counts: it still gets its restart before the rollback.
  const failed = incident.failed + (plan.prepared?.bounds['restarts'] === 0 ? 0 : 1);
  await changeIncident(tx, incident.id, { state: 'open', rung: incident.rung + 1, failed, nextAt: ctx.clock.now(), reason: why });
  // While it was judged nobody looked what else it is: an emergency, another kind. The next rung is chosen by what is known then.
  if (remediation.settleUntil !== null) await detectAnew(tx, incident.resourceId, remediation.settleUntil);
  // What could not be measured leads to nothing more, least of all to a rollback.
  if (plan.repair !== ROLLBACK) return blind ? escalate(tx, ctx, incident, why) : undefined;
  const suspects = await distrustBad(tx, plan, remediation);
  // What the ladder has behind it (an end to a loop that the older release goes on with) is only asked for: see the brake “after a rollback in vain”.
  if (!blind && suspects.length === 0 && (await goesOn(tx, ctx, incident))) return;
  const suspicion = suspects.length > 0 ? `. The release that was good before fails ${suspects.join(', ')} too: the check or something outside is the suspect, and it is not trusted until a person begins a launch` : '';
  await escalate(tx, ctx, incident, `${why}. It is not ${brokeOff(remediation) ? 'tried' : 'rolled back'} a second time${suspicion}`);
}

async function goesOn(tx: Db, ctx: StageContext, { kind, rung, resourceId }: Incident): Promise<boolean> {
  return ctx.settings.ladder(kind, await getResource(tx, resourceId)).length > rung + 1;
}

/** Checks that the release gone back to fails too cannot be blamed on the one it was gone back from; but where PM2 saw it die, that is why they fail. */
async function distrustBad(tx: Db, plan: Plan, remediation: Remediation): Promise<readonly string[]> {
  if (remediation.settleUntil === null || (await diedSince(tx, plan.targetId, remediation.settleUntil))) return []; // Or it never came to run.
  const bad: string[] = [];
  for (const check of await checksOf(tx, plan.targetId)) {
    if (check.probe !== 'http' || (await newestSample(tx, check.id))?.verdict !== 'bad') continue;
    await distrust(tx, check.id);
    bad.push(check.name);
  }
  return bad;
}

async function diedSince(tx: Db, app: ResourceId, since: number): Promise<boolean> {
  const acts = await actsOn(tx, app, since - 1);
  if (acts.some(({ by, kind }) => by === 'pm2' && (kind === 'restart' || kind === 'overlimit'))) return true;
  const pm2 = (await checksOf(tx, app)).find(({ probe }) => probe === 'pm2');
  return pm2 !== undefined && (await newestSample(tx, pm2.id))?.verdict === 'bad';
}

/** The launch ends rolled back, its release is bad and quarantined, and the restored one is watched without another automatic rollback. */
async function rolledBack(tx: Db, ctx: StageContext, plan: Plan, incident: Incident): Promise<void> {
  const now = ctx.clock.now();
  const app = await getResource(tx, plan.targetId);
  const current = await openLaunchOf(tx, app.id);
  if (current) {
    await endLaunch(tx, current.id, 'rolled_back', now);
    await judgeRelease(tx, current.releaseId, 'bad', plan.askedBy === null ? `rolled back: ${incident.title}` : rolledBackBy(plan.askedBy, reasonOf(plan) || incident.title), now);
    await tell(tx, ctx.hostId, { kind: 'launch.ended', launchId: current.id, body: { incident: incident.id } }, now);
  }
  const leadsTo = plan.prepared?.leadsTo;
  if (leadsTo === undefined) return; // The release probe sees what runs now, and opens its launch.
  const release = await getRelease(tx, leadsTo);
  // What was seen last is the release gone back from. Were it to go live again before another look, that would be no news.
  const { commit, dir, lockHash, configHash, nodeVersion, envKeys } = release;
  await noteSighting(tx, app.id, canonicalJson({ commit, dir, lockHash, configHash, nodeVersion, envKeys: envKeys ? [...envKeys] : null }));
  await launch(tx, ctx, app, release, { why: `${ROLLED_BACK_TO} ${releaseName(release)}: ${incident.title}`, who: plan.askedBy ?? 'hypercare', autoRollback: false });
}

/** What the person who asked for it gave as the reason. */
function reasonOf({ args }: Plan): string {
  const { reason } = (args ?? {}) as { readonly reason?: Json };
  return typeof reason === 'string' ? reason : '';
}
