import { alertsOf } from '../domain/alert.js';
import { fits } from '../domain/glob.js';
import { isGroupAccount } from '../domain/person.js';
import { pm2NameProblem } from './app-schema.js';
import { endpointName, isPath } from './endpoint-name.js';
import { NAMED_SECTIONS, textAt, type AppFacts, type AskFacts, type Facts, type Mapping, type NamedSection } from './facts.js';
import { HOST_RESOURCE } from './infrastructure-schema.js';
import type { Complaint } from './issues.js';
import { drawPath, type Path } from './mistake.js';
import { didYouMean, listed } from './did-you-mean.js';
import { usesCycles } from './uses-cycles.js';

const NOUNS: Readonly<Record<NamedSection, string>> = { apps: 'an app', dependencies: 'a dependency', redis: 'a Redis', postgres: 'a PostgreSQL', jobs: 'a job' };

/** A launch makes no more ticks than this; tiers beyond it are a slip of the unit. */
const MAX_TICKS = 5_000;

/** What no part of the file can see alone. No message repeats a value: it names a place in the file instead. */
export function crossChecks(facts: Facts): readonly Complaint[] {
  const known = [...new Set([...facts.names.dependencies, ...facts.names.redis, ...facts.names.postgres, ...facts.names.apps])];
  return [
    ...facts.apps.flatMap((app) => appChecks(app, known)),
    ...facts.dependencies.flatMap((one) => headBody(one.at, one)),
    ...usesCycles(facts.apps),
    ...processes(facts.apps),
    ...sharedNames(facts),
    ...jobs(facts),
    ...caches(facts),
    ...tiers(facts.tiers),
    ...people(facts.people),
    ...onCall(facts),
    ...rules(facts, [...known, HOST_RESOURCE]),
    ...routes(facts),
  ];
}

function appChecks(app: AppFacts, known: readonly string[]): readonly Complaint[] {
  const uses = app.uses.flatMap((name, index) => {
    if (name === undefined || (name !== app.name && known.includes(name))) return [];
    const others = known.filter((one) => one !== app.name);
    return [at([...app.path, 'uses', index], `names no dependency and no other app${didYouMean(name, others)} (known: ${listed(others)})`)];
  });
  const bodies = app.endpoints.flatMap((endpoint, index) => headBody([...app.path, 'endpoints', index], endpoint));
  return [...uses, ...bodies, ...addresses(app), ...endpointNames(app), ...livenessTimeout(app)];
}

/** The answer to HEAD has no body. */
function headBody(path: Path, ask: AskFacts): readonly Complaint[] {
  return ask.method === 'HEAD' && ask.hasBody ? [at([...path, 'body'], 'can never be found: the answer to HEAD has no body')] : [];
}

/** A path needs the app's `url` to be called. */
function addresses(app: AppFacts): readonly Complaint[] {
  if (app.url !== null) return [];
  const asked = [...app.endpoints.map(({ path }, index) => ({ path, where: ['endpoints', index] })), { path: app.liveness.path, where: ['liveness'] }];
  return asked
    .filter(({ path }) => path !== undefined && isPath(path))
    .map(({ where }) => at([...app.path, ...where], 'is a path, and the app has no `url` to put it behind'));
}

function endpointNames(app: AppFacts): readonly Complaint[] {
  const names = app.endpoints.map(({ path, name }) => (path === undefined ? undefined : endpointName({ path, name }, app.url ?? null)));
  return repeats(names, (index) => [...app.path, 'endpoints', index], 'would have the same name as', ': give one of them a `name`');
}

function livenessTimeout({ path, liveness: { everyMs, timeoutMs } }: AppFacts): readonly Complaint[] {
  if (everyMs === undefined || timeoutMs === undefined || timeoutMs <= everyMs) return [];
  return [at([...path, 'liveness', 'timeout'], 'is longer than `every`: the next one would begin before this one ends')];
}

function processes(apps: readonly AppFacts[]): readonly Complaint[] {
  const claims = apps.flatMap((app) => app.pm2?.map((name, index) => ({ name, path: [...app.path, 'pm2', index] as Path })) ?? [{ name: app.name, path: app.path }]);
  // Names that were written are checked by the schema; here it is those taken over from the app.
  const unfit = apps.flatMap((app) => {
    const problem = app.pm2 === null ? pm2NameProblem(app.name) : null;
    return problem === null ? [] : [onKey(app.path, `is also the name of its PM2 process, which ${problem}`)];
  });
  return [...unfit, ...repeats(claims.map(({ name }) => name), (index) => claims[index]?.path ?? [], 'claims the same PM2 process as')];
}

function sharedNames({ names, takesAlerts }: Facts): readonly Complaint[] {
  const twice = NAMED_SECTIONS.flatMap((section, n) => names[section].flatMap((name) => {
    const first = NAMED_SECTIONS.slice(0, n).find((earlier) => names[earlier].includes(name));
    return first === undefined ? [] : [onKey([section, name], `has the name of ${NOUNS[first]}: \`uses\` could mean either`)];
  }));
  const hosts = NAMED_SECTIONS.filter((section) => names[section].includes(HOST_RESOURCE));
  const taken = takesAlerts ? [null, ...names.apps].map(alertsOf) : [];
  const alerts = NAMED_SECTIONS.flatMap((section) => names[section].filter((name) => taken.includes(name)).map((name) => onKey([section, name], 'is the name under which alerts from outside stand: choose another')));
  return [...twice, ...alerts, ...hosts.map((section) => onKey([section, HOST_RESOURCE], 'is the name under which the host itself is watched: choose another'))];
}

/** A ping that nobody takes, or that two jobs share, would tell of neither. */
function jobs({ pings, listens, people: all }: Facts): readonly Complaint[] {
  const tokens = all.flatMap((person) => listAt(person, 'api'));
  const known = pings.flatMap(({ path, ping }) => (ping !== undefined && tokens.includes(ping) ? [at(path, 'is also the token of a person: addresses stand in logs, so give the job one of its own')] : []));
  const deaf = listens || pings.length === 0 ? [] : [at(['jobs'], 'can ping nobody: without `api` nothing listens')];
  return [...deaf, ...known, ...repeats(pings.map(({ ping }) => ping), (index) => pings[index]?.path ?? [], 'is the same token as')];
}

/** What the file itself calls locks or a limiter is no cache. */
function caches({ keys, apps }: Facts): readonly Complaint[] {
  return keys.flatMap(({ path, name, caches: prefixes, locks }) => {
    const limiters = apps.filter(({ uses }) => uses.includes(name)).flatMap((app) => app.limiters);
    return prefixes.flatMap((prefix, index) => {
      const meets = (other: string | undefined): boolean => prefix !== undefined && other !== undefined && (other.startsWith(prefix) || prefix.startsWith(other));
      const use = locks.some(meets) ? 'locks' : limiters.some(meets) ? 'a rate limiter' : null;
      return use === null ? [] : [at([...path, 'invalidate', index], `would take along what this file calls keys of ${use}: name the cache's own keys more exactly`)];
    });
  });
}

function tiers(all: Facts['tiers']): readonly Complaint[] {
  const wrong: Complaint[] = [];
  let from = 0;
  let ticks = 0;
  for (const [index, { untilMs, everyMs }] of all.entries()) {
    if (untilMs === undefined || everyMs === undefined || everyMs === 0) return wrong;
    const path = ['watch', 'tiers', index];
    if (untilMs <= from) wrong.push(at([...path, 'until'], 'must be later than the end of the tier before'));
    else if (everyMs > untilMs - from) wrong.push(at([...path, 'every'], 'is longer than the tier itself'));
    ticks += Math.max(0, untilMs - from) / everyMs;
    from = Math.max(from, untilMs);
  }
  if (ticks > MAX_TICKS) wrong.push(at(['watch', 'tiers'], `make more than ${MAX_TICKS} ticks: measure less often, or end earlier`));
  return wrong;
}

function people(all: Facts['people']): readonly Complaint[] {
  const names = all.map((person) => textAt(person, 'name')?.trim().toLowerCase());
  const accounts = ['terminal', 'slack', 'telegram'].flatMap((platform) =>
    repeats(all.map((person) => textAt(person, platform)), (index) => ['people', index, platform], 'is the same account as'),
  );
  const groups = all.flatMap((person, index) => {
    const more = ['terminal', 'telegram', 'api'].filter((platform) => person[platform] !== undefined);
    return isGroupAccount({ platform: 'slack', userId: textAt(person, 'slack') ?? '' }) && more.length > 0 ? [at(['people', index, 'slack'], `is a user group, which has no other account: put ${listed(more)} into an entry of its own`)] : [];
  });
  const tokens = all.flatMap((person, index) => listAt(person, 'api').map((hash, n) => ({ hash, path: ['people', index, 'api', ...(Array.isArray(person['api']) ? [n] : [])] as Path })));
  const shared = repeats(tokens.map(({ hash }) => hash), (index) => tokens[index]?.path ?? [], 'is the same token as');
  return [...repeats(names, (index) => ['people', index, 'name'], 'is the same person as', ': put all accounts of a person into one entry'), ...accounts, ...groups, ...shared];
}

/** A name that reaches nobody would be called in vain, at night. */
function onCall({ onCall: named, people: all }: Facts): readonly Complaint[] {
  const known = all.flatMap((person) => textAt(person, 'name')?.trim() ?? []);
  return named.flatMap((name, index) => {
    const person = all.find((one) => textAt(one, 'name')?.trim() === name?.trim());
    const path: Path = ['on_call', 'people', index];
    if (name === undefined) return [];
    if (person === undefined) return [at(path, `names nobody of \`people\`${didYouMean(name, known)} (known: ${listed(known)})`)];
    if (person['role'] !== 'approver') return [at(path, 'may not say yes: give the person the role approver, or name another')];
    return textAt(person, 'slack') === undefined && textAt(person, 'telegram') === undefined ? [at(path, 'cannot be called: the person has no account of `slack` or `telegram`')] : [];
  });
}

/** One text or a list of them. */
function listAt(entry: Mapping, key: string): readonly string[] {
  const value = entry[key];
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}

function rules({ rules: all, listed: inLists }: Facts, known: readonly string[]): readonly Complaint[] {
  const scopes = [...all.map((entry, index) => ({ entry, at: ['policy', 'rules', index] as Path })), ...inLists];
  const aimless = scopes.flatMap(({ entry, at: path }) => {
    const target = textAt(entry, 'target') ?? '*';
    if (target === '*' || known.some((name) => fits(target, name))) return [];
    return [at([...path, 'target'], `fits no app and no dependency${didYouMean(target, known)} (known: ${listed(known)})`)];
  });
  return [...aimless, ...repeats(all.map((rule) => textAt(rule, 'name')?.trim()), (index) => ['policy', 'rules', index, 'name'], 'is the same name as')];
}

/** Cards of an app that does not exist would never come. */
function routes({ routes: all, names: { apps } }: Facts): readonly Complaint[] {
  return all.filter(({ app }) => !apps.some((name) => fits(app, name))).map(({ app, at: path }) => at(path, `fits no app${didYouMean(app, apps)} (known: ${listed(apps)})`));
}

/** A complaint at each value that stood before. */
function repeats(values: readonly (string | undefined)[], path: (index: number) => Path, says: string, mend = ''): readonly Complaint[] {
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    return value === undefined || first === index ? [] : [at(path(index), `${says} ${drawPath(path(first))}${mend}`)];
  });
}

function at(path: Path, message: string): Complaint {
  return { path, message, onKey: false };
}

function onKey(path: Path, message: string): Complaint {
  return { path, message, onKey: true };
}
