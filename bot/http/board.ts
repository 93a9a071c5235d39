import type { Board, BoardApp, BoardIncident, BoardQuestion } from '../../src/cards/board.js';
import { sayDoing } from '../../src/cards/doing.js';
import { incidentCard } from '../../src/cards/incident-card.js';
import type { Context } from '../../src/commands/command.js';
import { healingNow } from '../../src/commands/healing.js';
import { iso } from '../../src/commands/iso.js';
import { runArgs } from '../../src/commands/run-words.js';
import { scoreNow } from '../../src/commands/score.js';
import type { AppStatus } from '../../src/domain/app-status.js';
import type { HealingFigures } from '../../src/domain/healing-figures.js';
import type { Incident } from '../../src/domain/incident.js';
import type { Launch } from '../../src/domain/launch.js';
import { releaseName } from '../../src/domain/release.js';
import { checkLabel } from '../../src/domain/series.js';
import { appStatuses } from '../../src/store/app-status.js';
import { beganAt } from '../../src/store/born-bad.js';
import { incidentView } from '../../src/store/incident-view.js';
import { openIncidents, recentIncidents } from '../../src/store/incidents.js';
import { recentLaunches } from '../../src/store/launches.js';
import { openQuestions } from '../../src/store/questions.js';
import { getPlan } from '../../src/store/plans.js';
import { recentRuns, type RecentRun } from '../../src/store/recent-runs.js';
import { getRelease } from '../../src/store/releases.js';
import { getResource } from '../../src/store/resources.js';
import { HOST, scoresSince } from '../../src/store/scores.js';
import { currentWait } from '../../src/store/spans.js';

const DAY_MS = 24 * 3_600_000;
const MOST_INCIDENTS = 100;
const MOST_LAUNCHES = 100;
const MOST_EARLIER = 5;
const MOST_RUNS = 100;
const GRAVEST = ['critical', 'warning', 'info'] as const;

/** Everything the dashboard shows, read at one time. `host` is its name. */
export async function boardNow(ctx: Context, host: string): Promise<Board> {
  const { store: { db }, hostId } = ctx;
  const now = ctx.now();
  const runs = await recentRuns(db, hostId, MOST_RUNS);
  const questions = await questionsNow(ctx);
  const told = (incident: Incident) => boardIncident(ctx, incident, { runs, asked: questions.some(({ incidentId }) => incidentId === incident.id) });
  const open = await Promise.all((await openIncidents(db, hostId)).slice(0, MOST_INCIDENTS).map(told));
  const past = await recentIncidents(db, hostId, MOST_INCIDENTS);
  const launches = await recentLaunches(db, hostId, MOST_LAUNCHES);
  const statuses = await appStatuses(db, hostId, { tiers: ctx.tiers, settleMs: ctx.settleMs, now });
  return {
    version: 1, at: iso(now), host,
    status: (await runArgs('status', {}, ctx)).card, score: await scoreNow(ctx, null),
    scores: (await scoresSince(db, { hostId, subject: HOST }, now - DAY_MS)).map(({ at, score }) => ({ at: iso(at), score })),
    questions: questions.map(({ question }) => question),
    incidents: open.toSorted((a, b) => GRAVEST.indexOf(a.severity) - GRAVEST.indexOf(b.severity) || a.began.localeCompare(b.began)),
    apps: await Promise.all(statuses.map((status) => boardApp(ctx, status, { launches: launches.filter(({ appId }) => appId === status.app.id), incidents: past, told }))),
    runs: runs.map((run) => ({ ...run, startedAt: iso(run.startedAt), endedAt: iso(run.endedAt) })),
    statistics: Object.fromEntries((await healingNow(ctx)).map(({ over, figures }) => [over, figures])) as Readonly<Record<'24h' | '7d' | '30d', HealingFigures>>,
  };
}

async function questionsNow(ctx: Context): Promise<readonly { readonly incidentId: string; readonly question: BoardQuestion }[]> {
  const reader = { now: ctx.now(), timeZone: ctx.timeZone };
  return Promise.all((await openQuestions(ctx.store.db, ctx.hostId)).map(async ({ id, appName, planId, expiresAt }) => {
    const { incidentId } = await getPlan(ctx.store.db, planId);
    const card = incidentCard(await incidentView(ctx.store.db, incidentId), reader, 'whole');
    return { incidentId, question: { id, app: appName, expiresAt: iso(expiresAt), card } };
  }));
}

async function boardIncident({ store: { db } }: Context, incident: Incident, { runs, asked }: { readonly runs: readonly RecentRun[]; readonly asked: boolean }): Promise<BoardIncident> {
  const { id, severity, emergency, state, title } = incident;
  const open = state !== 'resolved';
  return {
    id, at: (await getResource(db, incident.resourceId)).name, severity, emergency, state, title, began: iso(await beganAt(db, incident)), endedAt: iso(incident.closedAt),
    doing: sayDoing(incident, { asked, waitsFor: open ? ((await currentWait(db, id))?.text ?? null) : null, run: runs.find(({ incidentId }) => incidentId === id) ?? null }),
  };
}

interface Past {
  readonly launches: readonly Launch[];
  readonly incidents: readonly Incident[];
  told(incident: Incident): Promise<BoardIncident>;
}

async function boardApp(ctx: Context, { app, verdict, why, release, launch, checks }: AppStatus, past: Past): Promise<BoardApp> {
  const earlier = past.launches.filter(({ id }) => id !== launch?.id).slice(0, MOST_EARLIER);
  const within = past.incidents.filter(({ launchId }) => launch !== null && launchId === launch.id).toReversed();
  return {
    app: app.name, verdict, why, release: release && releaseName(release), releaseVerdict: release?.verdict ?? null,
    checks: checks.map(({ check, newest }) => ({ name: check.name, label: checkLabel(check.name), probe: check.probe, verdict: newest?.verdict ?? null, at: iso(newest?.at ?? null), ms: newest?.ms ?? null, note: newest?.note ?? null })),
    launch: launch === null ? null : {
      ...(await boardRelease(ctx, launch)), endsAt: iso(launch.endsAt), tier: launch.tier, tiers: tiersOf(ctx, launch), nextTickAt: iso(launch.nextTickAt),
      hotUntil: launch.hotUntil > ctx.now() ? iso(launch.hotUntil) : null, incidents: await Promise.all(within.map((incident) => past.told(incident))),
    },
    earlier: await Promise.all(earlier.map((one) => boardRelease(ctx, one))),
  };
}

async function boardRelease({ store: { db } }: Context, { releaseId, state, startedAt, endedAt }: Launch) {
  return { release: releaseName(await getRelease(db, releaseId)), state, startedAt: iso(startedAt), endedAt: iso(endedAt) };
}

function tiersOf({ tiers }: Context, { startedAt }: Launch) {
  return tiers.map(({ untilMs, everyMs }, index) => ({ from: iso(startedAt + (tiers[index - 1]?.untilMs ?? 0)), to: iso(startedAt + untilMs), everyMs }));
}
