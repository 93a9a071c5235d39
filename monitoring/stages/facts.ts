import type { Incident } from '../../src/domain/incident.js';
import type { Launch } from '../../src/domain/launch.js';
import { mayActAs } from '../../src/domain/person.js';
import type { Plan, Prepared } from '../../src/domain/plan.js';
import { sayBad } from '../../src/domain/release.js';
import { wasStopped } from '../../src/domain/remediation.js';
import type { Resource } from '../../src/domain/resource.js';
import { tierAt } from '../../src/domain/tiers.js';
import { countRestarts, countRollbacks } from '../../src/policy/budget.js';
import type { PlanInQuestion, PolicyFacts } from '../../src/policy/policy.js';
import { actsOn, oursSince } from '../../src/store/acts.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { groupIds, personNamed } from '../../src/store/people.js';
import { getRelease } from '../../src/store/releases.js';
import { remediationsOf, remediationsSince, runsFor } from '../../src/store/remediations.js';
import { getResource, listResources } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { whoMay } from '../../src/store/who-may.js';
import { holdsOver } from './holding.js';
import { memoryShareOf } from './memory-share.js';
import { problemOf } from './problem.js';
import { requestRateOf } from './request-rate.js';
import { LETS_IN, ROLLBACK, ROLLED_BACK_TO, type StageContext } from './stage.js';

const HALF_HOUR_MS = 30 * 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What policy looks at of a prepared plan. */
export function inQuestion(plan: Pick<Plan, 'repair' | 'risk'>, prepared: Prepared, target: Resource): PlanInQuestion {
  const red = prepared.preflight?.filter(({ light }) => light === 'red').map(({ about }) => about);
  return {
    repair: plan.repair, risk: plan.risk, targetName: target.name, restarts: prepared.bounds['restarts'] ?? 0, rollsBack: plan.repair === ROLLBACK,
    migrations: prepared.bounds['migrations'] ?? null, ...(red ? { red } : {}), ...letsInBy(plan.repair),
  };
}

/** Said only of the repairs that let somebody in: records of older versions say it of none. */
export function letsInBy(repair: string): Pick<PlanInQuestion, 'letsIn'> {
  return repair.startsWith(LETS_IN) ? { letsIn: true } : {};
}

export interface Around {
  readonly plan: Pick<Plan, 'repair' | 'askedBy'>;
  readonly target: Resource;
  readonly incident: Incident | null;
}

/** What is true around a plan, read fresh for each decision. */
export async function factsFor(db: Db, ctx: StageContext, around: Around): Promise<PolicyFacts> {
  const { plan, target, incident } = around;
  const now = ctx.clock.now();
  const launch = await openLaunchOf(db, target.id);
  const person = plan.askedBy === null ? null : await personNamed(db, ctx.hostId, plan.askedBy);
  const groups = await groupIds(db, ctx.hostId);
  // Others' eyes are those of people; see maySay.
  const able = (await whoMay(db, ctx.hostId, 'operator')).filter(({ id }) => !groups.has(id));
  return {
    now,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...(await doneLately(db, ctx, target, now)),
    ...(await doneFor(db, around, now)),
    askedBy: plan.askedBy === null ? null : { name: plan.askedBy, role: person?.role ?? 'viewer' },
    eligible: { operator: able.length, approver: able.filter((one) => mayActAs(one, 'approver')).length },
    holds: await holdsOver(db, ctx, { name: target.name, askedBy: plan.askedBy, ails: incident === null || incident.resourceId === target.id ? null : (await getResource(db, incident.resourceId)).name }),
    mayRollBackAlone: launch?.autoRollback ?? true,
    whyNotAlone: launch && !launch.autoRollback ? await behind(db, launch) : null,
    rolledBackInVain: incident !== null && (await remediationsOf(db, incident.id)).some(({ repair, state }) => repair === ROLLBACK && state === 'failed'),
    incident: incident && { kind: incident.kind, severity: incident.severity, emergency: incident.emergency, ageMs: Math.max(0, now - incident.openedAt) },
    launch: launch && { tier: tierAt(ctx.settings.tiers, now - launch.startedAt) + 1, ageMs: Math.max(0, now - launch.startedAt) },
    memoryShare: await memoryShareOf(db, ctx, target),
    ...(plan.repair.startsWith(LETS_IN) ? { requestRate: await requestRateOf(db, ctx, target) } : {}),
  };
}

/** Which rollback stands behind a launch that is not rolled back by itself. */
async function behind(db: Db, launch: Launch): Promise<string> {
  const release = await getRelease(db, launch.releaseId);
  if (launch.why.startsWith(ROLLED_BACK_TO)) return 'this release was rolled back to';
  return release.quarantinedAt === null ? 'the app was rolled back less than a day before this release went live' : `this release ${sayBad(release)}`;
}

/** What budgets count: rows, so that a restart of ours forgets nothing. */
async function doneLately(db: Db, ctx: StageContext, target: Resource, now: number): Promise<Pick<PolicyFacts, 'counts' | 'spread'>> {
  const acts = await actsOn(db, target.id, now - DAY_MS);
  const ours = await oursSince(db, ctx.hostId, now - HOUR_MS);
  const apps = (await listResources(db, ctx.hostId)).filter(({ kind }) => kind === 'app');
  return {
    counts: {
      restarts30m: countRestarts(acts, now - HALF_HOUR_MS),
      restarts24h: countRestarts(acts, now - DAY_MS),
      rollbacks24h: countRollbacks(acts, now - DAY_MS),
      remediationsTargetHour: ours.filter(({ resourceId }) => resourceId === target.id).length,
      remediationsHour: ours.length,
    },
    spread: { others: new Set(ours.map(({ resourceId }) => resourceId).filter((id) => id !== target.id)).size, watched: apps.length },
  };
}

/** What was done for the same problem before. */
async function doneFor(db: Db, { plan, target, incident }: Around, now: number): Promise<Pick<PolicyFacts, 'attempts' | 'sameBefore' | 'cameBack'>> {
  // What people ask for, or is due by itself, is no problem that could come back.
  const problem = incident && incident.kind !== 'manual' ? await problemOf(db, incident) : null;
  if (problem === null) return { attempts: { count: 0, lastAt: null }, sameBefore: 0, cameBack: 0 };
  const same = (await remediationsSince(db, target.id, now - DAY_MS)).filter((run) => run.fingerprint === problem && !wasStopped(run));
  const last = same.at(-1);
  return {
    attempts: { count: same.length, lastAt: last ? (last.endedAt ?? last.startedAt) : null },
    sameBefore: (await runsFor(db, target.id, problem, now - DAY_MS)).get(plan.repair) ?? 0,
    cameBack: same.filter((run) => run.state === 'verified').length,
  };
}
