import { randomUUID } from 'node:crypto';
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { createContext } from '../../src/commands/context.js';
import { dashboardAddress } from '../../src/domain/dashboard-address.js';
import { errorText, HypercareError } from '../../src/domain/errors.js';
import { mayActAs } from '../../src/domain/person.js';
import { sha256 } from '../../src/io/hash.js';
import type { ApiParts } from './api-parts.js';
import type { Call, Env } from './call.js';
import { isOurName, isOurOrigin, type Caller } from './caller.js';
import { eventBody } from './event-body.js';
import { identified, openGate, TooFast } from './gate.js';
import { browserRules, PAGES_UNDER } from './headers.js';
import { refusalOf } from './refusal.js';
import { createShared, type Shared } from './shared.js';
import { pages } from './pages/index.js';
import type { Answer, Asked, Route } from './route.js';
import { demandOurPage, PAGE_HEADER } from './session.js';

/** A batch of alerts is the largest thing that anybody sends. */
const MOST_BODY_BYTES = 256 * 1_024;
const MOST_KEY_CHARS = 200;
const MOST_LISTENERS = 32;
/** Scores and figures are made so often at most, however many ask. */
const SHARED_MS = 1_000;

/** The shape of every error. */
export const errorSchema = z.object({
  version: z.literal(1),
  error: z.object({ code: z.string(), message: z.string(), mend: z.string().nullable().describe('What to do now') }),
}).openapi('Error');

/** Every route behind one set of brakes, in this order: name and origin, token, rate, size, role, and what the body says. */
export function createApp(parts: ApiParts, routes: readonly Route[], stopping: AbortSignal): OpenAPIHono<Env> {
  const app = new OpenAPIHono<Env>({ defaultHook: (result) => {
    if (!result.success) throw badInput(result.target, result.error);
  } });
  app.use(browserRules());
  const shared = createShared(SHARED_MS, () => parts.clock.monotonic());
  const gate = openGate(parts, shared);
  app.use(async (call, next) => {
    demandOurs(call, parts);
    call.set('caller', await identified(call, gate));
    await next();
    if (!call.res.headers.has('cache-control')) call.res.headers.set('cache-control', 'no-store');
  });
  app.use(bodyLimit({ maxSize: MOST_BODY_BYTES, onError: () => {
    throw new HypercareError('body.too_large', 'invalid', `the body is larger than ${MOST_BODY_BYTES / 1_024} kB`, 'Send less at once.');
  } }));
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer', description: 'Made by “hypercare token”; its hash stands under “people” in hypercare.yaml' });
  let drawn: object | null = null;
  const document = (): object => (drawn ??= app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'hypercare', version: parts.release, description: 'Watches apps after they went live, and mends them.', license: { name: 'AGPL-3.0-or-later', url: 'https://www.gnu.org/licenses/agpl-3.0.html' } }, servers: [{ url: '/' }] }));
  const around: Around = { parts, listeners: createListeners(), shared, stopping, document };
  for (const route of routes) {
    const admit = async (call: Call, next: () => Promise<void>): Promise<void> => {
      const caller = call.get('caller');
      demandRole(route, caller, parts);
      if (caller?.via === 'web' && route.method !== 'get') demandOurPage(call, caller, call.req.header(PAGE_HEADER));
      await next();
    };
    app.openapi({ ...documented(route), middleware: admit }, async (call) => reply(await serve(call, route, around), around) as never);
  }
  app.route(PAGES_UNDER, pages({ parts, shared: around.shared, speak: (caller) => speaker(parts, caller, undefined) }));
  app.notFound((call) => refuse(call, new HypercareError('route.unknown', 'invalid', `there is no ${call.req.method} ${call.req.path.slice(0, 100)}`, 'GET / lists what there is.'), parts));
  app.onError((thrown, call) => refuse(call, thrown, parts));
  return app;
}

function demandOurs(call: Call, { at }: ApiParts): void {
  const host = call.req.header('host');
  if (!isOurName(host, at.hosts)) throw new HypercareError('host.unknown', 'denied', 'this is called by a name that is not its own', 'Call it by its address; names of a proxy belong under “api: hosts” in hypercare.yaml.');
  if (!isOurOrigin(call.req.header('origin'), host)) throw new HypercareError('origin.foreign', 'denied', 'pages of other origins may not ask here', null);
}

interface Around {
  readonly parts: ApiParts;
  readonly shared: Shared;
  readonly listeners: Listeners;
  readonly stopping: AbortSignal;
  document(): object;
}

async function serve(call: Call, route: Route, { parts, stopping, document, shared }: Around): Promise<Answer> {
  const caller = call.get('caller');
  const valid = (target: string): unknown => call.req.valid(target as never);
  const asked: Asked<unknown, unknown, unknown> = {
    params: route.params ? valid('param') : {}, query: route.query ? valid('query') : {}, body: route.body ? valid('json') : null,
    raw: () => rawBody(call),
    header: (name) => call.req.header(name),
    ctx: speaker(parts, caller, call.req.header('idempotency-key')),
    parts, document, shared, signal: AbortSignal.any([call.req.raw.signal, stopping]),
  };
  return route.serve(asked);
}

function demandRole({ role, method, path }: Route, caller: Caller | null, { at }: ApiParts): void {
  if (role === null || (role === 'nearby' && caller === null && isNearby(at))) return;
  const least = role === 'nearby' ? 'viewer' : role;
  if (caller === null) throw new HypercareError('token.missing', 'denied', 'this asks for a token', 'Send “authorization: Bearer <token>”; “hypercare token” makes one.');
  if (!mayActAs(caller.person, least)) throw new HypercareError('denied.role', 'denied', `${method.toUpperCase()} ${path} asks for the role ${least}, and ${caller.person.name} is ${caller.person.role}`, 'Roles stand under “people” in hypercare.yaml.');
}

/** Only this machine reaches it, and no proxy brings others. */
function isNearby({ listen, hosts }: ApiParts['at']): boolean {
  return hosts.length === 0 && (listen.startsWith('127.') || listen === '::1');
}

/** `idempotency-key`: equal for every try of one wish, which is then done once. */
function speaker(parts: ApiParts, caller: Caller | null, key: string | undefined) {
  const { store, hostId, clock, carrier, tiers, settleMs, policy, auditAnchor, freezeFile } = parts;
  return createContext({
    store, hostId, person: caller?.person ?? null, via: caller?.via ?? 'api', userId: caller?.userId ?? '', nonce: key === undefined ? randomUUID() : sha256(key.slice(0, MOST_KEY_CHARS)),
    timeZone: 'UTC', tiers, settleMs, policy, ...(auditAnchor === undefined ? {} : { auditAnchor }), ...(freezeFile === undefined ? {} : { freezeFile }),
    now: () => clock.now(), sleep: (ms) => clock.sleep(ms), poke: () => carrier.poke(),
    repairs: parts.repairs, dashboardAt: dashboardAddress(parts.at), privately: true,
  });
}

/** Who listens to events holds a connection for as long as he likes. */
interface Listeners {
  /** Returns how to leave; throws where too many are there. */
  join(): () => void;
}

function createListeners(): Listeners {
  const there = new Set<object>();
  return {
    join() {
      if (there.size >= MOST_LISTENERS) throw new HypercareError('listeners.too_many', 'transient', `${MOST_LISTENERS} listen already`, 'Try again once one of them has left.');
      const self = {};
      there.add(self);
      return () => void there.delete(self);
    },
  };
}

async function rawBody(call: Call): Promise<unknown> {
  const text = (await call.req.text()).trim();
  try {
    return text === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    throw httpFault({ status: 400 });
  }
}

function reply(answer: Answer, { listeners, stopping }: Around): Response {
  if ('events' in answer) return new Response(eventBody(answer.events, stopping, listeners.join()), { headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' } });
  if ('text' in answer) return new Response(answer.text, { status: answer.status ?? 200, headers: { 'content-type': answer.type } });
  return Response.json(answer.json, { status: answer.status ?? 200 });
}

function refuse(call: Call, thrown: unknown, { log }: ApiParts): Response {
  const known = thrown instanceof HTTPException ? httpFault(thrown) : thrown;
  const { status, body } = refusalOf(known);
  if (status === 401) call.header('www-authenticate', 'Bearer');
  if (known instanceof TooFast) call.header('retry-after', String(Math.ceil(known.waitMs / 1_000)));
  if (status === 500) log.error({ path: call.req.path.slice(0, 100), error: errorText(thrown) }, 'what was asked over HTTP could not be done');
  return call.json(body, status as 400);
}

/** What the framework itself refuses: a body of another type, or one that is no JSON. */
function httpFault({ status }: { readonly status: number }): HypercareError {
  if (status === 415) return new HypercareError('body.type', 'invalid', 'the body is no JSON', 'Send it as JSON with “content-type: application/json”.');
  return new HypercareError('body.malformed', 'invalid', 'the body is no JSON that can be read', 'Check its quotes, commas and braces.');
}

const MOST_MISTAKES = 3;

function badInput(target: string, { issues }: z.ZodError): HypercareError {
  const where = { param: 'path', query: 'query', json: 'body', header: 'header' }[target] ?? target;
  const said = issues.slice(0, MOST_MISTAKES).map(({ path, message }) => `${path.length === 0 ? '' : `“${path.join('.').slice(0, 40)}”: `}${message}`);
  return new HypercareError('input', 'invalid', `the ${where} is not as it should be: ${said.join('; ')}`, 'GET /openapi.json says what each route takes.');
}

function documented({ method, path, group, summary, role, params, query, body, answers }: Route) {
  const error = { content: { 'application/json': { schema: errorSchema } } };
  const shared = {
    ...(params || query || body ? { 400: { description: 'What was sent is not as it should be', ...error } } : {}),
    ...(role === null ? {} : { 401: { description: 'No token, or one that nobody here has', ...error }, 403: { description: 'The role does not allow it', ...error } }),
    429: { description: 'Too many requests', ...error },
  };
  const told = Object.fromEntries(Object.entries(answers).map(([status, { about, schema, types }]) => [status, {
    description: about,
    content: { ...(schema ? { 'application/json': { schema } } : {}), ...Object.fromEntries((types ?? []).map((type) => [type, { schema: z.string() }])) },
  }]));
  return createRoute({
    method, path, tags: [group], summary,
    request: { ...(params ? { params: params as z.ZodObject } : {}), ...(query ? { query: query as z.ZodObject } : {}), ...(body ? { body: { required: body.required, content: { 'application/json': { schema: body.schema } } } } : {}) },
    responses: { ...shared, ...told },
    ...(role === null ? {} : { security: role === 'nearby' ? [{}, { token: [] }] : [{ token: [] }] }),
  });
}
