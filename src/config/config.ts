import type { Json } from '../domain/json.js';
import type { ConfiguredLimiter } from '../domain/limiters/limiter.js';
import type { Platform, Role } from '../domain/person.js';
import type { ResourceKind } from '../domain/resource.js';
import type { Rota } from '../domain/rota.js';
import type { TimeWindow } from '../domain/time-window.js';
import type { Tier } from '../domain/tiers.js';
import type { MaintenanceWindow } from '../policy/maintenance.js';
import type { Policy } from '../policy/policy.js';

/** hypercare.yaml, checked, complete and in one spelling: nothing behind it looks at defaults or short forms again. */
export interface Config {
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  /** Absolute. */
  readonly pm2Home: string;
  readonly apps: readonly AppConfig[];
  readonly dependencies: readonly DependencyConfig[];
  readonly jobs: readonly JobConfig[];
  /** Redis, PostgreSQL and the host itself. */
  readonly infrastructure: readonly InfrastructureConfig[];
  /** Overloaded cores: per cent of the last minute in which something waited for one. */
  readonly pressedPercent: number;
  readonly watch: WatchConfig;
  readonly policy: Policy;
  readonly maintenance: readonly MaintenanceWindow[];
  readonly people: readonly PersonConfig[];
  /** In these only what is critical is told. */
  readonly quietHours: readonly TimeWindow[];
  /** Null: all who may say yes are called. */
  readonly onCall: Rota | null;
  readonly channels: readonly ChannelConfig[];
  readonly keep: { readonly rawMs: number; readonly rollupsMs: number; readonly historyMs: number };
  readonly log: { readonly format: 'text' | 'json'; readonly level: 'debug' | 'info' | 'warn' | 'error' };
  /** Called about once a minute while the monitor runs, so that somebody outside notices its silence. */
  readonly heartbeatUrl: string | null;
  /** Null: there is no HTTP API, and nothing listens. */
  readonly api: ApiConfig | null;
}

/** Where the bot serves the HTTP API. */
export interface ApiConfig {
  /** An address of this machine. */
  readonly listen: string;
  readonly port: number;
  /** Names under which it is called besides localhost and bare addresses: those of a proxy before it. */
  readonly hosts: readonly string[];
  /** Are alerts of Alertmanager taken? */
  readonly alertmanager: boolean;
  /** Requests of one caller. */
  readonly perSecond: number;
}

export interface AppConfig {
  readonly name: string;
  /** PM2 process names, at least one; no two apps share one. */
  readonly processes: readonly string[];
  readonly url: string | null;
  readonly endpoints: readonly EndpointConfig[];
  /** The light probe between ticks; null: turned off, or nothing to ask. */
  readonly liveness: HttpAsk | null;
  /** Cadence of what is measured launch or not: liveness, PM2's list, the running release. */
  readonly everyMs: number;
  readonly release: ReleaseConfig | null;
  /** Names of dependencies and other apps. */
  readonly uses: readonly string[];
  /** What keys of its rate limiters begin with, where the config says so; empty: by the libraries that it has. */
  readonly limiters: readonly ConfiguredLimiter[];
  readonly limits: LimitsConfig;
  /** Ladders that replace the shipped ones, by kind of incident. */
  readonly runbook: Readonly<Record<string, readonly RunbookRung[]>>;
}

/** What is asked over HTTP, and what a good answer is. It may hold secrets in `headers`. */
export interface HttpAsk {
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Any of these is good: numbers, or classes like '2xx'. */
  readonly status: readonly (number | string)[];
  /** Text the answer must contain. */
  readonly body: string | null;
  /** The same as it may be shown; set where some of it comes from the environment. */
  readonly bodyShown?: string;
  readonly timeoutMs: number;
  readonly samples: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface EndpointConfig extends HttpAsk {
  /** '/checkout', or 'pay.example/health' for another host: without query, because it is shown everywhere. */
  readonly name: string;
  readonly critical: boolean;
}

export interface DependencyConfig extends HttpAsk {
  readonly name: string;
  readonly everyMs: number;
}

/** What tells by a ping that it ran. */
export interface JobConfig {
  readonly name: string;
  /** SHA-256 of the token in its address. */
  readonly ping: string;
  readonly everyMs: number;
  readonly graceMs: number;
  readonly longestMs: number;
  readonly critical: boolean;
}

/** What is watched beside apps, and can be repaired: each has one check, named and measured as its kind. */
export interface InfrastructureConfig {
  readonly kind: Exclude<ResourceKind, 'app' | 'dependency' | 'job' | 'alerts'>;
  readonly name: string;
  /** How it is reached; it may hold user and password. Null for the host. */
  readonly url: string | null;
  readonly everyMs: number;
  /** What its probe, its detector and its repairs read, as they name it. No secrets: it is stored and shown. */
  readonly options: Readonly<Record<string, Json>>;
  /** Ladders that replace the shipped ones, by kind of incident. */
  readonly runbook: Readonly<Record<string, readonly RunbookRung[]>>;
}

export interface ReleaseConfig {
  readonly mode: 'releases' | 'in-place';
  /** Absolute: holds `releases/` and `current`, or is the working tree. */
  readonly dir: string;
  /** Absolute path of the git repository releases are built from. */
  readonly repo: string | null;
  /** Files, relative to the release, that make up its config hash. */
  readonly configFiles: readonly string[];
  /** How often the way back is rehearsed while the app is well; null: only when somebody asks for it. */
  readonly rehearseEveryMs: number | null;
  /** Is each release that becomes stable written down as a git tag? */
  readonly tag: boolean;
  /** How a release is started for a look before it goes live; null: none is. Values of `env` may be secrets. */
  readonly smoke: { readonly command: readonly string[]; readonly env: Readonly<Record<string, string>>; readonly path: string; readonly timeoutMs: number } | null;
}

/** When values count as bad; null leaves it to the detector's own default. */
export interface LimitsConfig {
  readonly latencyMs: number | null;
  readonly latencyRatio: number | null;
  readonly memoryBytes: number | null;
  readonly restarts: { readonly count: number; readonly withinMs: number } | null;
}

export interface RunbookRung {
  readonly repair: string;
  readonly args: Readonly<Record<string, Json>>;
}

export interface WatchConfig {
  readonly tiers: readonly Tier[];
  /** Fast confirmation: this often, until so many bad or good readings stand in a row. */
  readonly confirm: { readonly everyMs: number; readonly bad: number; readonly good: number };
  /** How long a launch in trouble is watched at the first tier's cadence. */
  readonly hotMs: number;
  /** How long after a storm nothing is repaired by itself. */
  readonly afterStormMs: number;
  /** How long after a repair its own effects are not counted. */
  readonly settleMs: number;
  /** How long after a launch values do not yet count for the baseline. */
  readonly warmUpMs: number;
}

export interface PersonConfig {
  readonly name: string;
  readonly role: Role;
  readonly accounts: readonly { readonly platform: Platform; readonly userId: string }[];
}

/** `options` have passed the kind's own schema. */
export interface ChannelConfig {
  readonly kind: string;
  readonly options: unknown;
}
