import { z } from '@hono/zod-openapi';
import { findIncident } from '../../../src/commands/find-incident.js';
import { healingDocument, healingNow } from '../../../src/commands/healing.js';
import { iso } from '../../../src/commands/iso.js';
import { runArgs } from '../../../src/commands/run-words.js';
import { scoreDocument, scoreNow } from '../../../src/commands/score.js';
import { HypercareError } from '../../../src/domain/errors.js';
import type { PlanId } from '../../../src/domain/ids.js';
import type { Incident } from '../../../src/domain/incident.js';
import type { PlanState } from '../../../src/domain/plan.js';
import { findingsOf } from '../../../src/store/findings.js';
import { activeHolds } from '../../../src/store/holds.js';
import { recentIncidents } from '../../../src/store/incidents.js';
import { getPlan } from '../../../src/store/plans.js';
import { recentRuns, type RecentRun } from '../../../src/store/recent-runs.js';
import { getResource } from '../../../src/store/resources.js';
import { route, type Asked } from '../route.js';
import { limit, maybeTime, named, time } from '../shapes.js';

const GROUP = 'self-healing';
const points = z.union([z.number().int(), z.null()]).describe('0 to 100; null where nothing of it is watched or known');

export const healthScoreRoute = route({
  method: 'get', path: '/api/self-healing/health-score', group: GROUP, role: 'viewer',
  summary: 'How healthy it is, as a whole and by its parts, with what takes the most points',
  answers: { 200: { about: 'The score as it stands', schema: z.looseObject({
    overall_score: points, compute_score: points, network_score: points, storage_score: points, database_score: points, security_score: points, timestamp: time,
    issues_detected: z.number().int().describe('In the last 24 h'), auto_remediated: z.number().int().describe('Of those that ended in the last 24 h, after a repair that was proved'),
    confidence: z.enum(['high', 'medium', 'low', 'none']), doubts: z.array(z.string()),
    deductions: z.array(z.object({ part: z.string(), at: z.string(), points: z.number(), why: z.string() })).describe('The three largest'),
  }) } },
  async serve({ ctx, shared }) {
    const score = await shared('score', () => scoreNow(ctx, null));
    const [day] = await shared('healing', () => healingNow(ctx));
    const { compute, network, storage, database, security } = score.parts;
    return { json: {
      overall_score: score.score, compute_score: compute.score, network_score: network.score, storage_score: storage.score, database_score: database.score, security_score: security.score,
      timestamp: iso(ctx.now()), issues_detected: day?.figures.detected ?? 0, auto_remediated: day?.figures.repaired ?? 0,
      ...scoreDocument(score),
    } };
  },
});

/** Their words for how grave it is; an emergency is what they call critical. */
const severityWord = ({ severity, emergency }: Pick<Incident, 'severity' | 'emergency'>): string => (emergency ? 'critical' : { critical: 'high', warning: 'medium', info: 'low' }[severity]);

export const issuesRoute = route({
  method: 'get', path: '/api/self-healing/issues', group: GROUP, role: 'viewer',
  summary: 'The newest incidents, open and past',
  query: z.object({ limit: limit.default(10) }),
  answers: { 200: { about: 'The newest first', schema: z.array(z.looseObject({
    id: z.string(), type: z.string(), severity: z.enum(['critical', 'high', 'medium', 'low']), resource: z.string(), description: z.string(), detected_at: time,
    metrics: z.record(z.string(), z.union([z.number(), z.null()])),
  })) } },
  async serve({ query, ctx }) {
    // What people asked for by hand is no issue; it is passed over, so more are read than are wanted.
    const newest = (await recentIncidents(ctx.store.db, ctx.hostId, query.limit * 2 + 50)).filter(({ kind }) => kind !== 'manual').slice(0, query.limit);
    return { json: await Promise.all(newest.map((incident) => issue(ctx, incident))) };
  },
});

async function issue(ctx: Asked<unknown, unknown, unknown>['ctx'], incident: Incident) {
  const findings = await findingsOf(ctx.store.db, incident.id);
  return {
    id: incident.id, type: incident.kind.replaceAll('-', '_'), severity: severityWord(incident), resource: (await getResource(ctx.store.db, incident.resourceId)).name,
    description: incident.title, detected_at: iso(incident.openedAt),
    metrics: { findings: findings.length, failed_repairs: incident.failed, lasted_seconds: Math.round(((incident.closedAt ?? ctx.now()) - incident.openedAt) / 1_000) },
    state: incident.state, resolved_at: iso(incident.closedAt), reason: incident.reason, evidence: findings.flatMap(({ evidence }) => evidence).slice(0, 10),
  };
}

const RUN_WORD: Readonly<Record<RecentRun['state'], string>> = { running: 'in_progress', undoing: 'in_progress', settling: 'in_progress', verified: 'success', failed: 'failed', unclear: 'unclear' };

export const remediationsRoute = route({
  method: 'get', path: '/api/self-healing/remediations', group: GROUP, role: 'viewer',
  summary: 'The newest runs of repairs, under way and past',
  query: z.object({ limit: limit.default(10) }),
  answers: { 200: { about: 'The newest first', schema: z.array(z.looseObject({
    id: z.string(), issue_id: z.string(), action_type: z.string(), description: z.string(), status: z.enum(['in_progress', 'success', 'failed', 'unclear']),
    started_at: time, completed_at: maybeTime, success: z.union([z.boolean(), z.null()]).describe('null while nobody can say'), error_message: z.union([z.string(), z.null()]), rollback_performed: z.boolean(),
  })) } },
  async serve({ query, ctx }) {
    return { json: (await recentRuns(ctx.store.db, ctx.hostId, query.limit)).map(remediation) };
  },
});

function remediation(run: RecentRun) {
  return {
    id: run.id, issue_id: run.incidentId, action_type: run.repair.replaceAll(/[.-]/g, '_'), description: run.outcome ?? `${run.repair} on ${run.at}`, status: RUN_WORD[run.state],
    started_at: iso(run.startedAt), completed_at: iso(run.endedAt), success: run.state === 'verified' ? true : run.state === 'failed' ? false : null, error_message: run.error,
    rollback_performed: run.undone || (run.repair === 'release.rollback' && run.state === 'verified'), repair: run.repair, resource: run.at, by_hand: run.byHand,
  };
}

const percent = (n: number, of: number): number | null => (of === 0 ? null : Math.round((n / of) * 10_000) / 100);
const seconds = (ms: number | null): string | null => (ms === null ? null : `${Math.round(ms / 100) / 10} seconds`);

export const statisticsRoute = route({
  method: 'get', path: '/api/self-healing/statistics', group: GROUP, role: 'viewer',
  summary: 'What was found and mended, in the last 30 days, and besides in 24 h and 7 days',
  answers: { 200: { about: 'Computed from what is remembered', schema: z.looseObject({
    total_issues_detected: z.number().int(), total_remediations: z.number().int(), successful_remediations: z.number().int(), failed_remediations: z.number().int(),
    success_rate: z.union([z.number(), z.null()]).describe('Per cent; null where nothing ran'), average_remediation_time: z.union([z.string(), z.null()]),
    uptime_improvement: z.null().describe('Not watched'), mttr_reduction: z.union([z.string(), z.null()]).describe('Against the 30 days before; null where one of the two had no repair'),
    windows: z.record(z.string(), z.looseObject({})),
  }) } },
  async serve({ ctx, shared }) {
    const all = await shared('healing', () => healingNow(ctx));
    const month = all.find(({ over }) => over === '30d');
    if (!month) throw new Error('there is no window of 30 days');
    const { detected, runs, run } = month.figures;
    const [mttr, before] = [month.figures.toRepair.meanMs, month.before.toRepair.meanMs];
    return { json: {
      total_issues_detected: detected, total_remediations: runs.total, successful_remediations: runs.verified, failed_remediations: runs.failed, unclear_remediations: runs.unclear,
      success_rate: percent(runs.verified, runs.total), average_remediation_time: seconds(run.meanMs),
      uptime_improvement: null, mttr_reduction: mttr === null || !before ? null : signed(percent(mttr - before, before) ?? 0),
      over: '30d', windows: Object.fromEntries(all.map(({ over, figures }) => [over, healingDocument(figures)])),
    } };
  },
});

function signed(share: number): string {
  return `${share > 0 ? '+' : ''}${share}%`;
}

export const toggleRoute = route({
  method: 'post', path: '/api/self-healing/toggle-auto-remediation', group: GROUP, role: 'operator',
  summary: 'Freeze every repair, or lift the freeze; what may be done after that, the policy says',
  body: { schema: z.strictObject({ enabled: z.boolean() }), required: true },
  answers: { 200: { about: 'How it stands now', schema: z.object({ auto_remediation_enabled: z.boolean(), message: z.string() }) }, 503: { about: 'No monitor runs: nothing was changed' } },
  async serve({ body, ctx }) {
    const frozen = (await activeHolds(ctx.store.db, ctx.hostId, ctx.now())).some(({ kind, scope }) => kind === 'freeze' && scope === '*');
    if (!body.enabled && !frozen) await runArgs('freeze', { reason: 'auto-remediation was switched off over the API' }, ctx);
    if (body.enabled && frozen) await runArgs('unfreeze', {}, ctx);
    return { json: await howItStands(ctx) };
  },
});

async function howItStands(ctx: Asked<unknown, unknown, unknown>['ctx']) {
  const holds = (await activeHolds(ctx.store.db, ctx.hostId, ctx.now())).filter(({ kind, scope }) => kind !== 'silence' && scope === '*');
  const acts = !ctx.policy.dryRun && (ctx.policy.default === 'act-and-tell' || ctx.policy.rules.some(({ rung }) => rung === 'act-and-tell'));
  const [hold] = holds;
  if (hold) return { auto_remediation_enabled: false, message: `Auto-remediation disabled: ${hold.kind}, by ${hold.author} (${hold.reason})` };
  return acts ? { auto_remediation_enabled: true, message: 'Auto-remediation enabled' } : { auto_remediation_enabled: false, message: 'Nothing is frozen, but the policy in hypercare.yaml lets nothing be done without asking' };
}

const PLAN_WORD: Readonly<Partial<Record<PlanState, string>>> = { asked: 'awaiting_approval', denied: 'denied', refused: 'refused', expired: 'expired', cancelled: 'cancelled', superseded: 'superseded' };

export const manualRoute = route({
  method: 'post', path: '/api/self-healing/manual-remediate/{issueId}', group: GROUP, role: 'operator',
  summary: 'Begin the runbook of the app that an incident is about; every brake holds',
  params: z.object({ issueId: named }),
  answers: { 202: { about: 'It was taken, and decided by the policy', schema: z.looseObject({ id: z.string(), issue_id: z.string(), action_type: z.string(), status: z.string(), started_at: time }) }, 404: { about: 'There is no such incident' }, 409: { about: 'Something is being done to it already' }, 503: { about: 'No monitor runs: nothing was done' } },
  async serve({ params, ctx }) {
    const incident = await findIncident(ctx, params.issueId);
    const target = (await getResource(ctx.store.db, incident.resourceId)).name;
    const { data } = await runArgs('repair', { repair: 'general', target }, ctx);
    const planId = data['planId'] as PlanId | null;
    if (planId === null) throw new HypercareError('plan.none', 'permanent', `nothing was planned for ${target}`, 'GET /api/incidents tells why.');
    const plan = await getPlan(ctx.store.db, planId);
    return { status: 202, json: { id: plan.id, issue_id: plan.incidentId, action_type: plan.repair.replaceAll(/[.-]/g, '_'), status: PLAN_WORD[plan.state] ?? 'in_progress', started_at: iso(plan.madeAt) } };
  },
});
