import { parseDuration } from '../domain/duration.js';
import type { Path } from './mistake.js';

/** What checks across the file need of one app. Whatever is wrong in itself is absent here; the schema tells of it. */
export interface AppFacts {
  readonly path: Path;
  readonly name: string;
  /** Null: none is written. Undefined: one is, and cannot be read. */
  readonly url: string | null | undefined;
  /** Null: none is written, so its own name counts. Undefined entries cannot be read. */
  readonly pm2: readonly (string | undefined)[] | null;
  readonly uses: readonly (string | undefined)[];
  /** What the keys of its rate limiters begin with. */
  readonly limiters: readonly (string | undefined)[];
  readonly endpoints: readonly AskFacts[];
  readonly liveness: { readonly path: string | undefined; readonly everyMs: number | undefined; readonly timeoutMs: number | undefined };
}

export interface AskFacts {
  readonly path: string | undefined;
  readonly name: string | undefined;
  readonly method: string | undefined;
  readonly hasBody: boolean;
}

/**
 * The file read leniently, short forms and all. Checks across parts run on this instead of the schema's output, so
 * that one wrong duration does not hide a misspelt dependency beside it: everything is told at once.
 */
export interface Facts {
  readonly apps: readonly AppFacts[];
  readonly dependencies: readonly (AskFacts & { readonly at: Path })[];
  /** Names of what can be used, by the section they stand in. */
  readonly names: Readonly<Record<NamedSection, readonly string[]>>;
  /** The tokens that jobs ping with, by their hashes. */
  readonly pings: readonly { readonly path: Path; readonly ping: string | undefined }[];
  /** Is there a section `api`? */
  readonly listens: boolean;
  readonly takesAlerts: boolean;
  /** What the keys of caches and of locks begin with, in each Redis. */
  readonly keys: readonly { readonly path: Path; readonly name: string; readonly caches: readonly (string | undefined)[]; readonly locks: readonly (string | undefined)[] }[];
  readonly tiers: readonly { readonly untilMs: number | undefined; readonly everyMs: number | undefined }[];
  readonly people: readonly Mapping[];
  /** Names of those who are called in turns. */
  readonly onCall: readonly (string | undefined)[];
  readonly rules: readonly Mapping[];
  /** The apps that channels name, each with where it stands. */
  readonly routes: readonly { readonly app: string; readonly at: Path }[];
  /** Entries of policy's lists, with where each stands. */
  readonly listed: readonly { readonly entry: Mapping; readonly at: Path }[];
}

/** In the order in which they claim a name. */
export const NAMED_SECTIONS = ['apps', 'dependencies', 'redis', 'postgres', 'jobs'] as const;
export type NamedSection = (typeof NAMED_SECTIONS)[number];

export type Mapping = Readonly<Record<string, unknown>>;

export function factsOf(raw: unknown): Facts {
  const file = mapping(raw);
  const apps = mapping(file['apps']);
  const dependencies = mapping(file['dependencies']);
  return {
    apps: Object.entries(apps).map(([name, app]) => appFacts(name, app)),
    dependencies: Object.entries(dependencies).map(([name, one]) => ({ ...askFacts(one), at: ['dependencies', name] })),
    names: { apps: Object.keys(apps), dependencies: Object.keys(dependencies), redis: Object.keys(mapping(file['redis'])), postgres: Object.keys(mapping(file['postgres'])), jobs: Object.keys(mapping(file['jobs'])) },
    pings: Object.entries(mapping(file['jobs'])).map(([name, job]) => ({ path: ['jobs', name, 'ping'], ping: textAt(mapping(job), 'ping') })),
    listens: Object.hasOwn(file, 'api'),
    takesAlerts: mapping(file['api'])['alertmanager'] === true,
    keys: Object.entries(mapping(file['redis'])).map(([name, one]) => ({ path: ['redis', name], name, caches: texts(mapping(one)['invalidate']), locks: texts(mapping(one)['locks']) })),
    tiers: items(mapping(file['watch'])['tiers']).map(mapping).map((tier) => ({ untilMs: milliseconds(tier['until']), everyMs: milliseconds(tier['every']) })),
    people: items(file['people']).map(mapping),
    onCall: items(mapping(file['on_call'])['people']).map(text),
    rules: items(mapping(file['policy'])['rules']).map(mapping),
    routes: Object.entries(mapping(file['channels'])).flatMap(([kind, options]) => items(mapping(options)['apps']).flatMap((app, index) => (typeof app === 'string' ? [{ app, at: ['channels', kind, 'apps', index] }] : []))),
    listed: ['allow', 'deny'].flatMap((key) => items(mapping(file['policy'])[key]).map((entry, index) => ({ entry: mapping(entry), at: ['policy', key, index] }))),
  };
}

/** The text under a key, if it is text (or a number, as account ids are written). */
export function textAt(within: Mapping, key: string): string | undefined {
  const value = within[key];
  return typeof value === 'number' ? String(value) : text(value);
}

function appFacts(name: string, raw: unknown): AppFacts {
  const app = typeof raw === 'string' ? { url: raw } : mapping(raw);
  return {
    path: ['apps', name],
    name,
    url: Object.hasOwn(app, 'url') ? url(app['url']) : null,
    pm2: Object.hasOwn(app, 'pm2') ? texts(app['pm2']) : null,
    uses: texts(app['uses']),
    limiters: (typeof app['limiters'] === 'string' ? [app['limiters']] : items(app['limiters'])).map((one) => text(one) ?? text(mapping(one)['prefix'])),
    endpoints: items(app['endpoints']).map(askFacts),
    liveness: livenessFacts(app['liveness']),
  };
}

function askFacts(raw: unknown): AskFacts {
  const ask = typeof raw === 'string' ? { path: raw } : mapping(raw);
  const path = text(ask['path']);
  return {
    path: path?.startsWith('/') ? path : url(path),
    name: text(ask['name']),
    method: text(ask['method']),
    hasBody: Object.hasOwn(ask, 'body'),
  };
}

function livenessFacts(raw: unknown): AppFacts['liveness'] {
  const light = typeof raw === 'string' ? { path: raw } : mapping(raw);
  return { path: text(light['path']), everyMs: milliseconds(light['every'] ?? '30s'), timeoutMs: milliseconds(light['timeout']) };
}

function mapping(value: unknown): Mapping {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Mapping) : {};
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** One text or a list of them, places kept. */
function texts(value: unknown): readonly (string | undefined)[] {
  return typeof value === 'string' ? [value] : items(value).map(text);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function url(value: unknown): string | undefined {
  return typeof value === 'string' && URL.canParse(value) ? value : undefined;
}

function milliseconds(value: unknown): number | undefined {
  return typeof value === 'string' ? (parseDuration(value) ?? undefined) : undefined;
}
