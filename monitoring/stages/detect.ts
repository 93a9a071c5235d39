import { updateBaseline, BASELINE_MAX_SAMPLES } from '../../src/domain/baseline.js';
import type { Check, Sample } from '../../src/domain/check.js';
import type { Claim } from '../../src/domain/finding.js';
import type { CheckId, ResourceId } from '../../src/domain/ids.js';
import type { Launch } from '../../src/domain/launch.js';
import { neededBy, type Resource } from '../../src/domain/resource.js';
import { actsOn } from '../../src/store/acts.js';
import { baselineOf, saveBaseline } from '../../src/store/baselines.js';
import { checksOf, markDetected, undetected } from '../../src/store/checks.js';
import { openFindingsOn } from '../../src/store/findings.js';
import { lastEndOf } from '../../src/store/incidents.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { remediationsSince, underWayOn } from '../../src/store/remediations.js';
import { ledgerOf } from '../../src/store/releases.js';
import { getResource, listEdges } from '../../src/store/resources.js';
import { newestSample, recentSamples, thinnedSamples } from '../../src/store/samples.js';
import type { Series } from '../detectors/detector.js';
import { applyClaims, type DetectorClaims } from './claims.js';
import type { AppConfig, Stage, StageContext } from './stage.js';

/** The newest samples of one check that detectors are shown, and one for each half minute of two hours before them. */
const NEWEST = 60;
const THINNED = { spanMs: 2 * 3_600_000, everyMs: 30_000 };
/** How far back detectors look, in samples and in acts. */
const LOOK_BACK_MS = 24 * 3_600_000;

/** What has new samples is looked at by every detector; what they claim becomes findings and incidents. */
export const detect: Stage = {
  name: 'detect',
  async run(ctx) {
    const resources = await undetected(ctx.store.db, ctx.hostId);
    let claimed = false;
    for (const id of resources) claimed = (await detectOn(ctx, id)) || claimed;
    return claimed;
  },
};

/** True when a detector had something to say. */
async function detectOn(ctx: StageContext, id: ResourceId): Promise<boolean> {
  const resource = await getResource(ctx.store.db, id);
  const checks = await checksOf(ctx.store.db, id);
  const launch = await openLaunchOf(ctx.store.db, id);
  const view = await viewOf(ctx, id, launch);
  // Also what is masked counts as looked at; what is written from here on does not.
  const seen = await newestOf(ctx, checks);
  const series = await Promise.all(checks.map((check) => loadSeries(ctx, check, launch, view)));
  const claims = view === null ? [] : await ask(ctx, resource, series, view);
  await ctx.store.write(async (tx) => {
    for (const { id: check, seenAt } of seen) await markDetected(tx, check, seenAt);
    if (view === null) return;
    await applyClaims(tx, ctx, resource, launch, claims);
  });
  if (launch && claims.every(({ claims: made }) => made.every((claim) => claim.state === 'absent'))) await learn(ctx, launch, checks);
  return claims.some(({ claims: made }) => made.length > 0);
}

/** What of the past counts: everything after `since`, but for the times when a repair was at work or settled. */
interface View {
  readonly since: number;
  readonly masked: readonly { readonly from: number; readonly to: number }[];
}

/**
 * Samples count from the launch's beginning (verdicts belong to a release) and settling (a slow boot is no fault), or
 * from a fresh start: the last repair that helped, or the end of the last trouble of anything it uses, after which it
 * has the same time to come back by itself. A repair's own effects are never a problem. Null while one works or
 * settles: then nothing is judged.
 */
async function viewOf(ctx: StageContext, id: ResourceId, launch: Launch | null): Promise<View | null> {
  const now = ctx.clock.now();
  const underWay = await underWayOn(ctx.store.db, id);
  if (underWay && (underWay.settleUntil === null || now < underWay.settleUntil)) return null;
  const runs = await remediationsSince(ctx.store.db, id, now - LOOK_BACK_MS);
  const helped = runs.findLast((run) => run.state === 'verified');
  const usedAgain = await lastEndOf(ctx.store.db, neededBy(id, await listEdges(ctx.store.db, ctx.hostId)));
  const starts = [launch?.startedAt, usedAgain].map((at) => (at == null ? 0 : at + ctx.settings.settleMs - 1));
  return {
    since: Math.max(...starts, (helped?.settleUntil ?? 0) - 1, now - LOOK_BACK_MS),
    masked: runs.map((run) => ({ from: run.startedAt, to: run.settleUntil ?? run.endedAt ?? now })),
  };
}

function counts(view: View): (one: { readonly at: number }) => boolean {
  return ({ at }) => at > view.since && !view.masked.some(({ from, to }) => at >= from && at < to);
}

async function newestOf(ctx: StageContext, checks: readonly Check[]): Promise<readonly { readonly id: CheckId; readonly seenAt: number }[]> {
  const newest = await Promise.all(checks.map(({ id }) => newestSample(ctx.store.db, id)));
  return newest.flatMap((sample) => (sample ? [{ id: sample.checkId, seenAt: sample.at }] : []));
}

async function loadSeries(ctx: StageContext, check: Check, launch: Launch | null, view: View | null): Promise<Series> {
  return {
    check,
    fields: ctx.units.probes[check.probe]?.fields ?? [],
    samples: view === null ? [] : (await shownSamples(ctx, check.id, view.since)).filter(counts(view)),
    baseline: launch ? await baselineFor(ctx, check, launch) : null,
  };
}

/** Every sample of the last minutes, so that streaks are true, and a long look back that a hot hour cannot crowd out. */
async function shownSamples(ctx: StageContext, check: CheckId, since: number): Promise<readonly Sample[]> {
  const newest = await recentSamples(ctx.store.db, check, since, NEWEST);
  if (newest.length < NEWEST) return newest;
  const from = Math.max(since, ctx.clock.now() - THINNED.spanMs);
  const before = await thinnedSamples(ctx.store.db, check, { after: from, before: newest[0]?.at ?? from, everyMs: THINNED.everyMs });
  return [...before, ...newest];
}

/** The previous stable release's where there is one, else the launch's own first healthy checks. */
async function baselineFor(ctx: StageContext, check: Check, launch: Launch) {
  const ledger = await ledgerOf(ctx.store.db, launch.appId);
  const stable = ledger.find((release) => release.verdict === 'stable' && release.id !== launch.releaseId);
  const before = stable ? await baselineOf(ctx.store.db, check.id, stable.id) : null;
  return before ?? baselineOf(ctx.store.db, check.id, launch.releaseId);
}

async function ask(ctx: StageContext, resource: Resource, series: readonly Series[], view: View): Promise<readonly DetectorClaims[]> {
  const acts = (await actsOn(ctx.store.db, resource.id, view.since)).filter(counts(view));
  const open = await openFindingsOn(ctx.store.db, resource.id);
  const config = resource.config as unknown as AppConfig;
  return Object.values(ctx.units.detectors).map((detector) => ({
    detector: detector.kind,
    claims: detector.detect({
      series,
      acts,
      open: new Set(open.filter((finding) => finding.detector === detector.kind).map((finding) => finding.fingerprint)),
      options: detector.options.parse(ctx.settings.detectorOptions(detector.kind, config)),
      now: ctx.clock.now(),
    }) as readonly Claim[],
  }));
}

/** While all is well and the launch is warm, its good samples become the release's baseline. */
async function learn(ctx: StageContext, launch: Launch, checks: readonly Check[]): Promise<void> {
  const warmFrom = launch.startedAt + ctx.settings.warmUpMs;
  if (ctx.clock.now() < warmFrom) return;
  if ((await openFindingsOn(ctx.store.db, launch.appId)).length > 0) return;
  for (const check of checks) {
    const current = await baselineOf(ctx.store.db, check.id, launch.releaseId);
    if (current && current.n >= BASELINE_MAX_SAMPLES) continue;
    const samples = await recentSamples(ctx.store.db, check.id, warmFrom, BASELINE_MAX_SAMPLES);
    const learned = updateBaseline(current, { checkId: check.id, releaseId: launch.releaseId }, samples);
    if (learned && learned !== current) await ctx.store.write((tx) => saveBaseline(tx, learned));
  }
}
