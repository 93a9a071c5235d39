import type { Limiter } from '../../src/domain/limiters/limiter.js';
import { isNear, shownIdentity } from '../../src/domain/limiters/shown-identity.js';
import type { Io } from '../../src/io/io.js';
import { countersOf, type Counter } from '../../src/io/limiter-counters.js';
import { gatesOf, type Gate } from '../../src/io/limiter-gates.js';
import { isGateMeant, isMeant, type ClearArgs } from './ratelimit-choice.js';
import { sayCount } from './redis-server.js';

const MOST_NAMED = 5;

/** A Redis that the app uses. */
export interface Server {
  readonly name: string;
  readonly url: string;
}

/** What one limiter has in one Redis, and what of it is meant. */
export interface Found {
  readonly server: Server;
  readonly limiter: Limiter;
  /** All of its counters, or limiters of jobs. */
  readonly counted: number;
  /** Those that are meant. */
  readonly meant: number;
  /** How many are above the limit; null: it is not known. */
  readonly blocked: number | null;
  /** Different identities among the meant ones, at most a few. */
  readonly identities: readonly string[];
  /** The worst of the meant ones, or of all where none is meant; as people may see them. */
  readonly shown: readonly string[];
}

export async function surveyFor(io: Io, of: { readonly server: Server; readonly limiter: Limiter }, wanted: ClearArgs, signal: AbortSignal): Promise<Found> {
  return of.limiter.library?.counts === 'jobs' ? surveyGates(io, of, wanted, signal) : surveyNumbers(io, of, wanted, signal);
}

async function surveyNumbers(io: Io, { server, limiter }: Pick<Found, 'server' | 'limiter'>, wanted: ClearArgs, signal: AbortSignal): Promise<Found> {
  const meant = isMeant(wanted, limiter);
  let [counted, chosen, blocked] = [0, 0, 0];
  let [best, others]: [readonly Counter[], readonly Counter[]] = [[], []];
  const identities = new Set<string>();
  for await (const counters of countersOf(io, server.url, limiter, { signal })) {
    const mine = counters.filter(meant);
    counted += counters.length;
    chosen += mine.length;
    blocked += counters.filter(({ count }) => limiter.limit !== null && count > limiter.limit).length;
    for (const { identity } of mine) if (identities.size <= MOST_NAMED) identities.add(identity);
    best = highest([...best, ...mine]);
    others = highest([...others, ...counters]);
  }
  const shown = (best.length > 0 ? best : others).map((counter) => sayCounter(counter, limiter));
  return { server, limiter, counted, meant: chosen, blocked: limiter.limit === null ? null : blocked, identities: [...identities], shown };
}

function highest(counters: readonly Counter[]): readonly Counter[] {
  return counters.toSorted((a, b) => b.count - a.count).slice(0, MOST_NAMED);
}

function sayCounter({ identity, route, count }: Counter, { limit }: Limiter): string {
  return `${shownIdentity(identity)}${route === null ? '' : ` at ${shownIdentity(route)}`} (${sayCount(count)}${limit === null ? '' : ` of ${sayCount(limit)}`})`;
}

async function surveyGates(io: Io, { server, limiter }: Pick<Found, 'server' | 'limiter'>, wanted: ClearArgs, signal: AbortSignal): Promise<Found> {
  const gates = await gatesOf(io, server.url, limiter, { signal });
  const mine = gates.filter(isGateMeant(wanted));
  const shown = (mine.length > 0 ? mine : gates).slice(0, MOST_NAMED).map(sayGate);
  return { server, limiter, counted: gates.length, meant: mine.length, blocked: null, identities: mine.slice(0, MOST_NAMED).map(({ id }) => id), shown };
}

function sayGate({ id, waiting, reservoir, full, lost, penalty }: Gate): string {
  const room = [
    reservoir === null ? null : `${Math.max(0, reservoir)} of ${full ?? 'unknown'} left`,
    lost > 0 ? `${lost} held by workers that are gone` : null,
    penalty ? 'turns all away for now' : null,
  ].filter((part) => part !== null);
  return `${shownIdentity(id)} (${[`${waiting} ${waiting === 1 ? 'job waits' : 'jobs wait'}`, ...room].join(', ')})`;
}

/** What people should know of what was found, before they say yes. */
export function notesOf({ server, limiter, counted, meant, blocked, identities, shown }: Found, { prefix }: ClearArgs): readonly string[] {
  const jobs = limiter.library?.counts === 'jobs';
  const what = jobs ? `limiters of jobs below ${limiter.prefix}` : `counters below ${limiter.prefix}`;
  return [
    `${sayCount(meant)} of ${sayCount(counted)} ${what} in ${server.name}: ${shown.join(', ')}`.slice(0, 390),
    ...(prefix !== undefined && blocked !== null && blocked < meant ? [`Only ${sayCount(blocked)} of them are above the limit: without prefix only those are cleared, and with identity=… one of them.`] : []),
    ...(identities.some(isNear) ? ['One of them is this machine or its network: whoever comes through a proxy there is let in with it.'] : []),
  ];
}
