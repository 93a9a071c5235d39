import type { AppStatus } from '../domain/app-status.js';
import { appVerdict, type CheckNow } from '../domain/app-verdict.js';
import type { Check, Sample } from '../domain/check.js';
import type { HostId } from '../domain/ids.js';
import type { Incident } from '../domain/incident.js';
import type { Launch } from '../domain/launch.js';
import type { Rehearsal } from '../domain/rehearsal.js';
import { rollbackTarget } from '../domain/release.js';
import type { Resource } from '../domain/resource.js';
import { tierAt, type Tier } from '../domain/tiers.js';
import { checksOf } from './checks.js';
import { debtBy } from './debts.js';
import { openFindingsOn } from './findings.js';
import { openIncidents } from './incidents.js';
import { newestLaunchOf } from './launches.js';
import { openQuestions } from './questions.js';
import { lastRehearsal } from './rehearsals.js';
import { getRelease, ledgerOf } from './releases.js';
import { listResources } from './resources.js';
import { newestSamples } from './samples.js';
import type { Db } from './schema.js';
import { since } from './since.js';
import { currentWait } from './spans.js';

interface At {
  readonly tiers: readonly Tier[];
  readonly settleMs: number;
  readonly now: number;
}

/** How every app of the host is, by name. */
export async function appStatuses(db: Db, hostId: HostId, at: At): Promise<readonly AppStatus[]> {
  const all = await listResources(db, hostId);
  const apps = all.filter(({ kind }) => kind === 'app');
  const open = await openIncidents(db, hostId);
  const questions = await openQuestions(db, hostId);
  const statuses: AppStatus[] = [];
  for (const app of apps) {
    const launch = withTier(await newestLaunchOf(db, app.id), at);
    const incidents = await Promise.all((await concerning(db, app, { open, all })).map((incident) => since(db, incident)));
    const checks = await checksNow(db, app);
    const seen = checks.map(({ check, newest }): CheckNow => ({ check, newest, dueEveryMs: dueEvery(check, launch, at.tiers) }));
    const question = questions.find(({ appId }) => appId === app.id);
    statuses.push({
      app, launch, incidents, waits: await waitsOf(db, incidents), checks, ...appVerdict({ incidents, checks: seen }, at.now),
      debt: await debtBy(db, app.id, { until: at.now }),
      rehearsal: launch && (await ofTheWayBack(db, await lastRehearsal(db, app.id), launch)),
      release: launch === null ? null : await getRelease(db, launch.releaseId),
      question: question ? { id: question.id, expiresAt: question.expiresAt } : null,
    });
  }
  return statuses;
}

/** One that led elsewhere than a rollback would go now says nothing of it. */
async function ofTheWayBack(db: Db, rehearsal: Rehearsal | null, { appId, releaseId }: Launch): Promise<Rehearsal | null> {
  if (rehearsal === null) return null;
  return rollbackTarget(await ledgerOf(db, appId), releaseId)?.id === rehearsal.to.id ? rehearsal : null;
}

/** An incident stands at its cause; what the app itself suffers of it is a finding on the app, and its title is told as the cause's. */
async function concerning(db: Db, app: Resource, { open, all }: { readonly open: readonly Incident[]; readonly all: readonly Resource[] }): Promise<readonly Incident[]> {
  const suffered = new Set((await openFindingsOn(db, app.id)).map(({ incidentId }) => incidentId));
  return open.filter((incident) => incident.resourceId === app.id || suffered.has(incident.id)).map((incident) => {
    if (incident.resourceId === app.id) return incident;
    return { ...incident, title: `${all.find(({ id }) => id === incident.resourceId)?.name ?? 'something'} is bad, which it needs: ${incident.title}` };
  });
}

async function waitsOf(db: Db, incidents: readonly Incident[]): Promise<AppStatus['waits']> {
  const waits = await Promise.all(incidents.map(async ({ id }) => [id, await currentWait(db, id)] as const));
  return Object.fromEntries(waits.flatMap(([id, wait]) => (wait === null ? [] : [[id, wait.text] as const])));
}

/** Each check with its newest reading. */
export async function checksNow(db: Db, app: Resource): Promise<readonly { readonly check: Check; readonly newest: Sample | null }[]> {
  const checks = await checksOf(db, app.id);
  const newest = await newestSamples(db, app.id);
  return checks.map((check) => ({ check, newest: newest.get(check.id) ?? null }));
}

function withTier(launch: Launch | null, at: At): AppStatus['launch'] {
  if (launch === null) return null;
  const settlesUntil = launch.startedAt + at.settleMs;
  return { ...launch, settlesUntil: launch.state === 'watching' && settlesUntil > at.now ? settlesUntil : null, tier: launch.state === 'watching' ? tierAt(at.tiers, at.now - launch.startedAt) + 1 : null, tiers: at.tiers.length };
}

/** Tick checks are measured at the launch's ticks alone. */
function dueEvery(check: Check, launch: AppStatus['launch'], tiers: readonly Tier[]): number | null {
  if (check.cadence === 'every') return check.everyMs;
  return launch?.tier ? (tiers[launch.tier - 1]?.everyMs ?? null) : null;
}
