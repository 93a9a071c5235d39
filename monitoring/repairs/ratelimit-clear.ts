import { limiterLibraries } from '../../src/domain/limiters/index.js';
import type { ConfiguredLimiter } from '../../src/domain/limiters/limiter.js';
import { shownIdentity } from '../../src/domain/limiters/shown-identity.js';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal, StepSpec } from '../../src/domain/plan.js';
import type { Io } from '../../src/io/io.js';
import { limitersOfApp } from '../../src/io/limiters-of-app.js';
import { judgedByChecks, lookAtProcesses, prepareProcessAct, type SeenProcess } from './process-plan.js';
import { processSteps } from './process-steps.js';
import { reload } from './pm2-reload.js';
import { clearArgs, sayChoice, type ClearArgs } from './ratelimit-choice.js';
import { isReloadWanted, memoryOf, type InMemory } from './ratelimit-memory.js';
import { clearOf, clearSteps, type Clear } from './ratelimit-steps.js';
import { alsoCounting, placed, type PlacedLimiters } from './ratelimit-store.js';
import { notesOf, surveyFor, type Found, type Server } from './ratelimit-survey.js';
import { newMark } from './redis-mark.js';
import { roundedUp, sayCount } from './redis-server.js';
import { refusingTrouble } from './refusing-trouble.js';
import type { Repair, RepairTarget } from './repair.js';

const MOST_COUNTERS = 100_000;
/** What one person, or one address, can have in as many routes. */
const MOST_OF_ONE = 1_000;
const TIMEOUT_MS = { base: 20_000, perCounter: 0.2 } as const;

/**
 * Lets in again whom an app's rate limiter turns away: one by name first, then those that are blocked, then all. Its
 * counters in the Redis are removed, and where blocks stand in the workers' memory the app is reloaded too, because
 * these go on to turn people away whatever is in the Redis.
 */
export const ratelimitClear: Repair<ClearArgs> = {
  kind: 'ratelimit.clear',
  target: 'app',
  summary: 'let in again whom its rate limiter turns away: one (identity=…), those above a limit, or all (prefix=…)',
  refuses: 'whom nobody counts; a prefix that is not of its limiters; keys of queues, sessions and locks; to guess who else is blocked where no limit is known; by itself while more requests come in than usual',
  args: clearArgs,
  risk: 'disruptive',
  prepare: (target, wanted, io, signal) => refusingTrouble(() => prepare(target, wanted, io, signal)),
  steps: (target, wanted, prepared) => {
    const cleared = clearSteps(target, wanted, prepared);
    return [...cleared, ...processSteps({ ...prepared, does: prepared.does.slice(cleared.length) }, (name, _instances, io) => io.pm2.reload(name))];
  },
};

async function prepare(target: RepairTarget, wanted: ClearArgs, io: Io, signal: AbortSignal): Promise<Prepared | Refusal> {
  if (wanted.identity !== undefined && wanted.prefix !== undefined) return { refused: 'say one of both: identity=… lets in one, prefix=… all whose keys begin so' };
  const seen = await lookAtProcesses(target, {}, io);
  if ('refused' in seen) return seen;
  const configured = configuredOf(target);
  const app = await placed(await limitersOfApp(seen.flatMap(({ instances }) => instances), configured), configured.length, signal);
  const unfit = refuseApp(target, app, wanted) ?? (await refuseShared(target, app, io, signal));
  if (unfit !== null) return { refused: unfit };
  const found: Found[] = [];
  for (const server of serversOf(target)) for (const limiter of app.inRedis) found.push(await surveyFor(io, { server, limiter }, wanted, signal));
  const memory = await memoryOf(app, signal);
  const meant = found.filter((one) => one.meant > 0);
  const reloads = isReloadWanted(wanted, memory);
  const refused = refuseFound(target, { found, meant, memory, reloads }, wanted);
  if (refused !== null) return { refused };
  const reloading = reloads ? await prepareProcessAct(reload, target, {}, io) : null;
  return reloading !== null && 'refused' in reloading ? reloading : planFor(target, { seen, found: meant, memory, reloading, app }, wanted);
}

function configuredOf({ options }: RepairTarget): readonly ConfiguredLimiter[] {
  return (options['limiters'] as unknown as readonly ConfiguredLimiter[] | undefined) ?? [];
}

function serversOf({ uses }: RepairTarget): readonly Server[] {
  return uses.flatMap(({ kind, name, url }) => (kind === 'redis' && url !== null ? [{ name, url }] : []));
}

/** Why nothing can be done to this app at all; null: something may. */
function refuseApp(target: RepairTarget, { libraries, inRedis, inMemory, untold }: PlacedLimiters, { prefix }: ClearArgs): string | null {
  if (libraries.length === 0 && inRedis.length === 0) return `its package.json names no rate limiter that is known (${limiterLibraries.map(({ name }) => name).join(', ')}), and the config names none under apps.${target.name}.limiters`;
  const [library] = untold;
  if (library !== undefined) return `whether ${library.name} counts in a Redis or in the memory of its workers cannot be told from its code. In a Redis: name what its keys begin with under apps.${target.name}.limiters. In memory: pm2.reload ${target.name} lets everybody in`;
  if (prefix !== undefined && /[*?[\]]/.test(prefix)) return 'patterns are not taken: name what the keys begin with, without *';
  if (prefix !== undefined && !inRedis.some((one) => prefix.startsWith(one.prefix))) return `no limiter of it counts below that; they count below ${inRedis.map((one) => one.prefix).join(', ') || 'nothing: it counts in memory'}`;
  if (inRedis.length > 0 && serversOf(target).length === 0) return `it counts in a Redis, and the config does not say in which: name it under redis, and under apps.${target.name}.uses`;
  if (inRedis.length === 0 && inMemory.every(({ counts }) => counts === 'jobs')) return 'bottleneck keeps its jobs in the memory of the workers, and a reload would lose those that wait';
  return null;
}

/** Why a counter may be another app's; null: it is this one's. */
async function refuseShared(target: RepairTarget, { inRedis }: PlacedLimiters, io: Io, signal: AbortSignal): Promise<string | null> {
  const isNamed = configuredOf(target).length > 0;
  for (const { kind, name: server, sharedBy = [] } of target.uses) {
    for (const limiter of kind === 'redis' ? inRedis : []) {
      const other = await alsoCounting(limiter, sharedBy, { isNamed, io, signal });
      if (other !== null) return `${other} uses ${server} too and may count below ${limiter.prefix} as well: whose a counter there is cannot be told. Give each app a prefix of its own in its code, and name it under apps.${target.name}.limiters; where one alone counts there, name the prefix under that one`;
    }
  }
  return null;
}

interface Seen {
  readonly found: readonly Found[];
  readonly meant: readonly Found[];
  readonly memory: InMemory;
  readonly reloads: boolean;
}

/** Why what was found is not cleared; null: it can be. */
function refuseFound({ name }: RepairTarget, { found, meant, memory, reloads }: Seen, { identity, prefix }: ClearArgs): string | null {
  const total = meant.reduce((sum, one) => sum + one.meant, 0);
  if (total > MOST_COUNTERS) return `${sayCount(total)} counters are more than the ${sayCount(MOST_COUNTERS)} that are removed at once`;
  const different = new Set(meant.flatMap(({ identities }) => identities));
  if (identity !== undefined && different.size > 1 && !different.has(identity) && meant.every(({ limiter }) => limiter.library?.counts !== 'jobs')) return `more than one identity is shown as ${shownIdentity(identity)}: name it whole`;
  if (total > 0 || reloads) return null;
  const counted = found.flatMap(({ shown }) => shown).slice(0, 5).join(', ');
  const known = counted === '' ? 'nobody is counted now' : `counted are ${counted}`;
  const memoryToo = memory.holds === 'unknown' ? `; ${memory.why}: reload=yes reloads it` : '';
  if (identity !== undefined) return cut(`nobody counts ${shownIdentity(identity)}: ${known}${memoryToo}`);
  if (prefix !== undefined) return cut(`nothing is counted below ${prefix}${memoryToo}`);
  if (found.some(({ blocked }) => blocked !== null)) return cut(`nobody is above the limit: ${known}${memoryToo}`);
  return cut(`who is blocked cannot be told: ${known}. Name one with identity=…, or say the limit under apps.${name}.limiters${memoryToo}`);
}

function cut(text: string): string {
  return text.length > 390 ? `${text.slice(0, 389)}…` : text;
}

interface Planned {
  readonly seen: readonly SeenProcess[];
  readonly found: readonly Found[];
  readonly memory: InMemory;
  readonly reloading: Prepared | null;
  readonly app: PlacedLimiters;
}

function planFor(target: RepairTarget, { seen, found, memory, reloading, app }: Planned, wanted: ClearArgs): Prepared {
  const clears = found.map((one) => clearOf(one, Math.min(wanted.identity === undefined ? MOST_COUNTERS : MOST_OF_ONE, roundedUp(one.meant))));
  const servers = new Set(clears.map(({ server }) => server));
  return {
    does: [...clears.map((clear) => specFor(clear, wanted)), ...(reloading?.does ?? [])],
    touches: [target.id, ...target.uses.filter(({ name }) => servers.has(name)).map(({ id }) => id)],
    bounds: { ...mostOf(clears), restarts: reloading?.bounds['restarts'] ?? 0 },
    verify: judgedByChecks(target),
    wayBack: 'none is needed: whoever asks is counted anew, from nothing',
    witness: { mark: newMark(), clears, processes: (reloading?.witness as { readonly processes: Json } | undefined)?.processes ?? [] } as unknown as Json,
    artefacts: [],
    notes: [...found.flatMap((one) => notesOf(one, wanted)), sayRate(seen), ...memoryNotes(reloading !== null, memory, app, wanted), ...(reloading?.notes ?? [])],
  };
}

/** Jobs are let begin at limiters, and none of their keys is removed. */
function mostOf(clears: readonly Clear[]): Prepared['bounds'] {
  const [jobs, others] = [true, false].map((wanted) => clears.filter(({ library }) => (library === 'bottleneck') === wanted).reduce((sum, { most }) => sum + most, 0)) as [number, number];
  return { ...(jobs > 0 && others === 0 ? {} : { counters: others }), ...(jobs > 0 ? { limiters: jobs } : {}) };
}

function specFor({ server, library, prefix, limit, most }: Clear, wanted: ClearArgs): StepSpec {
  const timeoutMs = Math.round(TIMEOUT_MS.base + TIMEOUT_MS.perCounter * most);
  if (library === 'bottleneck') {
    const whose = wanted.identity !== undefined ? `named ${shownIdentity(wanted.identity)}` : wanted.prefix !== undefined ? `below ${wanted.prefix}` : 'that let no job begin';
    return { name: `refill ${prefix} in ${server}`, does: `fill up the limiters of jobs ${whose} in ${server}, and give back what workers hold that are gone; at most ${sayCount(most)} of them`, timeoutMs };
  }
  return { name: `clear ${prefix} in ${server}`, does: `UNLINK in ${server} ${sayChoice(wanted, { limit, prefix })}, at most ${sayCount(most)}`, timeoutMs };
}

/** Before somebody is let in, people should know whether many press against the door. */
function sayRate(seen: readonly SeenProcess[]): string {
  const rates = seen.flatMap(({ instances }) => instances).filter(({ status }) => status === 'online').map(({ requestsPerS }) => requestsPerS);
  if (rates.length === 0 || rates.includes(null)) return 'How many requests come in is not known: look whether it is an attack that is kept out.';
  return `${Math.round(rates.reduce<number>((sum, rate) => sum + (rate ?? 0), 0) * 100) / 100} requests a second come in now, by PM2's count of the last minute.`;
}

function memoryNotes(reloads: boolean, { holds, why }: InMemory, { inMemory }: PlacedLimiters, { identity }: ClearArgs): readonly string[] {
  if (!reloads) return holds === 'no' ? [] : [`Workers may go on to turn people away from their memory (${why}): reload=yes reloads them.`];
  const all = inMemory.length > 0 || identity !== undefined ? ', and so forgets everybody whom it counts in memory' : '';
  const jobs = inMemory.some(({ counts }) => counts === 'jobs');
  return [`The app is reloaded because ${holds === 'yes' ? why : 'you say so'}${all}.`, ...(jobs ? ['Jobs that wait in the memory of bottleneck are lost with it.'] : [])];
}
