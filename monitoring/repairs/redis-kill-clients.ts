import { z } from 'zod';
import { parseDuration, sayDuration } from '../../src/domain/duration.js';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import type { Io } from '../../src/io/io.js';
import { redisInfo } from '../../src/io/redis-info.js';
import { judgedByChecks } from './process-plan.js';
import { matchedClients, type ClientFilter, type RedisClient } from './redis-clients.js';
import { roundedUp, sayCount, unknownToRedis, urlOf } from './redis-server.js';
import { refusingTrouble } from './refusing-trouble.js';
import type { Repair, RepairTarget, Step } from './repair.js';

/** Which clients: all that is given must fit. `name` as they gave it with CLIENT SETNAME, `idle` like 10m. */
const args = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  address: z.string().regex(/^[\w.:[\]-]{2,100}$/, 'must be an address like 127.0.0.1:51234').optional(),
  idle: z.string().refine((text) => (parseDuration(text) ?? 0) >= 1_000, 'takes a duration from 1s on, like 10m').optional(),
});

type Args = z.output<typeof args>;

const MOST_CLIENTS = 1_000;
const TIMEOUT_MS = 60_000;
const MOST_NAMES = 5;

interface Witness {
  /** Ids count anew when the server starts. */
  readonly runId: string;
  readonly ids: readonly string[];
}

/** Ends connections that nobody uses, so that others find room; an app that still wants one connects again within 0.2 s. */
export const redisKillClients: Repair<Args> = {
  kind: 'redis.kill-clients',
  target: 'redis',
  summary: 'end connections that match a name, an address or how long they are idle',
  refuses: 'without a name, address or idle time; replicas, subscribers, who waits in a queue or is in a transaction, and our own',
  args,
  risk: 'disruptive',
  prepare: (target, wanted, io, signal) => refusingTrouble(() => prepare(target, wanted, io, signal)),
  steps: (target, wanted, { does }) => does.slice(0, 1).map((spec) => stepFor(urlOf(target), spec, filterOf(wanted))),
};

function filterOf({ name, address, idle }: Args): ClientFilter {
  return { name: name ?? null, address: address ?? null, idleMs: idle === undefined ? 0 : (parseDuration(idle) ?? 0) };
}

async function prepare(target: RepairTarget, wanted: Args, io: Io, signal: AbortSignal): Promise<Prepared | Refusal> {
  if (Object.values(wanted).every((one) => one === undefined)) return { refused: 'say which connections: a name, an address, or how long they are idle (idle=10m)' };
  const url = urlOf(target);
  const matched = await listed(io, url, filterOf(wanted), signal);
  if (matched.length === 0) return { refused: `no connection is ${describe(wanted)}, that may be ended` };
  if (matched.length > MOST_CLIENTS) return { refused: `${sayCount(matched.length)} connections are more than the ${sayCount(MOST_CLIENTS)} that are ended at once: say more exactly which` };
  const most = Math.min(MOST_CLIENTS, roundedUp(matched.length));
  return {
    does: [{ name: 'end connections', does: `CLIENT KILL ID of each connection that is ${describe(wanted)}, at most ${sayCount(most)}`, timeoutMs: TIMEOUT_MS }],
    touches: [target.id],
    bounds: { clients: most },
    verify: judgedByChecks(target),
    wayBack: 'none is needed: clients connect again by themselves',
    witness: { runId: await runIdOf(io, url, signal), ids: matched.map(({ id }) => id) } satisfies Witness as unknown as Json,
    artefacts: [],
    notes: [`${sayCount(matched.length)} ${matched.length === 1 ? 'connection is' : 'connections are'} matched now: ${sayNames(matched)}`],
  };
}

function describe({ name, address, idle }: Args): string {
  const parts = [name === undefined ? null : `named ${name}`, address === undefined ? null : `from ${address}`, idle === undefined ? null : `idle for ${sayDuration(parseDuration(idle) ?? 0)}`];
  return parts.filter((part) => part !== null).join(' and ');
}

function sayNames(clients: readonly RedisClient[]): string {
  const counts = new Map<string, number>();
  for (const { name } of clients) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const more = sorted.length > MOST_NAMES ? ' and others' : '';
  return sorted.slice(0, MOST_NAMES).map(([name, count]) => `${name === '' ? 'without a name' : name} × ${count}`).join(', ') + more;
}

async function listed(io: Io, url: string, filter: ClientFilter, signal?: AbortSignal): Promise<readonly RedisClient[]> {
  return matchedClients(String(await io.redis.call(url, ['CLIENT', 'LIST'], { ...(signal ? { signal } : {}) })), filter);
}

async function runIdOf(io: Io, url: string, signal?: AbortSignal): Promise<string> {
  return (await redisInfo(io.redis, url, { ...(signal ? { signal } : {}) }))['run_id'] ?? '';
}

function stepFor(url: string, spec: { readonly name: string; readonly timeoutMs: number }, filter: ClientFilter): Step {
  /** Of those that were seen, who still matches: whoever asked something since is in use. */
  const left = async (witness: Json, io: Io, signal?: AbortSignal): Promise<readonly RedisClient[]> => {
    const { runId, ids } = witness as unknown as Witness;
    if ((await runIdOf(io, url, signal)) !== runId) return [];
    return (await listed(io, url, filter, signal)).filter(({ id }) => ids.includes(id));
  };
  return {
    name: spec.name,
    timeoutMs: spec.timeoutMs,
    state: (witness, _receipts, io) => left(witness, io).then((clients) => (clients.length === 0 ? 'after' : 'before'), unknownToRedis),
    async act(witness, _receipts, io, signal) {
      let ended = 0;
      for (const { id } of await left(witness, io, signal)) ended += Number(await io.redis.call(url, ['CLIENT', 'KILL', 'ID', id, 'SKIPME', 'yes'], { signal }));
      return { said: `ended ${sayCount(ended)} ${ended === 1 ? 'connection' : 'connections'}`, ended };
    },
  };
}
