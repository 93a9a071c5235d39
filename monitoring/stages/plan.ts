import type { Check } from '../../src/domain/check.js';
import { isLeftAlone, LEFT_ALONE, type Incident } from '../../src/domain/incident.js';
import type { Plan } from '../../src/domain/plan.js';
import type { Resource } from '../../src/domain/resource.js';
import { sayChoice } from '../../src/domain/rung-choice.js';
import { rollbackTarget } from '../../src/domain/release.js';
import { checksOf, confirmFast, scheduleCheck } from '../../src/store/checks.js';
import { tell } from '../../src/store/events.js';
import { changeIncident, getIncident, openIncidents } from '../../src/store/incidents.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { draftPlan, livePlanOf, plansIn, plansOf } from '../../src/store/plans.js';
import { ledgerOf } from '../../src/store/releases.js';
import { runsFor, underWayFor } from '../../src/store/remediations.js';
import { getResource } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { dependenciesOf, staleSighting } from '../../src/store/wait-facts.js';
import { stoppedByHand } from './by-hand.js';
import { escalate } from './closing.js';
import { confirmingBy, stillNeeded } from './confirming.js';
import { ladderFor, type LadderRung } from './ladder.js';
import { newestReading } from './newest-reading.js';
import { NEVER_GOOD, WHY_LEFT_ALONE } from './never-good.js';
import { problemOf } from './problem.js';
import { preparePlan } from './prepare.js';
import { leftAloneUntil, mayShow, targetOfRung } from './other-target.js';
import { pressedByOthers, waitForCores } from './pressed.js';
import { record } from './record.js';
import { settledAt, stillSick, type Look } from './still-sick.js';
import { ROLLBACK, type Stage, type StageContext } from './stage.js';

const DAY_MS = 24 * 3_600_000;
/** Most ends of rungs that people are told in one sentence. */
const MOST_ENDS = 4;

/** Incidents that nobody works on get the next rung of their runbook; drafted plans are prepared beside the loop. */
export const plan: Stage = {
  name: 'plan',
  onlyWhenOpen: true,
  async run(ctx) {
    let planned = false;
    for (const incident of await openIncidents(ctx.store.db, ctx.hostId)) {
      if (isLeftAlone(incident) && (await takeUpAgain(ctx, incident))) planned = true;
      if (incident.state === 'escalated' || isAdvice(incident) || incident.nextAt > ctx.clock.now()) continue;
      planned = (await planFor(ctx, incident)) || planned;
    }
    for (const drafted of [...(await plansIn(ctx.store.db, ctx.hostId, ['drafted'])), ...(await stillNeeded(ctx))]) {
      ctx.effects.start(`plan:${drafted.id}`, (signal) => preparePlan(ctx, drafted, signal));
    }
    return planned;
  },
  async nextAt(ctx) {
    const now = ctx.clock.now();
    const later = (await openIncidents(ctx.store.db, ctx.hostId)).filter((incident) => incident.state !== 'escalated' && !isAdvice(incident) && incident.nextAt > now);
    const times = [...later.map((incident) => incident.nextAt), ...[await confirmingBy(ctx)].filter((at) => at !== null)];
    return times.length === 0 ? null : Math.min(...times);
  },
};

/** Worth knowing, and nobody is hurt: nothing is done about it, and nobody is called. */
function isAdvice({ severity, kind }: Incident): boolean {
  return severity === 'info' && kind !== 'manual';
}

/** True when something was written. */
async function planFor(ctx: StageContext, incident: Incident): Promise<boolean> {
  const { db } = ctx.store;
  if ((await livePlanOf(db, incident.id)) || (await underWayFor(db, incident.resourceId))) return false;
  const resource = await getResource(db, incident.resourceId);
  const unseen = await staleSighting(db, incident, ctx.clock.now());
  if (unseen) return lookWhatRuns(ctx, unseen);
  if (await changesHands(ctx, incident)) return waitForRelease(ctx, incident);
  const waitsFor = (await dependenciesOf(db, incident)).find(({ state }) => state !== 'fresh');
  if (waitsFor) return waitForDependency(ctx, incident, waitsFor.resource);
  const cores = await pressedByOthers(ctx, incident);
  if (cores !== 'free') return waitForCores(ctx, incident, cores);
  const byHand = (await stoppedByHand(ctx, incident)) === 'stopped';
  if (incident.kind !== 'manual' && incident.kind !== NEVER_GOOD) {
    const since = await settledAt(ctx, incident.resourceId);
    const look = ctx.clock.now() < since ? 'wait' : await stillSick(ctx, incident, since);
    if (look !== 'go') return lookFirst(ctx, incident, { look, since, byHand });
  }
  const rung = byHand ? null : await nextRung(ctx, incident, resource);
  const later = rung && rung.target.id !== resource.id ? await leftAloneUntil(ctx, incident, rung.target) : null;
  if (later !== null) return waitUntil(ctx, incident, later);
  if (!rung && !byHand && (await mayShow(ctx, incident, resource))) return waitUntil(ctx, incident, ctx.clock.now() + ctx.settings.confirmEveryMs);
  await ctx.store.write(async (tx) => {
    const { closedAt } = await getIncident(tx, incident.id);
    if (closedAt !== null || (await livePlanOf(tx, incident.id))) return; // It ended, or got a plan, while it was looked at.
    if (byHand) return escalate(tx, ctx, incident, LEFT_ALONE);
    if (!rung) {
      await escalate(tx, ctx, incident, resource.kind !== 'dependency' ? await whyNothingIsLeft(tx, incident) : `${resource.name} is not ours to repair; the apps that use it are left alone meanwhile`);
      return;
    }
    const repair = ctx.units.repairs[rung.repair];
    await changeIncident(tx, incident.id, { rung: rung.n, reason: null });
    await recordChoice(tx, ctx, incident, rung);
    await draftPlan(tx, { incidentId: incident.id, targetId: rung.target.id, repair: rung.repair, args: rung.args, risk: repair?.risk ?? 'destructive', askedBy: null, requestId: null }, ctx.clock.now());
  });
  return true;
}

/**
 * What was wrong before a deploy, or before a person's restart, may be over: nothing is planned until it is seen to be
 * wrong after the app had its time to boot. Where it is well, the detectors end the incident meanwhile.
 */
async function lookFirst(ctx: StageContext, incident: Incident, { look, since, byHand }: { readonly look: Look; readonly since: number; readonly byHand: boolean }): Promise<boolean> {
  const now = ctx.clock.now();
  await ctx.store.write(async (tx) => {
    const { closedAt, reason: said } = await getIncident(tx, incident.id);
    if (closedAt !== null) return;
    if (look === 'blind') return escalate(tx, ctx, incident, 'it cannot be measured, so nobody knows whether it is still wrong, and nothing was done');
    const reason = byHand ? LEFT_ALONE : said === LEFT_ALONE ? null : said;
    await changeIncident(tx, incident.id, { nextAt: Math.max(since, now + ctx.settings.confirmEveryMs), reason });
    if (reason !== said) await tell(tx, ctx.hostId, { kind: 'incident.changed', incidentId: incident.id }, now);
    await confirmFast(tx, incident.resourceId, now, Math.max(since, now) + ctx.settings.confirmForMs);
  });
  return false;
}

/** Somebody started what somebody had stopped, and not all is well: from here on it is repaired as ever, once it had its time to boot. */
async function takeUpAgain(ctx: StageContext, incident: Incident): Promise<boolean> {
  if (incident.state !== 'escalated' || (await stoppedByHand(ctx, incident)) !== 'other') return false;
  const now = ctx.clock.now();
  return ctx.store.write(async (tx) => {
    if (!isLeftAlone(await getIncident(tx, incident.id))) return false;
    await changeIncident(tx, incident.id, { state: 'open', reason: null, nextAt: now + ctx.settings.settleMs });
    await record(tx, ctx, { who: 'hypercare', what: `looked after again: ${incident.title}`, why: 'it was stopped by hand, and runs again', body: { incident: incident.id } });
    await tell(tx, ctx.hostId, { kind: 'incident.changed', incidentId: incident.id }, now);
    return true;
  });
}

/** Why this repair and none before it; nothing where the ladder just goes on. */
async function recordChoice(tx: Db, ctx: StageContext, incident: Incident, rung: NextRung): Promise<void> {
  const first = (await plansOf(tx, incident.id)).length === 0;
  const alone = rung.order.length === 1;
  const order = alone ? 'the runbook has nothing else' : `the order is ${rung.order.join(', ')}`;
  const why = [rung.learned, first ? `for ${incident.kind} ${order}` : null, rung.passed].filter((part) => part !== null);
  if (why.length === 0) return;
  const choice = alone ? 'only' : rung.learned !== null ? 'learned' : first && rung.passed === null ? 'first' : 'next';
  await record(tx, ctx, { who: 'hypercare', what: sayChoice(rung.repair, choice), why: why.join('; '), body: { incident: incident.id } });
}

interface NextRung extends LadderRung {
  readonly n: number;
  /** What it is done to: mostly the resource itself. */
  readonly target: Resource;
  /** The whole ladder's repairs. */
  readonly order: readonly string[];
  /** Why it, though others stand before it that were not tried for this incident; null: none does. */
  readonly passed: string | null;
}

/**
 * The next rung not tried, in the order that was learned. A repair that was run for the same problem in the last 24 h
 * and did not keep it away is passed over while there is another; an emergency goes to the rollback after one failed
 * rung, or at once in a release younger than ten minutes that nobody found good.
 */
export async function nextRung(ctx: StageContext, incident: Incident, resource: Resource): Promise<NextRung | null> {
  if (incident.kind === NEVER_GOOD) return null;
  const ladder = await ladderFor(ctx, incident, resource);
  const order = ladder.map(({ repair }) => repair);
  const rollbackAt = ladder.findIndex((rung) => rung.repair === ROLLBACK);
  if (rollbackAt >= incident.rung && incident.emergency && (await mayHurry(ctx, incident))) {
    return { ...(ladder[rollbackAt] as LadderRung), n: rollbackAt, target: resource, order, passed: rollbackAt > incident.rung ? `an emergency goes on to ${ROLLBACK} after one repair in vain, or at once in a young release` : null };
  }
  const runs = await runsFor(ctx.store.db, resource.id, await problemOf(ctx.store.db, incident), ctx.clock.now() - DAY_MS);
  const found = await Promise.all(ladder.map(async (rung, n) => ({ ...rung, n, target: await targetOfRung(ctx, rung, resource) })));
  const left = found.slice(incident.rung).flatMap(({ target, ...rung }) => (target === null ? [] : [{ ...rung, target }]));
  const next = left.find((rung) => !runs.has(rung.repair)) ?? left.at(0);
  if (!next) return null;
  const passed = left.slice(0, left.indexOf(next)).map(({ repair }) => repair);
  return { ...next, order, passed: passed.length === 0 ? null : `${passed.join(' and ')} ran for the same problem in the last 24 h, and it came back` };
}

/**
 * Only where there is a stable release to go to: else the ordinary rungs are what can be done. A release that was found
 * good, or that a person vouched for, is not the suspect however young its launch is.
 */
async function mayHurry(ctx: StageContext, incident: Incident): Promise<boolean> {
  const launch = await openLaunchOf(ctx.store.db, incident.resourceId);
  const ledger = await ledgerOf(ctx.store.db, incident.resourceId);
  if (!launch || !rollbackTarget(ledger, launch.releaseId)) return false;
  const proven = ledger.some(({ id, verdict }) => id === launch.releaseId && verdict === 'stable');
  // What grows without end is smaller after a reload, so that there is time to decide.
  return incident.failed >= 1 || (!proven && incident.kind !== 'memory' && ctx.clock.now() - launch.startedAt < ctx.settings.youngMs);
}

async function waitUntil(ctx: StageContext, incident: Incident, nextAt: number): Promise<false> {
  await ctx.store.write((tx) => changeIncident(tx, incident.id, { nextAt }));
  return false;
}

async function lookWhatRuns(ctx: StageContext, check: Check): Promise<boolean> {
  const now = ctx.clock.now();
  if (check.nextAt <= now) return false; // It is being looked at.
  await ctx.store.write((tx) => scheduleCheck(tx, check.id, now));
  return true;
}

/** One release is just being replaced by another: what is done now would hit a deploy, and be blamed on the older one. */
async function changesHands(ctx: StageContext, incident: Incident): Promise<boolean> {
  if (incident.kind === 'manual' || ctx.clock.now() - incident.openedAt >= ctx.settings.settleMs) return false;
  return (await newestReading(ctx, incident.resourceId, 'release'))?.value('between') === 1;
}

async function waitForRelease(ctx: StageContext, incident: Incident): Promise<boolean> {
  const again = ctx.clock.now() + ctx.settings.confirmEveryMs;
  const check = (await checksOf(ctx.store.db, incident.resourceId)).find(({ probe }) => probe === 'release');
  await ctx.store.write(async (tx) => {
    await changeIncident(tx, incident.id, { nextAt: again });
    if (check && check.nextAt > again) await scheduleCheck(tx, check.id, again);
  });
  return false;
}

async function waitForDependency(ctx: StageContext, incident: Incident, dependency: Resource): Promise<boolean> {
  const now = ctx.clock.now();
  await ctx.store.write(async (tx) => {
    await changeIncident(tx, incident.id, { nextAt: now + ctx.settings.confirmEveryMs });
    await confirmFast(tx, dependency.id, now, now + ctx.settings.confirmForMs);
  });
  return false;
}

/** Each rung, how it ended and why; what is said of several is said once. */
async function whyNothingIsLeft(tx: Db, incident: Incident): Promise<string> {
  if (incident.kind === NEVER_GOOD) return WHY_LEFT_ALONE;
  const ends = new Map<string, Set<string>>();
  // What a hold only put off was planned again since.
  const tried = (await plansOf(tx, incident.id)).filter(({ state, rule }) => state !== 'denied' || rule?.startsWith('hold:') !== true);
  for (const plan of tried) ends.set(endOf(plan), (ends.get(endOf(plan)) ?? new Set()).add(plan.repair));
  if (ends.size === 0) return 'no repair is known for this kind of problem';
  return `nothing is left to try: ${[...ends].slice(-MOST_ENDS).map(([end, repairs]) => `${[...repairs].join(' and ')} ${end}`).join('; ')}`;
}

function endOf({ state, why }: Plan): string {
  if (state === 'done') return 'did not help';
  const words = { denied: 'not allowed', refused: 'not possible', expired: 'not answered in time' }[state as 'denied'] ?? state;
  return why ? `${words} (${why})` : words;
}
