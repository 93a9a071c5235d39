import { type Check, tellsHealth } from '../domain/check.js';
import type { Incident } from '../domain/incident.js';
import type { Resource } from '../domain/resource.js';
import { dependencyState, type DependencyState, type WaitFacts } from '../domain/wait.js';
import { answersTo } from './answers.js';
import { checksOf } from './checks.js';
import { getPlan, livePlanOf, plansOf } from './plans.js';
import { hostWithoutPm2 } from './pm2-death.js';
import { questionOf } from './questions.js';
import { remediationsOf, underWayFor } from './remediations.js';
import { getResource, listEdges } from './resources.js';
import { newestSample } from './samples.js';
import type { Db } from './schema.js';

/** What is true around an open incident, for `waitOf`. */
export async function waitFacts(db: Db, incident: Incident, now: number): Promise<WaitFacts> {
  const plan = await livePlanOf(db, incident.id);
  const run = await underWayFor(db, incident.resourceId);
  const busy = plan !== null || run !== null || incident.state === 'escalated';
  return {
    incident,
    plan,
    question: plan?.state === 'asked' ? await askedAbout(db, plan.id) : null,
    run: run && { ...run, repair: (await getPlan(db, run.planId)).repair },
    readings: run ? await readingsOf(db, incident) : [],
    unseenRelease: !busy && (await staleSighting(db, incident, now)) !== null,
    dependencies: busy ? [] : (await dependenciesOf(db, incident)).map(({ resource, state }) => ({ name: resource.name, state })),
    last: busy ? null : ((await plansOf(db, incident.id)).at(-1) ?? null),
  };
}

async function askedAbout(db: Db, planId: Parameters<typeof questionOf>[1]): Promise<WaitFacts['question']> {
  const question = await questionOf(db, planId);
  if (!question) return null;
  const yes = (await answersTo(db, question.id)).filter((one) => one.yes && one.outcome === 'counted').length;
  return { need: question.need, yes };
}

async function readingsOf(db: Db, incident: Incident): Promise<WaitFacts['readings']> {
  const checks = (await checksOf(db, incident.resourceId)).filter((check) => tellsHealth(check) && check.trusted);
  return Promise.all(checks.map(async (check) => ({ check: check.name, newest: await newestSample(db, check.id) })));
}

/**
 * What runs must have been looked at since the incident began, and since the last repair: the trouble is often that of a
 * release nobody has seen yet, and what is done to it would be decided as for the one before. The check that has to look.
 */
export async function staleSighting(db: Db, incident: Incident, now: number): Promise<Check | null> {
  const check = (await checksOf(db, incident.resourceId)).find((one) => one.probe === 'release');
  if (!check) return null;
  const ends = (await remediationsOf(db, incident.id)).map((run) => run.endedAt ?? 0);
  const since = Math.max(incident.openedAt, ...ends);
  const newest = await newestSample(db, check.id);
  // A clock that was set back must not keep it waiting.
  return newest && newest.at < since && since <= now ? check : null;
}

/** What the incident's resource uses, and what is known of each since it began. Of an app the host comes first while its PM2 is gone: nothing can be done to the app without it. */
export async function dependenciesOf(db: Db, incident: Incident): Promise<readonly { readonly resource: Resource; readonly state: DependencyState }[]> {
  const { hostId, kind } = await getResource(db, incident.resourceId);
  const machine = kind === 'app' ? await hostWithoutPm2(db, hostId) : null;
  const used = (await listEdges(db, hostId)).filter((edge) => edge.resourceId === incident.resourceId);
  const needed = await Promise.all(used.map(async ({ usesId }) => {
    const newest = await Promise.all((await checksOf(db, usesId)).map((check) => newestSample(db, check.id)));
    return { resource: await getResource(db, usesId), state: dependencyState(newest, incident.openedAt) };
  }));
  return [...(machine === null ? [] : [{ resource: machine, state: 'bad' as const }]), ...needed];
}
