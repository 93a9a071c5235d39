import type { Act } from '../../src/domain/act.js';
import type { Claim, DetectorClaims, Finding } from '../../src/domain/finding.js';
import type { ResourceId } from '../../src/domain/ids.js';
import type { Launch } from '../../src/domain/launch.js';
import { neededBy, type Resource } from '../../src/domain/resource.js';
import { valueNamed } from '../../src/domain/series.js';
import { actsOn } from '../../src/store/acts.js';
import { checksOf, markDetected, undetected } from '../../src/store/checks.js';
import { openFindingsOn } from '../../src/store/findings.js';
import { lastEndOf, openIncidents } from '../../src/store/incidents.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { pm2BackAt } from '../../src/store/pm2-death.js';
import { remediationsSince, underWayFor } from '../../src/store/remediations.js';
import { getResource, listEdges } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import type { Series } from '../detectors/detector.js';
import { applyClaims } from './claims.js';
import { blameConnections } from './connections-lost.js';
import { baselinesFor, createLearner, type Baselines, type Learner } from './learn.js';
import { doubtAddresses } from './never-good.js';
import { createRecall, type Past, type Recall } from './recall.js';
import type { Stage, StageContext } from './stage.js';

/** How far back detectors look, in samples and in acts. */
const LOOK_BACK_MS = 24 * 3_600_000;

/** What has new samples is looked at by every detector; what they claim becomes findings and incidents. */
export function detect(): Stage {
  const memory: Memory = { recall: createRecall(), learner: createLearner() };
  return {
    name: 'detect',
    waits: (glance) => glance.undetected,
    async run(ctx) {
      const news = await undetected(ctx.store.db, ctx.hostId);
      const resources = [...news, ...(await sickUsersOf(ctx, news))];
      const pm2Back = await pm2BackAt(ctx.store.db, ctx.hostId);
      const quiet: (readonly Past[])[] = [];
      for (const id of resources) {
        const looked = await detectOn(ctx, memory, { id, pm2Back });
        if (looked) quiet.push(looked);
      }
      if (quiet.length > 0) await ctx.store.write((tx) => markLooked(tx, quiet.flat()));
      return quiet.length < resources.length;
    },
  };
}

/** Apps with an incident that need what has news, and have none themselves: why they are bad may be another reason by now, and is to be known before anything is planned. */
async function sickUsersOf({ store: { db }, hostId }: StageContext, news: readonly ResourceId[]): Promise<readonly ResourceId[]> {
  const sick = (await openIncidents(db, hostId)).map(({ resourceId }) => resourceId);
  if (sick.length === 0) return [];
  const edges = await listEdges(db, hostId);
  return sick.filter((id) => !news.includes(id) && neededBy(id, edges).some((needed) => news.includes(needed)));
}

interface Memory {
  readonly recall: Recall;
  readonly learner: Learner;
}

/** What a detector has to say is written here, and null comes back; else what was looked at, to be marked together with others. */
async function detectOn(ctx: StageContext, memory: Memory, { id, pm2Back }: { readonly id: ResourceId; readonly pm2Back: number | null }): Promise<readonly Past[] | null> {
  const { db } = ctx.store;
  const resource = await getResource(db, id);
  const checks = await checksOf(db, id);
  const launch = await openLaunchOf(db, id);
  const view = await viewOf(ctx, id, { launch, pm2Back });
  // Also what is masked counts as looked at; what is written from here on does not.
  const pasts = await memory.recall.pastOf(db, checks, ctx.clock.now());
  const baselines = launch ? await baselinesFor(ctx, launch, checks.map((check) => check.id)) : null;
  const open = await openFindingsOn(db, id);
  const made = view === null ? [] : await ask(ctx, resource, { pasts, view, baselines, open });
  const claims = resource.kind === 'app' ? await blameConnections(ctx, resource, { launch, pasts }, await doubtAddresses(db, checks, made)) : made;
  const claimed = claims.some(({ claims: made }) => made.length > 0);
  if (claimed) {
    await ctx.store.write(async (tx) => {
      await markLooked(tx, pasts);
      await applyClaims(tx, ctx, resource, launch, claims);
    });
  }
  const allWell = open.length === 0 && claims.every(({ claims: made }) => made.every((claim) => claim.state === 'absent'));
  if (launch && baselines && allWell) await memory.learner.learn(ctx, launch, pasts, baselines.own);
  return claimed ? null : pasts;
}

async function markLooked(tx: Db, pasts: readonly Past[]): Promise<void> {
  for (const { check, newAt } of pasts) if (newAt !== null) await markDetected(tx, check.id, newAt);
}

/** What of the past counts: everything after `since`, but for the times when a repair was at work or settled. */
interface View {
  readonly since: number;
  readonly masked: readonly { readonly from: number; readonly to: number }[];
}

/**
 * Samples count from the launch's beginning (verdicts belong to a release) and settling (a slow boot is no fault), or
 * from a fresh start: the last repair that helped, or the end of the last trouble of anything it uses, and of PM2's death,
 * after which it has the same time to come back by itself. A repair's own effects are never a problem. Null while one
 * works or settles: then nothing is judged.
 */
async function viewOf(ctx: StageContext, id: ResourceId, { launch, pm2Back }: { readonly launch: Launch | null; readonly pm2Back: number | null }): Promise<View | null> {
  const now = ctx.clock.now();
  const underWay = await underWayFor(ctx.store.db, id);
  if (underWay && (underWay.settleUntil === null || now < underWay.settleUntil)) return null;
  const runs = await remediationsSince(ctx.store.db, id, now - LOOK_BACK_MS);
  const helped = runs.findLast((run) => run.state === 'verified');
  const usedAgain = await lastEndOf(ctx.store.db, neededBy(id, await listEdges(ctx.store.db, ctx.hostId)));
  const starts = [launch?.startedAt, usedAgain, pm2Back].map((at) => (at == null ? 0 : at + ctx.settings.settleMs - 1));
  return {
    since: Math.max(...starts, (helped?.settleUntil ?? 0) - 1, now - LOOK_BACK_MS),
    masked: runs.map((run) => ({ from: run.startedAt, to: run.settleUntil ?? run.endedAt ?? now })),
  };
}

/**
 * When its processes last began anew, by PM2's hand or a person's: it boots then, and what it answered before was answered
 * by processes that are gone. A start that no exit was seen of (after a daemon's death) shows in how long they have run;
 * one that lies ahead, because the clock was set back, says nothing.
 */
function lastStart(ctx: StageContext, acts: readonly Act[], pasts: readonly Past[]): number {
  const restarted = acts.findLast((act) => act.kind === 'restart' && act.by !== 'us' && act.at <= ctx.clock.now())?.at ?? 0;
  const newest = pasts.find(({ check }) => check.probe === 'pm2')?.samples.at(-1);
  const uptimeMs = newest ? valueNamed(ctx.units.probes['pm2']?.fields ?? [], newest.values, 'uptime_ms') : null;
  return Math.max(restarted, newest && uptimeMs ? newest.at - uptimeMs : 0);
}

function counts(view: View): (one: { readonly at: number }) => boolean {
  return ({ at }) => at > view.since && !view.masked.some(({ from, to }) => at >= from && at < to);
}

interface Shown {
  readonly pasts: readonly Past[];
  readonly view: View;
  readonly baselines: Baselines | null;
  readonly open: readonly Finding[];
}

async function ask(ctx: StageContext, resource: Resource, { pasts, view, baselines, open }: Shown): Promise<readonly DetectorClaims[]> {
  const seen = await actsOn(ctx.store.db, resource.id, ctx.clock.now() - LOOK_BACK_MS);
  const acts = seen.filter(counts(view));
  const booted = lastStart(ctx, seen, pasts) + ctx.settings.settleMs - 1;
  const series = pasts.map(({ check, samples }): Series => {
    const answers = check.probe === 'http' ? { ...view, since: Math.max(view.since, booted) } : view;
    return { check, fields: ctx.units.probes[check.probe]?.fields ?? [], samples: samples.filter(counts(answers)), baseline: baselines?.compared.get(check.id) ?? null };
  });
  return Object.values(ctx.units.detectors).map((detector) => ({
    detector: detector.kind,
    claims: detector.detect({
      series,
      acts,
      open: new Map(open.filter((finding) => finding.detector === detector.kind).map(({ fingerprint, firstAt }) => [fingerprint, firstAt])),
      options: detector.options.parse(ctx.settings.detectorOptions(detector.kind, resource)),
      now: ctx.clock.now(),
    }) as readonly Claim[],
  }));
}
