import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { commandRoutes } from '../../../bot/http/routes/commands.js';
import type { HoldId, IncidentId, LaunchId, PlanId } from '../../../src/domain/ids.js';
import type { Json } from '../../../src/domain/json.js';
import { beginHold } from '../../../src/store/holds.js';
import type { Request } from '../../../src/store/requests.js';
import { sha256 } from '../../../src/io/hash.js';
import { asked, broken, launched, monitorAnswers, release, watchShop } from '../../src/commands/stage.js';
import { watchJob } from './job.js';
import { apiOfEachTest, type Name } from './stage.js';

interface Example {
  readonly who?: Name | null;
  readonly path?: string;
  readonly body?: unknown;
  readonly status?: number;
}

const PING = `hc_${'p'.repeat(43)}`;
let incident = '' as IncidentId;
let planId = '' as PlanId;
let launchId = '' as LaunchId;
let holdId = '' as HoldId;

/** A stage on which everything that can be asked has an answer. */
const api = apiOfEachTest({}, async ({ stage }) => {
  await watchShop(stage, 'bad');
  await release(stage, '9d1e003', true);
  launchId = (await launched(stage)).id;
  const opened = await broken(stage);
  incident = opened.id;
  planId = (await asked(stage, opened)).plan.id;
  holdId = (await stage.store.write((tx) => beginHold(tx, stage.hostId, { kind: 'freeze', scope: '*', author: 'Ann', reason: 'r', until: null, key: null }, stage.now)))?.id as HoldId;
  await stage.store.write((tx) => watchJob(tx, stage.hostId, sha256(PING), [{ kind: 'alerts', name: 'alerts', config: { app: null } }]));
  monitorAnswers(stage, (request) => ({ ok: true, data: answer(request) }));
});

/** What a monitor answers. */
function answer({ verb }: Request): Json {
  if (verb === 'freeze' || verb === 'silence') return { holdId };
  if (verb === 'unfreeze') return { ended: 1 };
  if (verb === 'look') return { looked: 'shop' };
  if (verb === 'launch') return { launchId };
  if (verb === 'restore-point') return { release: '4f2a91c', noWayBack: null };
  if (verb === 'ack') return { incidentId: incident, by: 'Otto', again: false };
  return { incidentId: incident, planId };
}

const why = { reason: 'because' };

/** One request for every route there is, as the seeds and the README have them. */
const EXAMPLES: Readonly<Record<string, Example>> = {
  // Commands that need no more than an app.
  ...Object.fromEntries(commandRoutes.map(({ path }) => [`post ${path}`, { who: 'Ann', body: { app: 'shop' } }])),
  'get /': { who: null }, 'get /openapi.json': { who: null }, 'get /health': { who: null }, 'get /metrics': { who: null }, 'get /metrics/prometheus': { who: null },
  'get /api/board': { path: '/api/board?zone=Europe/Berlin' }, 'post /api/press': { who: 'Otto', body: { token: 'd::incident' } },
  'get /api/status': {}, 'get /api/apps': {}, 'get /api/apps/{app}': { path: '/api/apps/shop' }, 'get /api/apps/{app}/score': { path: '/api/apps/shop/score' }, 'get /api/apps/{app}/series': { path: '/api/apps/shop/series?check=liveness&hours=6' }, 'get /api/apps/{app}/releases': { path: '/api/apps/shop/releases' },
  'post /hooks/deploy/{app}': { who: 'Otto', path: '/hooks/deploy/shop' },
  ...Object.fromEntries(['get', 'post'].flatMap((method) => [[`${method} /ping/{id}`, { who: null, path: `/ping/${PING}` }], [`${method} /ping/{id}/{what}`, { who: null, path: `/ping/${PING}/start` }]] as const)),
  'post /hooks/alertmanager': { who: 'Otto', body: { version: '4', status: 'firing', alerts: [{ status: 'firing', fingerprint: 'c0ffee', labels: { alertname: 'HighErrors', app: 'shop' }, annotations: {} }] } },
  'get /api/score': {}, 'get /api/statistics': {}, 'get /api/incidents': {}, 'get /api/incidents/{id}': { path: '/api/incidents/:incident' }, 'get /api/why/{of}': { path: '/api/why/shop' },
  'get /api/launches': { path: '/api/launches?limit=3' }, 'get /api/plans': {}, 'get /api/questions': {}, 'get /api/holds': {}, 'get /api/learned': {}, 'get /api/audit': {},
  'post /api/monitoring/register': { who: 'Otto', body: { deploymentId: 'deploy-123', blueprintId: 'shop', environment: 'prod', monitoringConfig: { driftDetection: true, healthChecks: true, costMonitoring: true, complianceMonitoring: true } } },
  'get /api/monitoring/deployments/{deploymentId}': { path: '/api/monitoring/deployments/shop' }, 'get /api/monitoring/drift/{deploymentId}': { path: '/api/monitoring/drift/shop' },
  'post /api/monitoring/remediate/{deploymentId}': { who: 'Otto', path: '/api/monitoring/remediate/shop', body: { action: 'restart', approve: true }, status: 202 },
  'get /api/self-healing/health-score': {}, 'get /api/self-healing/issues': { path: '/api/self-healing/issues?limit=10' }, 'get /api/self-healing/remediations': { path: '/api/self-healing/remediations?limit=10' }, 'get /api/self-healing/statistics': {},
  'post /api/self-healing/toggle-auto-remediation': { who: 'Ann', body: { enabled: true } }, 'post /api/self-healing/manual-remediate/{issueId}': { who: 'Otto', path: '/api/self-healing/manual-remediate/:incident', status: 202 },
  'post /api/commands/status': { body: {} }, 'post /api/commands/score': { body: { app: 'shop' } }, 'post /api/commands/incidents': {}, 'post /api/commands/why': { body: { of: 'shop' } },
  'post /api/commands/approve': { who: 'Ann', body: { question: 'shop' } }, 'post /api/commands/deny': { who: 'Ann', body: { question: 'shop' } },
  'post /api/commands/repair': { who: 'Otto', body: { repair: 'pm2.reload', target: 'shop', with: 'prefix=cache:', dryRun: true } }, 'post /api/commands/rollback': { who: 'Otto', body: { app: 'shop', ...why } },
  'post /api/commands/launch': { who: 'Otto', body: { app: 'shop' } }, 'post /api/commands/restore-point': { who: 'Ann', body: { app: 'shop', ...why } },
  'post /api/commands/freeze': { who: 'Otto', body: { ...why, for: '2h' } }, 'post /api/commands/unfreeze': { who: 'Ann', body: {} }, 'post /api/commands/silence': { who: 'Otto', body: { target: 'shop', ...why } },
  'post /api/commands/report': { body: { of: 'shop' } }, 'post /api/commands/history': { body: { app: 'shop' } }, 'post /api/commands/baseline': { body: { app: 'shop' } }, 'post /api/commands/ack': { who: 'Otto', body: { incident: ':incident' } }, 'post /api/commands/deploy': { who: 'Otto', body: { app: 'shop', ref: 'main', plan: true } },
  'post /api/commands/dashboard': { body: {} }, 'post /api/commands/holds': { body: {} }, 'post /api/commands/repairs': { body: {} }, 'post /api/commands/learned': { body: {} }, 'post /api/commands/policy': { body: { what: 'show' } },
};

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, object>> }>> }>>>>;
}

const documentOf = async (): Promise<Document> => (await api.ask('GET', '/openapi.json', { who: null })).json as Document;
const operations = ({ paths }: Document): readonly string[] => Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));

describe('the OpenAPI document', () => {
  it('is a valid one of version 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate((await documentOf()) as never)).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('has every route of this table, and no other', async () => {
    // Events never end: test/bot/http/events.test.ts listens to them.
    expect([...operations(await documentOf())].sort()).toEqual(['get /api/events', ...Object.keys(EXAMPLES)].sort());
  });

  it.each(Object.entries(EXAMPLES))('tells how %s is answered', async (operation, { who = 'Vera', path, body, status = 200 }) => {
    const [method = '', route = ''] = operation.split(' ');
    const document = await documentOf();
    const answered = await api.ask(method.toUpperCase(), (path ?? route).replace(':incident', incident), { who, ...(body === undefined ? {} : { body: JSON.parse(JSON.stringify(body).replace(':incident', incident)) as unknown }) });
    expect([answered.status, answered.status === status ? '' : answered.text]).toEqual([status, '']);
    const told = document.paths[route]?.[method]?.responses[String(status)]?.content ?? {};
    const type = answered.headers.get('content-type')?.split(';')[0] ?? '';
    expect(Object.keys(told)).toContain(type);
    if (type !== 'application/json') return;
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    ajv.addSchema({ $id: 'doc', ...document });
    const pointer = ['paths', route, method, 'responses', String(status), 'content', type, 'schema'].map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const valid = ajv.compile({ $ref: `doc#/${pointer}` });
    valid(answered.json);
    expect(valid.errors ?? []).toEqual([]);
  });

  it('tells the errors as they are', async () => {
    const document = await documentOf();
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema({ $id: 'doc', ...document });
    const valid = ajv.compile({ $ref: 'doc#/components/schemas/Error' });
    for (const [method, path, who] of [['GET', '/api/status', null], ['GET', '/api/apps/nobody', 'Vera'], ['GET', '/nowhere', 'Vera'], ['POST', '/api/commands/freeze', 'Vera'], ['GET', '/api/launches?limit=many', 'Vera']] as const) {
      const { json, status } = await api.ask(method, path, { who });
      expect([path, status >= 400, valid(json)]).toEqual([path, true, true]);
    }
  });
});
