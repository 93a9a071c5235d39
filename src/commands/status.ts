import { z } from 'zod';
import { statusCard } from '../cards/status-card.js';
import { botSilentSince, isWatched, type AppStatus, type Watch } from '../domain/app-status.js';
import type { HealthScore } from '../domain/health-score.js';
import { covers } from '../domain/hold.js';
import type { Json } from '../domain/json.js';
import { releaseName } from '../domain/release.js';
import { neededBy, type Resource } from '../domain/resource.js';
import type { ResourceStatus } from '../domain/resource-status.js';
import { appStatuses } from '../store/app-status.js';
import { channelStates } from '../store/channels.js';
import { healthOf } from '../store/health.js';
import { resourceStatuses } from '../store/resource-status.js';
import { listEdges } from '../store/resources.js';
import { watchOf } from '../store/watch.js';
import type { Command, Context, Exit } from './command.js';
import { word } from './fields.js';
import { findApp } from './find-app.js';
import { holdDocument, holdsNow } from './hold-answer.js';
import { incidentSummary } from './incident-document.js';
import { iso } from './iso.js';

const args = z.strictObject({ app: word.optional() });

/** How are the apps, and what is watched beside them? Exit 1 when one is bad, 3 when an app is not known, or nobody can know: no monitor, no PM2. */
export const status: Command<z.output<typeof args>> = {
  name: 'status',
  summary: 'how the apps are, and what is watched beside them',
  usage: 'status [app]',
  examples: ['status', 'status shop'],
  role: 'viewer',
  words: { positionals: ['app'], flags: {} },
  args,
  async run({ app }, ctx) {
    const wanted = app === undefined ? null : await findApp(ctx, app);
    const now = ctx.now();
    const all = await appStatuses(ctx.store.db, ctx.hostId, { tiers: ctx.tiers, settleMs: ctx.settleMs, now });
    const apps = all.filter((one) => wanted === null || one.app.id === wanted.id);
    const watch = await watchOf(ctx.store.db, ctx.hostId);
    const holds = (await holdsNow(ctx)).filter((hold) => wanted === null || covers(hold, wanted.name));
    const resources = await resourcesFor(ctx, wanted);
    const health = await healthOf(ctx.store.db, ctx.hostId, { tiers: ctx.tiers, settleMs: ctx.settleMs, now });
    const channels = await channelStates(ctx.store.db, ctx.hostId);
    return {
      data: { version: 1, score: scoreSummary(health.host), apps: apps.map((one) => ({ ...appDocument(one), score: scoreSummary(health.apps.find(({ app: of }) => of.id === one.app.id)?.score ?? null) })), resources: resources.map(resourceDocument), holds: holds.map(holdDocument), channels: channels.map(({ since, ...state }) => ({ ...state, since: iso(since) })), monitor: watchDocument(watch, now), bot: { silent: botSilentSince(watch, now) !== null, seenAt: iso(watch.botSeenAt) } },
      card: statusCard(apps, { ...watch, holds, channels, resources }, { now, timeZone: ctx.timeZone }),
      exit: exitOf({ apps, resources }, watch, now),
    };
  },
};

/** All that is watched beside the apps; of one app, what it needs. */
async function resourcesFor(ctx: Context, app: Resource | null): Promise<readonly ResourceStatus[]> {
  const all = await resourceStatuses(ctx.store.db, ctx.hostId, ctx.now());
  if (app === null) return all;
  const needed = neededBy(app.id, await listEdges(ctx.store.db, ctx.hostId));
  return all.filter(({ resource }) => needed.includes(resource.id));
}

export function exitOf({ apps, resources = [] }: { readonly apps: readonly AppStatus[]; readonly resources?: readonly ResourceStatus[] }, watch: Watch, now: number): Exit {
  if (!isWatched(watch, now)) return 3;
  if ([...apps, ...resources].some(({ verdict }) => verdict === 'bad')) return 1;
  return watch.pm2LostAt === null && apps.length > 0 && apps.every(({ verdict }) => verdict === 'good') ? 0 : 3;
}

/** The number and how sure it is; what takes the points tells “score”. */
function scoreSummary(score: HealthScore | null): Json {
  return score === null ? null : { points: score.score, confidence: score.confidence };
}

function appDocument(one: AppStatus): { readonly [key: string]: Json } {
  const { launch } = one;
  return {
    app: one.app.name, verdict: one.verdict, why: one.why, release: one.release && releaseName(one.release), releaseVerdict: one.release?.verdict ?? null,
    launch: launch && {
      id: launch.id, state: launch.state, tier: launch.tier, startedAt: iso(launch.startedAt), endsAt: iso(launch.endsAt),
      nextTickAt: iso(launch.nextTickAt), hotUntil: launch.hotUntil === 0 ? null : iso(launch.hotUntil),
    },
    incidents: one.incidents.map((incident) => ({ ...incidentSummary(incident, one.app.name), waitsFor: one.waits[incident.id] ?? null })),
    rehearsal: one.rehearsal ? { at: iso(one.rehearsal.at), to: releaseName(one.rehearsal.to), worked: one.rehearsal.worked, inEarnest: one.rehearsal.inEarnest, outcome: one.rehearsal.outcome, takesMs: one.rehearsal.takesMs } : null,
    debt: { points: one.debt.points, restarts: one.debt.restarts, by: one.debt.by.map(({ what, times }) => ({ what, times })) },
    question: one.question && { id: one.question.id, expiresAt: iso(one.question.expiresAt) },
    checks: one.checks.map(({ check, newest }) => ({
      name: check.name, critical: check.critical, trusted: check.trusted, everyMs: check.everyMs, verdict: newest?.verdict ?? null,
      at: iso(newest?.at ?? null), ms: newest?.ms ?? null, note: newest?.note ?? null,
    })),
  };
}

function resourceDocument({ resource, verdict, why, incidents }: ResourceStatus): Json {
  return { name: resource.name, kind: resource.kind, verdict, note: verdict === 'good' ? null : why, incidents: incidents.map((incident) => incidentSummary(incident, resource.name)) };
}

function watchDocument(watch: Watch, now: number): Json {
  return { running: isWatched(watch, now), seenAt: iso(watch.monitorSeenAt), pm2LostAt: iso(watch.pm2LostAt), storeFullAt: iso(watch.storeFullAt) };
}
