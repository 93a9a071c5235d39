import type { AppStatus } from './app-status.js';
import { sayRestarts } from './debt.js';
import { sayDuration } from './duration.js';
import type { Severity } from './finding.js';
import { partOfCheck, partOfIncident, PARTS, partsOfResource, type Part } from './health-part.js';
import type { Incident } from './incident.js';
import type { Resource, ResourceKind } from './resource.js';
import type { ResourceStatus } from './resource-status.js';

/** An incident that is open. What is worth knowing costs little; what hurts users, most of the way to the red band. */
const OPEN: Readonly<Record<Severity, number>> = { info: 3, warning: 15, critical: 40 };
const OPEN_EMERGENCY = 60;
/** One that is over since less than a day: an app that fails and is mended all day is not well. */
const PAST: Readonly<Record<Severity, number>> = { info: 0, warning: 2, critical: 4 };
const MOST_PAST = 12;
/** A newest reading that is bad, and no incident yet. */
const DOUBT = 5;
const MOST_DOUBT = 10;
/** Each point of healing debt lowers the most that can be reached; with more than a launch may owe it is below 70. */
const CAP_PER_DEBT = 5;
const LOWEST_CAP = 40;

/** A reading is old after so many of its cadences, and never before ten seconds. */
const STALE_CADENCES = 3;
const STALE_FLOOR_MS = 10_000;
/** What runs for less says little yet. */
const YOUNG_MS = 10 * 60_000;
const MOSTLY_KNOWN = 0.8;
const LARGEST = 3;

/** Points that were taken, from which part, for what. */
export interface Deduction {
  readonly part: Part;
  /** The app or resource. */
  readonly at: string;
  readonly points: number;
  readonly why: string;
}

/** 0 to 100; null: nothing of it is watched, or nothing of it is known now. */
export interface PartScore {
  readonly score: number | null;
  /** Of so many things that are watched, so many could be told. */
  readonly known: number;
  readonly of: number;
}

export type Confidence = 'high' | 'medium' | 'low' | 'none';

export interface HealthScore {
  readonly score: number | null;
  readonly parts: Readonly<Record<Part, PartScore>>;
  /** The three largest; `more` smaller ones are left out. */
  readonly deductions: readonly Deduction[];
  readonly more: number;
  readonly confidence: Confidence;
  /** Why the confidence is not high, one line each. */
  readonly doubts: readonly string[];
}

export interface HealthFacts {
  readonly apps: readonly AppStatus[];
  /** What is watched beside them. */
  readonly resources: readonly ResourceStatus[];
  /** Incidents that ended in the last 24 h, with where they were. */
  readonly past: readonly { readonly incident: Pick<Incident, 'kind' | 'severity' | 'title'>; readonly at: Pick<Resource, 'id' | 'name' | 'kind'> }[];
  /** The slowest tier's cadence, at which endpoints are measured at least. */
  readonly tickMs: number;
  readonly monitorRuns: boolean;
  /** False while the daemon of PM2 does not answer. */
  readonly pm2Answers: boolean;
  readonly now: number;
}

/**
 * The score is 100 less what is taken: nothing is averaged away, so one app that is down among a hundred shows as it
 * would alone. Healing debt caps it. What cannot be measured takes no points and gives none: it lowers the confidence.
 */
export function healthScore(facts: HealthFacts): HealthScore {
  const taken = [...withoutPm2(facts), ...openOnes(facts), ...pastOnes(facts), ...doubtfulOnes(facts)];
  const debt = capOf(facts.apps);
  const parts = Object.fromEntries(PARTS.map((part) => [part, partScore(part, taken, facts, debt)])) as unknown as HealthScore['parts'];
  const known = PARTS.some((part) => parts[part].score !== null);
  const free = left(taken);
  const all = [...taken, ...(free > debt.cap ? [{ part: 'compute' as const, at: debt.at, points: free - debt.cap, why: debt.why }] : [])].toSorted((a, b) => b.points - a.points);
  return {
    score: known ? Math.min(free, debt.cap) : null,
    parts, deductions: all.slice(0, LARGEST), more: Math.max(0, all.length - LARGEST),
    ...confidenceIn(facts, parts),
  };
}

function left(taken: readonly Deduction[]): number {
  return Math.max(0, 100 - taken.reduce((sum, { points }) => sum + points, 0));
}

/** Its apps are down, or run unwatched, and nobody starts again what crashes. */
function withoutPm2({ pm2Answers, apps }: HealthFacts): readonly Deduction[] {
  return pm2Answers || apps.length === 0 ? [] : [{ part: 'compute', at: 'PM2', points: OPEN.critical, why: 'its daemon does not answer' }];
}

function openOnes({ apps, resources }: HealthFacts): readonly Deduction[] {
  // An incident at a server is told by its apps too; it is counted where it is.
  const at = [
    ...apps.map(({ app, incidents }) => ({ resource: app, incidents: incidents.filter(({ resourceId }) => resourceId === app.id) })),
    ...resources.map(({ resource, incidents }) => ({ resource, incidents })),
  ];
  return at.flatMap(({ resource, incidents }) => incidents.filter(({ kind }) => kind !== 'manual').map((incident) => ({
    part: partOfIncident(resource.kind, incident.kind), at: resource.name, points: incident.emergency ? OPEN_EMERGENCY : OPEN[incident.severity], why: incident.title,
  })));
}

/** One deduction for each part and place, however many there were. */
function pastOnes({ past }: HealthFacts): readonly Deduction[] {
  const sums = new Map<string, { readonly part: Part; readonly at: string; points: number; n: number; title: string }>();
  for (const { incident, at } of past) {
    const points = incident.kind === 'manual' ? 0 : PAST[incident.severity];
    if (points === 0) continue;
    const part = partOfIncident(at.kind, incident.kind);
    const sum = sums.get(`${part}|${at.name}`) ?? { part, at: at.name, points: 0, n: 0, title: incident.title };
    sums.set(`${part}|${at.name}`, { ...sum, points: Math.min(MOST_PAST, sum.points + points), n: sum.n + 1 });
  }
  return [...sums.values()].map(({ n, title, ...sum }) => ({ ...sum, why: n === 1 ? `in the last 24 h: ${title}` : `${n} incidents ended in the last 24 h` }));
}

function doubtfulOnes({ apps }: HealthFacts): readonly Deduction[] {
  return apps.filter(({ incidents }) => incidents.length === 0).flatMap(({ app, checks }) => {
    const bad = checks.filter(({ check, newest }) => check.trusted && newest?.verdict === 'bad' && partOfCheck(check) !== null);
    const [first] = bad;
    if (!first) return [];
    return [{ part: partOfCheck(first.check) ?? 'compute', at: app.name, points: Math.min(MOST_DOUBT, DOUBT * bad.length), why: `not confirmed yet: ${first.newest?.note ?? 'its newest reading is bad'}` }];
  });
}

/** The app that owes most sets the most that can be reached. */
function capOf(apps: readonly AppStatus[]): { readonly cap: number; readonly at: string; readonly why: string } {
  const worst = apps.toSorted((a, b) => b.debt.points - a.debt.points)[0];
  if (!worst || worst.debt.points === 0) return { cap: 100, at: '', why: '' };
  return { cap: Math.max(LOWEST_CAP, 100 - CAP_PER_DEBT * worst.debt.points), at: worst.app.name, why: `healing debt: ${sayRestarts(worst.debt)} in 7 days kept it going` };
}

function partScore(part: Part, taken: readonly Deduction[], facts: HealthFacts, { cap }: { readonly cap: number }): PartScore {
  const seen = watchedIn(part, facts);
  const own = taken.filter((one) => one.part === part);
  // A part that is open and cannot be measured any more is as bad as it was found, and not unknown.
  if (seen.known === 0 && own.length === 0) return { score: null, ...seen };
  return { score: Math.min(left(own), part === 'compute' ? cap : 100), ...seen };
}

function watchedIn(part: Part, facts: HealthFacts): Pick<PartScore, 'known' | 'of'> {
  const checks = facts.apps.flatMap((app) => app.checks.filter(({ check }) => partOfCheck(check) === part).map((one) => isKnown(one, facts)));
  const resources = facts.resources.filter(({ resource }) => partsOfResource(resource.kind as Exclude<ResourceKind, 'app'>).includes(part)).map(({ verdict }) => facts.monitorRuns && (verdict === 'good' || verdict === 'bad'));
  const all = [...checks, ...resources];
  return { known: all.filter(Boolean).length, of: all.length };
}

function isKnown({ check, newest }: AppStatus['checks'][number], { tickMs, now, monitorRuns }: HealthFacts): boolean {
  if (!monitorRuns || newest === null || (newest.verdict !== 'good' && newest.verdict !== 'bad')) return false;
  return now - newest.at <= Math.max(STALE_FLOOR_MS, STALE_CADENCES * (check.cadence === 'every' ? check.everyMs : tickMs));
}

function confidenceIn(facts: HealthFacts, parts: HealthScore['parts']): Pick<HealthScore, 'confidence' | 'doubts'> {
  const known = PARTS.reduce((sum, part) => sum + parts[part].known, 0);
  const of = PARTS.reduce((sum, part) => sum + parts[part].of, 0);
  if (!facts.monitorRuns) return { confidence: 'none', doubts: ['no monitor runs: nothing is measured'] };
  if (known === 0) return { confidence: 'none', doubts: ['nothing has been measured lately'] };
  const young = facts.apps.filter(({ launch }) => launch !== null && facts.now - launch.startedAt < YOUNG_MS);
  const doubts = [
    ...(known < of ? [`${of - known} of ${of} measurements tell nothing now`] : []),
    ...young.map(({ app, launch }) => `few samples: what runs of ${app.name} began ${sayDuration(facts.now - (launch?.startedAt ?? 0))} ago`),
  ];
  if (young.length > 0 || known < of * MOSTLY_KNOWN) return { confidence: 'low', doubts };
  return { confidence: known < of ? 'medium' : 'high', doubts };
}

/** A word beside the number, because colour alone tells nothing to some; above 90, from 70 on, below. */
export function bandOf(score: number): 'good' | 'fair' | 'poor' {
  if (score > 90) return 'good';
  return score >= 70 ? 'fair' : 'poor';
}
