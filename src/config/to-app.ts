import type { AppConfig, EndpointConfig, HttpAsk, ReleaseConfig } from './config.js';
import { addressOf, endpointName } from './endpoint-name.js';
import type { Path } from './mistake.js';
import type { AppFile } from './schema.js';

/** Cadence of the light checks of an app whose liveness is turned off. */
const DEFAULT_EVERY_MS = 30_000;
const LIVENESS_TIMEOUT_MS = 2_000;

type EndpointFile = AppFile['endpoints'][number];
type LivenessFile = Exclude<AppFile['liveness'], false>;

/** What an app is not told by its own part of the file. */
export interface AppSurroundings {
  readonly absolute: (path: string) => string;
  /** The text at a place of the file as it may be shown, with names instead of what comes from the environment. */
  readonly shown: (path: Path) => string | undefined;
}

/** One app as written → as used. */
export function toApp(name: string, app: AppFile, { absolute, shown }: AppSurroundings): AppConfig {
  const url = app.url ?? null;
  const endpoints = app.endpoints.map((endpoint, index) => {
    const at = ['apps', name, 'endpoints', index];
    return toEndpoint({ ...endpoint, shown: shown([...at, 'path']) ?? shown(at), bodyShown: shown([...at, 'body']) }, url);
  });
  return {
    name,
    processes: app.pm2 ?? [name],
    url,
    endpoints,
    liveness: app.liveness === false ? null : toLiveness(app.liveness, endpoints, url),
    everyMs: app.liveness === false ? DEFAULT_EVERY_MS : app.liveness.every,
    release: app.release ? toRelease(app.release, absolute) : null,
    uses: [...new Set(app.uses)],
    limiters: app.limiters,
    limits: toLimits(app.limits),
    runbook: app.runbook,
  };
}

/** What endpoints and dependencies are asked, as the http probe takes it. */
export function toAsk(ask: Omit<EndpointFile, 'path' | 'name' | 'critical'> & { readonly bodyShown: string | undefined }, url: string): HttpAsk {
  const { body = null, bodyShown } = ask;
  const masked = bodyShown === undefined || bodyShown === body ? {} : { bodyShown };
  return { url, method: ask.method, status: ask.status, body, ...masked, timeoutMs: ask.timeout, samples: ask.samples, headers: ask.headers };
}

function toEndpoint(endpoint: EndpointFile & { readonly shown: string | undefined; readonly bodyShown: string | undefined }, appUrl: string | null): EndpointConfig {
  return { name: endpointName(endpoint, appUrl), critical: endpoint.critical, ...toAsk(endpoint, addressOf(endpoint.path, appUrl)) };
}

/**
 * Once, and quickly. A path that is also an endpoint is asked as that endpoint says; without a path it is the first
 * endpoint that is no POST, because asking every half minute must not change anything.
 */
function toLiveness(light: LivenessFile, endpoints: readonly EndpointConfig[], appUrl: string | null): HttpAsk | null {
  const url = light.path === undefined ? null : addressOf(light.path, appUrl);
  const found = endpoints.find((endpoint) => (url === null ? endpoint.method !== 'POST' : endpoint.url === url));
  const timeoutMs = light.timeout ?? Math.min(LIVENESS_TIMEOUT_MS, light.every);
  if (found) {
    const { name: _name, critical: _critical, ...ask } = found;
    return { ...ask, timeoutMs, samples: 1 };
  }
  return url === null ? null : { url, method: 'GET', status: ['2xx'], body: null, timeoutMs, samples: 1, headers: {} };
}

function toRelease(release: NonNullable<AppFile['release']>, absolute: (path: string) => string): ReleaseConfig {
  return {
    mode: release.mode,
    dir: absolute(release.dir),
    repo: release.repo === undefined ? null : absolute(release.repo),
    configFiles: release.config_files,
    rehearseEveryMs: release.rehearse ?? null,
    tag: release.tag,
    smoke: release.smoke ? { command: release.smoke.command, env: release.smoke.env, path: release.smoke.path, timeoutMs: release.smoke.timeout } : null,
  };
}

function toLimits(limits: AppFile['limits']): AppConfig['limits'] {
  const { restarts } = limits;
  return {
    latencyMs: limits.latency ?? null,
    latencyRatio: limits.latency_ratio ?? null,
    memoryBytes: limits.memory ?? null,
    restarts: restarts ? { count: restarts.count, withinMs: restarts.within } : null,
  };
}
