import type { Incident } from '../../src/domain/incident.js';
import type { Plan, Prepared } from '../../src/domain/plan.js';
import type { Resource } from '../../src/domain/resource.js';
import type { PlanInQuestion, PolicyFacts } from '../../src/policy/policy.js';
import { fits } from '../../src/policy/glob.js';
import { actsOn } from '../../src/store/acts.js';
import { activeHolds } from '../../src/store/holds.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { personNamed } from '../../src/store/people.js';
import { remediationsSince, runsFor } from '../../src/store/remediations.js';
import type { Db } from '../../src/store/schema.js';
import { problemOf } from './problem.js';
import { ROLLBACK, type StageContext } from './stage.js';

const DAY_MS = 24 * 3_600_000;

/** What policy looks at of a prepared plan. */
export function inQuestion(plan: Pick<Plan, 'repair' | 'risk'>, prepared: Prepared, target: Resource): PlanInQuestion {
  return { repair: plan.repair, risk: plan.risk, targetName: target.name, restarts: prepared.bounds['restarts'] ?? 0, rollsBack: plan.repair === ROLLBACK, migrations: prepared.bounds['migrations'] ?? null };
}

/** What is true around a plan, read fresh for each decision. */
export async function factsFor(db: Db, ctx: StageContext, about: { readonly plan: Pick<Plan, 'repair' | 'askedBy'>; readonly target: Resource; readonly incident: Incident | null }): Promise<PolicyFacts> {
  const { plan, target, incident } = about;
  const now = ctx.clock.now();
  const launch = await openLaunchOf(db, target.id);
  const person = plan.askedBy === null ? null : await personNamed(db, plan.askedBy);
  const problem = incident ? await problemOf(db, incident) : null;
  const runs = problem === null ? new Map<string, number>() : await runsFor(db, target.id, problem, now - DAY_MS);
  const helped = (await remediationsSince(db, target.id, now - DAY_MS)).filter((run) => run.fingerprint === problem && run.state === 'verified');
  return {
    now,
    acts: await actsOn(db, target.id, now - DAY_MS),
    askedBy: plan.askedBy === null ? null : { name: plan.askedBy, role: person?.role ?? 'viewer' },
    holds: (await activeHolds(db, now)).filter((hold) => hold.kind !== 'silence' && fits(hold.scope, target.name)),
    mayRollBackAlone: launch?.autoRollback ?? true,
    sameBefore: runs.get(plan.repair) ?? 0,
    cameBack: helped.length,
  };
}
