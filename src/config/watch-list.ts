import { createHash } from 'node:crypto';
import { alertsOf } from '../domain/alert.js';
import type { Cadence } from '../domain/check.js';
import { canonicalJson, type Json } from '../domain/json.js';
import type { Resource } from '../domain/resource.js';
import type { AppConfig, Config, DependencyConfig, HttpAsk, InfrastructureConfig, JobConfig } from './config.js';
import { roleIn, shownServer } from './server-url.js';

/** What there is to watch, as plain JSON: the monitor makes the store equal to it at its start. */
export interface WatchList {
  readonly resources: readonly { readonly kind: Resource['kind']; readonly name: string; readonly config: Json }[];
  /** `from` needs `to` to work; names of resources, which are unique across kinds. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  readonly checks: readonly WatchedCheck[];
}

export interface WatchedCheck {
  /** Name of the resource. */
  readonly resource: string;
  /** Unique within the resource. */
  readonly name: string;
  readonly probe: 'http' | 'job' | 'limiter' | 'pm2' | 'pm2-daemon' | 'release' | InfrastructureConfig['kind'];
  /** In full, secrets and all: for this process's memory. */
  readonly options: Json;
  /** What the store keeps of them: of what is reached by an address, only by which name it is known here, and a short hash to tell when it moves. */
  readonly stored: Json;
  readonly cadence: Cadence;
  /** Milliseconds. For `tick`, the first tier's: what a hot launch is measured at. */
  readonly everyMs: number;
  readonly critical: boolean;
}

/** Files that count as configuration where no `release` says otherwise. */
const USUAL_CONFIG_FILES: readonly string[] = ['.env'];
const ADDRESS_CHARS = 8;
/** How often a job's pings are looked at; how often it has to ping is another matter. */
const LOOK_AT_JOBS_MS = 30_000;

/** The list of what is to be watched that follows from the Config. Pure. */
export function watchList(config: Config): WatchList {
  const tickMs = config.watch.tiers[0]?.everyMs ?? 0;
  return {
    resources: [...config.dependencies.map(dependencyResource), ...config.jobs.map(jobResource), ...config.infrastructure.map(infrastructureResource), ...config.apps.map(appResource), ...alertResources(config)],
    edges: config.apps.flatMap((app) => app.uses.map((to) => ({ from: app.name, to }))),
    checks: [...config.dependencies.map(dependencyCheck), ...config.jobs.map(jobCheck), ...config.infrastructure.flatMap((one) => infrastructureChecks(one, config)), ...config.apps.flatMap((app) => [...appChecks(app, tickMs), ...limiterChecks(app, config)])].map((check) => ({ ...check, stored: storedOf(check) })),
  };
}

/** What repairs and detectors are told of the app. Headers and paths stay out: they may hold secrets, and this is shown. */
function appResource(app: AppConfig): WatchList['resources'][number] {
  const { release } = app;
  return {
    kind: 'app',
    name: app.name,
    config: {
      url: app.url && new URL(app.url).origin,
      processes: app.processes,
      release: release && { mode: release.mode, dir: release.dir, repo: release.repo, configFiles: release.configFiles },
      limits: { ...app.limits, restarts: app.limits.restarts && { ...app.limits.restarts } },
      options: { limiters: app.limiters.map((one) => ({ ...one })) },
      runbook: storedRunbook(app.runbook),
    },
  };
}

/** The address is its origin alone: its path and query may hold a key. */
function dependencyResource(dependency: DependencyConfig): WatchList['resources'][number] {
  return { kind: 'dependency', name: dependency.name, config: { url: new URL(dependency.url).origin } };
}

/** Nothing is measured at them: the bot is told what fires. */
function alertResources({ api, apps }: Config): WatchList['resources'] {
  if (!api?.alertmanager) return [];
  return [...apps.map(({ name }) => name), null].map((app) => ({ kind: 'alerts', name: alertsOf(app), config: { app } }));
}

/** The bot finds the job by the hash of the token it is called with. */
function jobResource({ name, ping }: JobConfig): WatchList['resources'][number] {
  return { kind: 'job', name, config: { ping } };
}

/** The address without user and password, and what its detector and its repairs read; of a PostgreSQL the role too, for the GRANT that it lacks. */
function infrastructureResource({ kind, name, url, options, runbook }: InfrastructureConfig): WatchList['resources'][number] {
  const role = kind === 'postgres' && url !== null ? roleIn(url) : null;
  return { kind, name, config: { url: url && shownServer(url), options: role === null ? options : { ...options, role }, runbook: storedRunbook(runbook) } };
}

function storedRunbook(runbook: AppConfig['runbook']): Json {
  return Object.fromEntries(Object.entries(runbook).map(([kind, rungs]) => [kind, rungs.map(({ repair, args }) => ({ repair, args }))]));
}

type AskedCheck = Omit<WatchedCheck, 'stored'>;

function appChecks(app: AppConfig, tickMs: number): readonly AskedCheck[] {
  const light = { resource: app.name, cadence: 'every', everyMs: app.everyMs } as const;
  const ticks = app.endpoints.map((endpoint): AskedCheck => ({
    resource: app.name, name: `http:${endpoint.name}`, probe: 'http', options: httpOptions(endpoint), cadence: 'tick', everyMs: tickMs, critical: endpoint.critical,
  }));
  const alive: readonly AskedCheck[] = app.liveness ? [{ ...light, name: 'liveness', probe: 'http', options: httpOptions(app.liveness), critical: true }] : [];
  return [
    ...ticks,
    ...alive,
    { ...light, name: 'pm2', probe: 'pm2', options: { processes: app.processes }, critical: true },
    { ...light, name: 'release', probe: 'release', options: releaseOptions(app), critical: false },
  ];
}

/** Whom its rate limiters count in a Redis that it uses. An app without one has no such check: what stands in its memory nobody sees. */
function limiterChecks(app: AppConfig, { infrastructure }: Pick<Config, 'infrastructure'>): readonly AskedCheck[] {
  const servers = infrastructure.flatMap(({ kind, name, url }) => (kind === 'redis' && url !== null && app.uses.includes(name) ? [{ name, url }] : []));
  if (servers.length === 0) return [];
  const options = { processes: app.processes, limiters: app.limiters.map((one) => ({ ...one })), servers };
  return [{ resource: app.name, name: 'limiter', probe: 'limiter', options, cadence: 'every', everyMs: app.everyMs, critical: false }];
}

/** Without a `release` the running one is still told apart, by the directory its process works in. */
function releaseOptions({ release, processes }: AppConfig): Json {
  return {
    mode: release?.mode ?? 'in-place',
    dir: release?.dir ?? null,
    repo: release?.repo ?? null,
    processes,
    configFiles: release?.configFiles ?? USUAL_CONFIG_FILES,
  };
}

function dependencyCheck(dependency: DependencyConfig): AskedCheck {
  return { resource: dependency.name, name: 'up', probe: 'http', options: httpOptions(dependency), cadence: 'every', everyMs: dependency.everyMs, critical: true };
}

function jobCheck({ name, ping, everyMs, graceMs, longestMs, critical }: JobConfig): AskedCheck {
  return { resource: name, name: 'ping', probe: 'job', options: { ping, everyMs, graceMs, longestMs }, cadence: 'every', everyMs: LOOK_AT_JOBS_MS, critical };
}

/** One check, named and measured as the kind, of a PostgreSQL with the apps whose pools may use it up; on the host also whether PM2 lives. */
function infrastructureChecks({ kind, name, url, everyMs, options }: InfrastructureConfig, { apps }: Pick<Config, 'apps'>): readonly AskedCheck[] {
  const each = { resource: name, cadence: 'every', everyMs, critical: true } as const;
  const users: Readonly<Record<string, Json>> = kind === 'postgres' ? { users: apps.filter(({ uses }) => uses.includes(name)).map((app) => ({ name: app.name, processes: app.processes })) } : {};
  const own: AskedCheck = { ...each, name: kind, probe: kind, options: url === null ? options : { ...options, ...users, url } };
  return kind === 'host' ? [own, { ...each, name: 'pm2-daemon', probe: 'pm2-daemon', options: {} }] : [own];
}

function httpOptions({ url, method, status, body, bodyShown, timeoutMs, samples, headers }: HttpAsk): Json {
  return { url, method, status: [...status], body, ...(bodyShown === undefined ? {} : { bodyShown }), timeoutMs, samples, headers: { ...headers } };
}

/** Address, headers and text may come from the environment: whoever reads the store, or a copy of it, must not learn them. */
function storedOf({ resource, name, probe, options }: AskedCheck): Json {
  if (probe === 'job' || probe === 'pm2' || probe === 'pm2-daemon' || probe === 'release') return options;
  const address = addressOf(options);
  return { ask: `${resource} ${name}`, ...(address === null ? {} : { address }) };
}

/** Enough to tell that the address is another one, too short to read it back. A new password is no other address. */
function addressOf(options: Json): string | null {
  const { url, method } = options as { readonly url?: unknown; readonly method?: unknown };
  if (typeof url !== 'string' || !URL.canParse(url)) return null;
  const where = new URL(url);
  where.username = where.password = '';
  return createHash('sha256').update(`${String(method)} ${where.href}`).digest('hex').slice(0, ADDRESS_CHARS);
}

/** Gives a check's options in full, by what the store keeps of them. */
export function optionsByStored(checks: readonly Pick<WatchedCheck, 'options' | 'stored'>[]): (stored: Json) => Json {
  const known = new Map(checks.map(({ stored, options }) => [canonicalJson(stored), options]));
  return (stored) => known.get(canonicalJson(stored)) ?? stored;
}
