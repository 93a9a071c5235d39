import { z } from '@hono/zod-openapi';
import { findApp } from '../../../src/commands/find-app.js';
import { healingDocument, healingNow } from '../../../src/commands/healing.js';
import { iso } from '../../../src/commands/iso.js';
import { runArgs } from '../../../src/commands/run-words.js';
import type { Json } from '../../../src/domain/json.js';
import type { Launch } from '../../../src/domain/launch.js';
import { releaseName } from '../../../src/domain/release.js';
import { readAudit } from '../../../src/store/audits.js';
import { recentLaunches } from '../../../src/store/launches.js';
import { recentPlans } from '../../../src/store/plans.js';
import { openQuestions } from '../../../src/store/questions.js';
import { getRelease, ledgerOf } from '../../../src/store/releases.js';
import { route } from '../route.js';
import { anything, limit, maybeTime, named, time } from '../shapes.js';

const GROUP = 'resources';
const notThere = { 404: { about: 'There is none of this name' } };

const shown = (command: string) => ({ 200: { about: `As “hypercare ${command} --json”`, schema: anything } });

/** What a command shows, under an address of its own. */
const read = (path: string, command: string, summary: string, words: readonly string[] = []) => route({
  method: 'get', path, group: GROUP, role: 'viewer', summary,
  ...(words.length === 0 ? {} : { params: z.object(Object.fromEntries(words.map((word) => [word, named]))) }),
  answers: words.length === 0 ? shown(command) : { ...shown(command), ...notThere },
  serve: async ({ params, ctx }) => ({ json: (await runArgs(command, params, ctx)).data }),
});

export const statusRoute = read('/api/status', 'status', 'How the apps are, and what is watched beside them');
export const appRoute = read('/api/apps/{app}', 'status', 'How one app is', ['app']);
export const appScoreRoute = read('/api/apps/{app}/score', 'score', 'How healthy one app is, with what it needs', ['app']);
export const scoreRoute = read('/api/score', 'score', 'How healthy the host is, and why, with the last day’s history');
export const incidentRoute = read('/api/incidents/{id}', 'incidents', 'One incident whole: findings, plans, runs, question', ['id']);
export const whyRoute = read('/api/why/{of}', 'why', 'Why it acted on an app or incident, or did not', ['of']);
export const holdsRoute = read('/api/holds', 'holds', 'What is held, by whom, until when and why');
export const learnedRoute = read('/api/learned', 'learned', 'Which repairs helped, and what follows from that');
export const incidentsRoute = read('/api/incidents', 'incidents', 'What is wrong and what was, the newest first');

export const appsRoute = route({
  method: 'get', path: '/api/apps', group: GROUP, role: 'viewer', summary: 'The watched apps',
  answers: { 200: { about: 'Each as in /api/status', schema: z.object({ version: z.literal(1), apps: z.array(z.looseObject({ app: z.string(), verdict: z.string() })) }) } },
  serve: async ({ ctx }) => ({ json: { version: 1, apps: (await runArgs('status', {}, ctx)).data['apps'] } }),
});

export const releasesRoute = route({
  method: 'get', path: '/api/apps/{app}/releases', group: GROUP, role: 'viewer', summary: 'The releases of an app that were seen, the newest first, with what became of them',
  params: z.object({ app: named }),
  answers: { 200: { about: 'The ledger', schema: z.object({ version: z.literal(1), app: z.string(), releases: z.array(z.looseObject({ id: z.string(), name: z.string(), verdict: z.string(), firstSeenAt: time })) }) }, ...notThere },
  async serve({ params, ctx }) {
    const app = await findApp(ctx, params.app);
    const releases = (await ledgerOf(ctx.store.db, app.id)).map((one) => ({
      id: one.id, name: releaseName(one), commit: one.commit, dir: one.dir, verdict: one.verdict, verdictAt: iso(one.verdictAt), reason: one.verdictReason, quarantinedAt: iso(one.quarantinedAt), firstSeenAt: iso(one.firstSeenAt), node: one.nodeVersion,
    }));
    return { json: { version: 1, app: app.name, releases } };
  },
});

export const launchesRoute = route({
  method: 'get', path: '/api/launches', group: GROUP, role: 'viewer', summary: 'The newest launches, open and past',
  query: z.object({ limit: limit.default(20) }),
  answers: { 200: { about: 'The newest first', schema: z.object({ version: z.literal(1), launches: z.array(z.looseObject({ id: z.string(), app: z.string(), release: z.string(), state: z.string(), startedAt: time, endsAt: time, endedAt: maybeTime })) }) } },
  async serve({ query, ctx }) {
    const all = await recentLaunches(ctx.store.db, ctx.hostId, query.limit);
    const launches = await Promise.all(all.map(async (launch) => ({ ...launchDocument(launch), release: releaseName(await getRelease(ctx.store.db, launch.releaseId)) })));
    return { json: { version: 1, launches } };
  },
});

function launchDocument({ id, appName, state, startedAt, endsAt, endedAt, nextAt, hotUntil, ticksMade, why }: Launch & { readonly appName: string }): { readonly [key: string]: Json } {
  return { id, app: appName, state, startedAt: iso(startedAt), endsAt: iso(endsAt), endedAt: iso(endedAt), nextTickAt: iso(nextAt), hotUntil: hotUntil === 0 ? null : iso(hotUntil), ticksMade, why };
}

export const plansRoute = route({
  method: 'get', path: '/api/plans', group: GROUP, role: 'viewer', summary: 'The newest plans, with what they would do and how policy decided',
  query: z.object({ limit: limit.default(20) }),
  answers: { 200: { about: 'The newest first', schema: z.object({ version: z.literal(1), plans: z.array(z.looseObject({ id: z.string(), incidentId: z.string(), repair: z.string(), target: z.string(), state: z.string(), madeAt: time })) }) } },
  async serve({ query, ctx }) {
    const plans = (await recentPlans(ctx.store.db, ctx.hostId, query.limit)).map(({ plan, target }) => ({
      id: plan.id, incidentId: plan.incidentId, repair: plan.repair, target, risk: plan.risk, state: plan.state, verdict: plan.verdict, rule: plan.rule, why: plan.why, askedBy: plan.askedBy, hash: plan.hash,
      madeAt: iso(plan.madeAt), does: plan.prepared?.does.map(({ does }) => does) ?? null, bounds: plan.prepared?.bounds ?? null, wayBack: plan.prepared?.wayBack ?? null, notes: plan.prepared?.notes ?? [],
    }));
    return { json: { version: 1, plans } };
  },
});

export const questionsRoute = route({
  method: 'get', path: '/api/questions', group: GROUP, role: 'viewer', summary: 'The open questions; they are answered by the commands approve and deny',
  answers: { 200: { about: 'The oldest first', schema: z.object({ version: z.literal(1), questions: z.array(z.looseObject({ id: z.string(), app: z.string(), planId: z.string(), need: z.number(), askedAt: time, expiresAt: time })) }) } },
  async serve({ ctx }) {
    const questions = (await openQuestions(ctx.store.db, ctx.hostId)).map((one) => ({ id: one.id, app: one.appName, planId: one.planId, hash: one.hash, need: one.need, role: one.role, note: one.note, askedAt: iso(one.askedAt), expiresAt: iso(one.expiresAt) }));
    return { json: { version: 1, questions } };
  },
});

export const auditRoute = route({
  method: 'get', path: '/api/audit', group: GROUP, role: 'viewer', summary: 'The newest entries of the audit trail, the oldest of them first',
  query: z.object({ limit: limit.default(50) }),
  answers: { 200: { about: 'Each is hashed over the one before', schema: z.object({ version: z.literal(1), entries: z.array(z.looseObject({ seq: z.number(), at: time, who: z.string(), what: z.string(), why: z.string(), prev: z.string(), hash: z.string() })) }) } },
  async serve({ query, ctx }) {
    const entries = (await readAudit(ctx.store.db, ctx.hostId, query.limit)).map(({ seq, at, who, what, why, prev, hash }) => ({ seq, at: iso(at), who, what, why, prev, hash }));
    return { json: { version: 1, entries } };
  },
});

export const healingRoute = route({
  method: 'get', path: '/api/statistics', group: GROUP, role: 'viewer', summary: 'What was found and mended in 24 h, 7 d and 30 d: shares that helped at first and after that, times to detect and to repair',
  answers: { 200: { about: 'Computed from what is remembered', schema: z.object({ version: z.literal(1), windows: z.record(z.string(), z.looseObject({ detected: z.number(), repaired: z.number() })) }) } },
  async serve({ ctx, shared }) {
    const all = await shared('healing', () => healingNow(ctx));
    return { json: { version: 1, windows: Object.fromEntries(all.map(({ over, figures }) => [over, healingDocument(figures)])) } };
  },
});
