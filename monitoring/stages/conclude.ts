import type { Launch } from '../../src/domain/launch.js';
import { GOOD_AGAIN, type Incident } from '../../src/domain/incident.js';
import { sayDuration } from '../../src/domain/duration.js';
import { sayVain, wasStopped, type Remediation } from '../../src/domain/remediation.js';
import { windowMs } from '../../src/domain/tiers.js';
import { actsOn } from '../../src/store/acts.js';
import { beganAt } from '../../src/store/born-bad.js';
import { checksOf } from '../../src/store/checks.js';
import { tell } from '../../src/store/events.js';
import { findingsOf } from '../../src/store/findings.js';
import { openIncidents } from '../../src/store/incidents.js';
import { endLaunch, launchesToConclude, markSixHoursTold } from '../../src/store/launches.js';
import { journalOf } from '../../src/store/journal.js';
import { getPlan, livePlanOf } from '../../src/store/plans.js';
import { getRelease, judgeRelease } from '../../src/store/releases.js';
import { remediationsOf, underWayFor } from '../../src/store/remediations.js';
import { newestSample } from '../../src/store/samples.js';
import { closeIncident } from './closing.js';
import { record } from './record.js';
import { verdictOn } from './judging.js';
import type { Stage, StageContext } from './stage.js';

const SIX_HOURS_MS = 6 * 3_600_000;
/** How long after the closing tick its readings are waited for. */
const CLOSING_WAIT_MS = 60_000;

/** What the pm2 probe says of processes that PM2 leaves alone. */
const NOT_BY_ITSELF = /is not in PM2's list|is stopped|is errored/;

/** Incidents whose problem is gone are over; launches whose window is over get their verdict. */
export const conclude: Stage = {
  name: 'conclude',
  waits: (glance, now) => glance.open || glance.endsAt !== null || (glance.untoldSince ?? now) <= now - SIX_HOURS_MS,
  async run(ctx) {
    let concluded = false;
    for (const incident of await openIncidents(ctx.store.db, ctx.hostId)) concluded = (await concludeIncident(ctx, incident)) || concluded;
    for (const launch of await launchesToConclude(ctx.store.db, ctx.hostId, ctx.clock.now() - SIX_HOURS_MS)) concluded = (await concludeLaunch(ctx, launch)) || concluded;
    return concluded;
  },
  nextAt: async (_ctx, { endsAt }) => (endsAt === null ? null : endsAt + CLOSING_WAIT_MS),
};

/**
 * Gone by itself: no finding is open, and nobody is at work on it. Those of apps that use the resource do not hold it
 * open: what is still bad without this cause is an incident of the app's own.
 */
async function concludeIncident(ctx: StageContext, incident: Incident): Promise<boolean> {
  const findings = await findingsOf(ctx.store.db, incident.id);
  const plan = await livePlanOf(ctx.store.db, incident.id);
  if (findings.some((finding) => finding.open && finding.resourceId === incident.resourceId) || (await underWayFor(ctx.store.db, incident.resourceId))) return false;
  if (incident.kind === 'manual' ? plan !== null : plan?.state === 'running') return false;
  const lasted = sayDuration(ctx.clock.now() - (await beganAt(ctx.store.db, incident)));
  const reason = await howItEnded(ctx, incident, lasted);
  await ctx.store.write((tx) => closeIncident(tx, ctx, incident, incident.kind === 'manual' ? (incident.reason ?? 'done') : reason));
  return true;
}

/** By itself it was only where we did nothing to it: what we began, and what failed or was stopped, may have been half done. */
async function howItEnded(ctx: StageContext, incident: Incident, lasted: string): Promise<string> {
  const run = (await remediationsOf(ctx.store.db, incident.id)).at(-1);
  const how = await startedBy(ctx, incident, run?.endedAt ?? incident.openedAt);
  if (how !== null) return `${GOOD_AGAIN} after ${lasted}: ${how}`;
  if (run?.state === 'verified') return `${GOOD_AGAIN} after ${run.repair}, which ${(await getPlan(ctx.store.db, run.planId)).askedBy ?? 'hypercare'} asked for`;
  return run && (await touched(ctx, run)) ? `${GOOD_AGAIN} after ${sayVain(run)}` : `${GOOD_AGAIN} by itself after ${lasted}`;
}

/** A freeze may have come before its first step. */
async function touched(ctx: StageContext, run: Remediation): Promise<boolean> {
  return !wasStopped(run) || (await journalOf(ctx.store.db, run.id)).some(({ state, receipt }) => state === 'done' || receipt !== null);
}

/**
 * Null: nobody. Somebody is named only where the last restart that was seen was a person's: after it PM2 may have
 * brought the app back from many a crash. What was stopped, deleted or given up does not come back of PM2's own accord,
 * but who started it, a person or the machine's boot, nobody saw; nor who let go on what a signal had stopped.
 */
async function startedBy(ctx: StageContext, incident: Incident, since: number): Promise<string | null> {
  const last = (await actsOn(ctx.store.db, incident.resourceId, since)).findLast(({ by, kind }) => by !== 'us' && kind === 'restart');
  if (last) return last.by === 'person' ? 'somebody started it' : null;
  if ((await remediationsOf(ctx.store.db, incident.id)).length > 0) return null;
  if (incident.kind === 'standstill') return 'what stood still goes on';
  return incident.kind === 'process-down' && NOT_BY_ITSELF.test(incident.title) ? 'it was started again' : null;
}

async function concludeLaunch(ctx: StageContext, launch: Launch & { readonly sixHoursTold: boolean }): Promise<boolean> {
  const now = ctx.clock.now();
  const told = await tellSixHours(ctx, launch, now);
  if (launch.nextTickAt !== null || now < launch.endsAt) return told;
  const checks = (await checksOf(ctx.store.db, launch.appId)).filter((check) => check.cadence === 'tick');
  for (const check of checks) {
    const newest = await newestSample(ctx.store.db, check.id);
    const waiting = (newest?.at ?? 0) < launch.endsAt && now < launch.endsAt + CLOSING_WAIT_MS;
    if (waiting) return told;
  }
  const { state, why, learned = true } = await verdictOn(ctx.store.db, launch, now);
  const stood = (await getRelease(ctx.store.db, launch.releaseId)).verdict === 'stable';
  await ctx.store.write(async (tx) => {
    await endLaunch(tx, launch.id, state, now);
    // A watch that saw nothing says nothing against what was found good before: it stays a way back.
    if (learned || !stood) await judgeRelease(tx, launch.releaseId, state === 'stable' ? 'stable' : 'unproven', why, now);
    await tell(tx, ctx.hostId, { kind: 'launch.ended', launchId: launch.id }, now);
    await record(tx, ctx, { who: 'hypercare', what: `launch ended ${state}`, why, body: { launch: launch.id, release: launch.releaseId } });
  });
  return true;
}

async function tellSixHours(ctx: StageContext, launch: Launch & { readonly sixHoursTold: boolean }, now: number): Promise<boolean> {
  if (launch.sixHoursTold || windowMs(ctx.settings.tiers) <= SIX_HOURS_MS || now - launch.startedAt < SIX_HOURS_MS) return false;
  await ctx.store.write(async (tx) => {
    await markSixHoursTold(tx, launch.id);
    await tell(tx, ctx.hostId, { kind: 'launch.six_hours', launchId: launch.id }, now);
  });
  return true;
}
