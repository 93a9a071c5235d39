import { DEBT_WINDOW_MS } from '../domain/debt.js';
import type { IncidentId, ResourceId } from '../domain/ids.js';
import type { Incident } from '../domain/incident.js';
import type { IncidentView } from '../domain/incident-view.js';
import { covers } from '../domain/hold.js';
import type { Plan } from '../domain/plan.js';
import type { Release } from '../domain/release.js';
import { badFromBirth } from './born-bad.js';
import { debtBy } from './debts.js';
import { eventsOf } from './events.js';
import { evidenceNotes } from './evidence.js';
import { findingsOf } from './findings.js';
import { openHolds } from './holds.js';
import { getIncident } from './incidents.js';
import { getLaunch, liveBefore } from './launches.js';
import { mayAnswer } from './may-answer.js';
import { plansOf } from './plans.js';
import { answersTo } from './answers.js';
import { questionOf } from './questions.js';
import { getRelease } from './releases.js';
import { journalOf } from './journal.js';
import { remediationsOf } from './remediations.js';
import { getResource } from './resources.js';
import type { Db } from './schema.js';

/** Everything a card of the incident is drawn from. Throws where there is no such incident. */
export async function incidentView(db: Db, id: IncidentId): Promise<IncidentView> {
  const incident = await getIncident(db, id);
  const resource = await getResource(db, incident.resourceId);
  const launch = incident.launchId === null ? null : await getLaunch(db, incident.launchId);
  const plans = await plansOf(db, id);
  const question = await lastQuestion(db, plans);
  return {
    incident,
    resource,
    holds: (await openHolds(db, resource.hostId)).filter((hold) => covers(hold, resource.name)),
    debt: await debtBy(db, incident.resourceId, { from: incident.openedAt - DEBT_WINDOW_MS, until: incident.closedAt ?? Number.MAX_SAFE_INTEGER }),
    launch,
    launched: launch === null ? null : await getRelease(db, launch.releaseId),
    liveBefore: launch === null ? null : await liveBefore(db, launch),
    badFrom: await badFromBirth(db, incident, launch),
    release: await releaseDuring(db, incident),
    findings: await findingsOf(db, id),
    plans,
    suggested: await wasSuggested(db, id, plans.at(-1)),
    destinations: await destinationsOf(db, plans),
    remediations: await remediationsWithSteps(db, id),
    question,
    approvers: await mayAnswer(db, resource.hostId, question?.state === 'open' ? question : null),
  };
}

/** That of the newest launch which began before the incident ended; a rollback's begins as it ends. */
async function releaseDuring(db: Db, incident: Incident): Promise<Release | null> {
  const row = await db.selectFrom('launches').select('release_id').where('app_id', '=', incident.resourceId as ResourceId)
    .where('started_at', '<', incident.closedAt ?? Number.MAX_SAFE_INTEGER).orderBy('started_at', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row ? getRelease(db, row.release_id) : null;
}

async function wasSuggested(db: Db, id: IncidentId, newest: Plan | undefined): Promise<boolean> {
  if (newest?.verdict !== 'deny') return false;
  const told = (await eventsOf(db, id)).findLast(({ kind }) => kind === 'plan.suggested');
  return (told?.body as { readonly plan?: unknown } | null | undefined)?.plan === newest.id;
}

export async function destinationsOf(db: Db, plans: readonly Plan[]): Promise<readonly Release[]> {
  const ids = new Set(plans.flatMap(({ prepared }) => (prepared?.leadsTo === undefined ? [] : [prepared.leadsTo])));
  return Promise.all([...ids].map((id) => getRelease(db, id)));
}

async function remediationsWithSteps(db: Db, id: IncidentId): Promise<IncidentView['remediations']> {
  const runs = await remediationsOf(db, id);
  return Promise.all(runs.map(async (run) => ({ ...run, steps: await journalOf(db, run.id), evidence: await evidenceNotes(db, run.id) })));
}

async function lastQuestion(db: Db, plans: readonly Plan[]): Promise<IncidentView['question']> {
  const asked = (await Promise.all(plans.map((plan) => questionOf(db, plan.id)))).filter((question) => question !== null);
  const chosen = asked.find(({ state }) => state === 'open') ?? asked.toSorted((a, b) => a.askedAt - b.askedAt).at(-1);
  return chosen ? { ...chosen, answers: await answersTo(db, chosen.id) } : null;
}
