import { z } from '@hono/zod-openapi';
import { iso } from '../../../src/commands/iso.js';
import { runArgs } from '../../../src/commands/run-words.js';
import type { Context } from '../../../src/commands/command.js';
import type { AppStatus } from '../../../src/domain/app-status.js';
import type { Verdict } from '../../../src/domain/check.js';
import { HypercareError } from '../../../src/domain/errors.js';
import { releaseName } from '../../../src/domain/release.js';
import type { Resource } from '../../../src/domain/resource.js';
import { checkLabel } from '../../../src/domain/series.js';
import { appStatuses } from '../../../src/store/app-status.js';
import { registerDeployment } from '../../../src/store/deployments.js';
import { openLaunchOf } from '../../../src/store/launches.js';
import { appOf, appToRegister } from '../deployment.js';
import { route } from '../route.js';
import { maybeTime, named } from '../shapes.js';

const GROUP = 'monitoring';
/** What this version has no probe for is said so, and has no numbers. */
const NOT_WATCHED = 'not watched';
const WORD: Readonly<Record<Verdict, string>> = { good: 'healthy', bad: 'unhealthy', unknown: 'unknown', error: 'error' };
const word = z.enum(['healthy', 'unhealthy', 'unknown', 'error']);
const params = z.object({ deploymentId: named });

async function statusOf(ctx: Context, { id }: Resource): Promise<AppStatus> {
  const all = await appStatuses(ctx.store.db, ctx.hostId, { tiers: ctx.tiers, settleMs: ctx.settleMs, now: ctx.now() });
  return all.find(({ app }) => app.id === id) as AppStatus;
}

export const registerRoute = route({
  method: 'post', path: '/api/monitoring/register', group: GROUP, role: 'operator',
  summary: 'Tell that a deployment of a watched app went live: it is known by that id from then on, and what runs is looked at anew',
  body: { required: true, schema: z.object({
    deploymentId: named, blueprintId: named.optional(), environment: z.string().max(200).optional(),
    monitoringConfig: z.object({ driftDetection: z.boolean().optional(), healthChecks: z.boolean().optional(), costMonitoring: z.boolean().optional(), complianceMonitoring: z.boolean().optional() }).optional(),
  }) },
  answers: { 200: { about: 'It is watched', schema: z.looseObject({
    deploymentId: z.string(), status: z.literal('registered'), app: z.string(), release: z.union([z.string(), z.null()]), watchedUntil: maybeTime,
    monitoring: z.object({ healthChecks: z.boolean(), driftDetection: z.boolean(), costMonitoring: z.boolean(), complianceMonitoring: z.boolean() }).describe('What this version really watches, whatever was asked for'),
  }) }, 404: { about: 'No watched app has this name' }, 503: { about: 'No monitor runs' } },
  async serve({ body, ctx }) {
    const app = await appToRegister(ctx, body);
    await ctx.store.write((tx) => registerDeployment(tx, ctx.hostId, { id: body.deploymentId, appId: app.id, body, at: ctx.now() }));
    if ((await openLaunchOf(ctx.store.db, app.id)) === null) await runArgs('launch', { app: app.name, reason: `deployment ${body.deploymentId} was registered` }, ctx);
    else await ctx.ask({ verb: 'look', resourceId: app.id, args: { app: app.name } });
    const { release, launch } = await statusOf(ctx, app);
    return { json: {
      deploymentId: body.deploymentId, status: 'registered', app: app.name, release: release && releaseName(release), watchedUntil: iso(launch?.endsAt ?? null),
      monitoring: { healthChecks: true, driftDetection: false, costMonitoring: false, complianceMonitoring: false },
    } };
  },
});

const lacking = z.literal(NOT_WATCHED);

export const deploymentRoute = route({
  method: 'get', path: '/api/monitoring/deployments/{deploymentId}', group: GROUP, role: 'viewer',
  summary: 'How a deployment is: by its registered id, its app, its launch or its release',
  params,
  answers: { 200: { about: 'As it stands; what is not watched has no numbers', schema: z.looseObject({
    deploymentId: z.string(), status: word, lastChecked: maybeTime,
    drift: z.object({ detected: z.null(), lastCheck: z.null(), status: lacking }),
    health: z.object({ status: word, checks: z.array(z.looseObject({ name: z.string(), status: word, responseTime: z.union([z.number(), z.null()]).describe('ms') })) }),
    cost: z.object({ current: z.null(), budget: z.null(), trend: lacking }),
    compliance: z.object({ score: z.null(), violations: z.array(z.string()), status: lacking }),
  }) }, 404: { about: 'No such deployment' } },
  async serve({ params: { deploymentId }, ctx }) {
    const { app, verdict, why, checks, release, launch } = await statusOf(ctx, await appOf(ctx, deploymentId));
    const newest = Math.max(0, ...checks.map((one) => one.newest?.at ?? 0));
    return { json: {
      deploymentId, status: WORD[verdict], lastChecked: newest === 0 ? null : iso(newest),
      drift: { detected: null, lastCheck: null, status: NOT_WATCHED },
      health: { status: WORD[verdict], checks: checks.map(({ check, newest: last }) => ({ name: checkLabel(check.name), status: WORD[last?.verdict ?? 'unknown'], responseTime: last?.ms ?? null, note: last?.note ?? null })) },
      cost: { current: null, budget: null, trend: NOT_WATCHED },
      compliance: { score: null, violations: [], status: NOT_WATCHED },
      app: app.name, why, release: release && releaseName(release), launch: launch && { id: launch.id, state: launch.state, tier: launch.tier, endsAt: iso(launch.endsAt) },
    } };
  },
});

export const driftRoute = route({
  method: 'get', path: '/api/monitoring/drift/{deploymentId}', group: GROUP, role: 'viewer',
  summary: 'What differs from what should be; this version does not watch it, and says so',
  params,
  answers: { 200: { about: 'Nothing is known: it is not watched', schema: z.object({ deploymentId: z.string(), driftDetected: z.null(), driftItems: z.array(z.looseObject({})), autoRemediationEnabled: z.literal(false), status: lacking }) }, 404: { about: 'No such deployment' } },
  async serve({ params: { deploymentId }, ctx }) {
    await appOf(ctx, deploymentId);
    return { json: { deploymentId, driftDetected: null, driftItems: [], autoRemediationEnabled: false, status: NOT_WATCHED } };
  },
});

/** Words that others have for our repairs; any other action is a repair by its own name. */
const ACTIONS: Readonly<Record<string, string>> = { restart: 'pm2.restart', reload: 'pm2.reload', 'scale-up': 'pm2.scale-up', scale_up: 'pm2.scale-up' };
const LATER = /^(?:fix[-_]drift|optimi[sz]e[-_]cost|fix[-_]compliance|rightsize|stop[-_]idle)$/;

export const remediateRoute = route({
  method: 'post', path: '/api/monitoring/remediate/{deploymentId}', group: GROUP, role: 'operator',
  summary: 'Have something done: restart, reload, rollback, general (the runbook), or any repair by its name. Without approve it is only planned',
  params,
  body: { required: true, schema: z.object({ action: named, approve: z.boolean().default(false), reason: z.string().trim().min(1).max(500).optional() }) },
  answers: { 200: { about: 'What would be done; nothing was', schema: z.looseObject({ deploymentId: z.string(), action: z.string(), status: z.string() }) }, 202: { about: 'It was taken, and the policy decides', schema: z.looseObject({ deploymentId: z.string(), action: z.string(), status: z.string() }) }, 404: { about: 'No such deployment' }, 409: { about: 'It is not watched, or something is being done already' }, 503: { about: 'No monitor runs: nothing was done' } },
  async serve({ params: { deploymentId }, body: { action, approve, reason }, ctx }) {
    const app = await appOf(ctx, deploymentId);
    if (LATER.test(action)) throw new HypercareError('not_watched', 'invalid', `“${action}” cannot be done: what it is about is not watched by this version`, 'GET /api/monitoring/deployments/{deploymentId} shows what is.');
    const why = reason ?? `asked for over the API for deployment ${deploymentId.slice(0, 100)}`;
    const { data } = await (action === 'rollback' || action === 'release.rollback'
      ? runArgs('rollback', { app: app.name, reason: why, plan: !approve }, ctx)
      : runArgs('repair', { repair: ACTIONS[action] ?? action, target: app.name, dryRun: !approve }, ctx));
    return { status: approve && !('refused' in data) ? 202 : 200, json: { deploymentId, action, status: 'refused' in data ? 'refused' : approve ? 'in_progress' : 'planned', ...data } };
  },
});
