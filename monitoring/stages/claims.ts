import { worse, type Claim, type DetectorClaims, type Severity } from '../../src/domain/finding.js';
import { UNSEEN_END, type Incident } from '../../src/domain/incident.js';
import type { ResourceId } from '../../src/domain/ids.js';
import type { Launch } from '../../src/domain/launch.js';
import type { PlanState } from '../../src/domain/plan.js';
import { causeOf, type Resource } from '../../src/domain/resource.js';
import { checksOf, confirmFast } from '../../src/store/checks.js';
import { tell } from '../../src/store/events.js';
import { closeFinding, findingsOf, noteFinding } from '../../src/store/findings.js';
import { changeIncident, openIncident, openIncidentOf } from '../../src/store/incidents.js';
import { getLaunch, heatLaunch } from '../../src/store/launches.js';
import { getResource, listEdges } from '../../src/store/resources.js';
import { hostWithoutPm2 } from '../../src/store/pm2-death.js';
import { livePlanOf, plansOf } from '../../src/store/plans.js';
import { underWayFor, underWayOn } from '../../src/store/remediations.js';
import { newestSample } from '../../src/store/samples.js';
import type { Db } from '../../src/store/schema.js';
import { closeIncident } from './closing.js';
import { NEVER_GOOD } from './never-good.js';
import { record } from './record.js';
import type { StageContext } from './stage.js';

type Present = Extract<Claim, { readonly state: 'present' }>;

/** What detectors claim of one resource, written: findings, and the one incident of their cause. */
export async function applyClaims(tx: Db, ctx: StageContext, resource: Resource, launch: Launch | null, made: readonly DetectorClaims[]): Promise<void> {
  const now = ctx.clock.now();
  for (const { detector, claims } of made) {
    for (const claim of claims) {
      if (claim.state === 'absent') await closeFinding(tx, resource.id, detector, claim.fingerprint, now);
    }
  }
  const present = made.flatMap(({ detector, claims }) => claims.flatMap((claim) => (claim.state === 'present' ? [{ detector, claim }] : [])));
  if (present.length === 0) return;
  const worst = worstOf(present.map(({ detector, claim }) => ({ ...claim, detector })), Object.keys(ctx.units.detectors));
  const incident = await incidentFor(tx, ctx, resource, launch, worst);
  for (const { detector, claim } of present) await noteFinding(tx, { incidentId: incident.id, resourceId: resource.id, detector, now }, claim);
  await follow(tx, ctx, incident);
}

interface Named {
  readonly detector: string;
  readonly kind: string;
  readonly severity: Severity;
}

/**
 * The most severe; among equals the one whose detector stands first in the registry, where causes (a process that is
 * down, a hang) stand before what they look like from outside (endpoints that fail). A doubt about the config comes last.
 */
function worstOf<T extends Named>(all: readonly T[], order: readonly string[]): T {
  return all.reduce((worst, one) => (rank(one, order) > rank(worst, order) ? one : worst));
}

const SEVERITY_RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1_000, critical: 2_000 };

function rank({ detector, kind, severity }: Named, order: readonly string[]): number {
  return (kind === NEVER_GOOD ? -1_000 : SEVERITY_RANK[severity]) - order.indexOf(detector);
}

/** The open incident at the cause: the deepest bad resource along `uses` edges, else the resource itself. */
async function incidentFor(tx: Db, ctx: StageContext, resource: Resource, launch: Launch | null, worst: Present): Promise<Incident> {
  const now = ctx.clock.now();
  const cause = await findCause(tx, ctx, resource.id);
  const open = await openIncidentOf(tx, cause);
  if (cause !== resource.id && open && (await hurtsOthers(tx, open))) {
    const own = await openIncidentOf(tx, resource.id);
    // What a person asked for goes its way all the same.
    if (own && own.kind !== 'manual') await closeIncident(tx, ctx, own, `${UNSEEN_END.elsewhere}: ${open.title}`);
    return open;
  }
  const own = cause === resource.id ? open : await openIncidentOf(tx, resource.id);
  if (own) return own;
  const opened = await openIncident(tx, { resourceId: resource.id, launchId: launch?.id ?? null, kind: worst.kind, severity: worst.severity, emergency: worst.emergency, title: worst.title }, now);
  await tell(tx, ctx.hostId, { kind: 'incident.opened', incidentId: opened.id }, now);
  await record(tx, ctx, { who: 'hypercare', what: `incident on ${resource.name}: ${worst.title}`, why: worst.evidence.join('; ') || worst.fingerprint, body: { incident: opened.id, kind: worst.kind, severity: worst.severity, fingerprint: worst.fingerprint, seen: worst.evidence } });
  await heatLaunch(tx, resource.id, now + ctx.settings.hotMs, now);
  await askDependencies(tx, ctx, resource.id);
  return opened;
}

/** Without PM2 an app lacks its host. What is used counts as bad with an open incident (of a server, a critical one: advice on its indexes mends no app), or when its newest reading is bad. */
async function findCause(tx: Db, ctx: StageContext, start: ResourceId): Promise<ResourceId> {
  const machine = (await getResource(tx, start)).kind === 'app' ? await hostWithoutPm2(tx, ctx.hostId) : null;
  const edges = [...(machine === null ? [] : [{ resourceId: start, usesId: machine.id }]), ...(await listEdges(tx, ctx.hostId))];
  const bad = new Set<ResourceId>();
  for (const id of new Set(edges.map((edge) => edge.usesId))) {
    const open = await openIncidentOf(tx, id);
    if ((open && (await hurtsOthers(tx, open))) || (await newestIsBad(tx, id))) bad.add(id);
  }
  return causeOf(start, edges, (id) => bad.has(id));
}

async function hurtsOthers(tx: Db, { severity, resourceId }: Incident): Promise<boolean> {
  return severity === 'critical' || (await getResource(tx, resourceId)).kind === 'app';
}

async function newestIsBad(tx: Db, id: ResourceId): Promise<boolean> {
  for (const check of await checksOf(tx, id)) {
    if ((await newestSample(tx, check.id))?.verdict === 'bad') return true;
  }
  return false;
}

/** An app's plan waits for a fresh sample of each dependency; they are asked for here. */
async function askDependencies(tx: Db, ctx: StageContext, id: ResourceId): Promise<void> {
  const now = ctx.clock.now();
  for (const edge of await listEdges(tx, ctx.hostId)) {
    if (edge.resourceId === id) await confirmFast(tx, edge.usesId, now, now + ctx.settings.confirmForMs);
  }
}

/**
 * The incident takes on the worst of its open findings; people are told when that makes it another problem. While a
 * repair is being judged it keeps its name: what is left open then is mostly what remains of the same trouble.
 */
async function follow(tx: Db, ctx: StageContext, incident: Incident): Promise<void> {
  const findings = (await findingsOf(tx, incident.id)).filter((finding) => finding.open && finding.resourceId === incident.resourceId);
  if (findings.length === 0) return;
  const worst = worstOf(findings, Object.keys(ctx.units.detectors));
  const { kind, title } = (await underWayFor(tx, incident.resourceId)) ? incident : worst;
  const severity = findings.reduce<Severity>((a, finding) => worse(a, finding.severity), 'info');
  const emergency = severity !== 'info' && (incident.emergency || findings.some((finding) => finding.emergency));
  if (kind === incident.kind && severity === incident.severity && emergency === incident.emergency && title === incident.title) return;
  // Nothing was tried for what was never good, nor for advice: as what it is now it begins its ladder.
  const turned = await turnedInto(tx, incident, { kind, severity });
  const anew = turned !== null || (incident.kind === NEVER_GOOD && kind !== NEVER_GOOD) ? ({ state: 'open', reason: null, rung: 0, nextAt: ctx.clock.now() } as const) : {};
  const worsened = severity !== incident.severity && worse(severity, incident.severity) === severity;
  const unseen = worsened || (emergency && !incident.emergency) ? { ackedAt: null, ackedBy: null } : {};
  const place = kind === incident.kind || 'rung' in anew ? {} : { rung: await placeInLadder(tx, ctx, incident, kind) };
  await changeIncident(tx, incident.id, { kind, severity, emergency, title, ...place, ...anew, ...unseen });
  if (turned !== null) await record(tx, ctx, { who: 'hypercare', what: `${turned}: ${title}`, why: `it was: ${incident.title}`, body: { incident: incident.id, kind, severity } });
  if (kind === incident.kind && severity === incident.severity) return; // The same problem, with newer numbers.
  await tell(tx, ctx.hostId, { kind: 'incident.changed', incidentId: incident.id, body: { kind, severity } }, ctx.clock.now());
}

/** Plans in these states were tried, or turned down, and are not planned once more. */
const BEHIND: ReadonlySet<string> = new Set(['done', 'refused', 'denied', 'expired'] satisfies PlanState[]);

/**
 * A problem that turns out to be another kind has another ladder, on which the same place would be another repair: it
 * goes on behind the last of those this incident has behind it in its release. Nothing is tried twice, nothing left out.
 */
async function placeInLadder(tx: Db, ctx: StageContext, incident: Incident, kind: string): Promise<number> {
  if (incident.rung === 0) return 0;
  const resource = await getResource(tx, incident.resourceId);
  if (incident.rung > ctx.settings.ladder(incident.kind, resource).length) return incident.rung; // What a person asked for stands beside every ladder.
  const since = incident.launchId === null ? 0 : (await getLaunch(tx, incident.launchId)).startedAt;
  const tried = new Set((await plansOf(tx, incident.id)).filter(({ state, madeAt }) => BEHIND.has(state) && madeAt >= since).map(({ repair }) => repair));
  return ctx.settings.ladder(kind, resource).findLastIndex(({ repair }) => tried.has(repair)) + 1;
}

/**
 * Of a server: what was handed to people as advice, and now keeps its users from working, begins the ladder of that; and
 * where only advice is left of a problem, nobody is needed any more. In words for the audit; null: neither.
 */
async function turnedInto(tx: Db, incident: Incident, now: Pick<Incident, 'kind' | 'severity'>): Promise<string | null> {
  if (incident.kind === now.kind || incident.kind === 'manual') return null;
  const turned = now.severity === 'critical' && incident.severity !== 'critical' ? 'what was advice is an incident' : now.severity === 'info' && incident.severity !== 'info' ? 'what is left is advice' : null;
  const isFree = (await getResource(tx, incident.resourceId)).kind !== 'app' && (await livePlanOf(tx, incident.id)) === null && !(await underWayOn(tx, incident.resourceId));
  return isFree ? turned : null;
}
