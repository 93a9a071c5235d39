import { z } from 'zod';
import type { Reading } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import { HypercareError } from '../../src/domain/errors.js';
import type { LockRoot } from '../../src/domain/lock-chain.js';
import { POSTGRES_FAULTS, sayPostgresFault, type PostgresFault } from '../../src/domain/postgres-fault.js';
import type { Io } from '../../src/io/io.js';
import { idlePool, type IdlePool } from '../../src/io/idle-pool.js';
import { blockingRoots, idlesInTransaction, isClient, pgSessions, saySession, type PgSession } from '../../src/io/postgres-sessions.js';
import { pgState, type PgState } from '../../src/io/postgres-state.js';
import { pgAdvice, type PgAdvice } from './postgres-advice.js';
import type { Probe } from './probe.js';

const options = z.object({
  url: z.string(),
  /** For connecting, and for each answer. */
  timeoutMs: z.int().min(1).max(60_000),
  standby: z.boolean().default(false),
  blockedMs: z.int().min(1).default(15_000),
  /** Apps that use it: in whose pool connections stand idle is looked for once all are in use. */
  users: z.array(z.object({ name: z.string(), processes: z.array(z.string()) })).default([]),
});

type Options = z.output<typeof options>;

const NOTE_CHARS = 200;
/** Others wait longer than is usual, and not yet so long that it counts: an app that fails meanwhile is not to be judged without it. */
const WAITING_MS = 1_000;
const MOST_APPS = 3;
/** From this share of its connections on, who holds them is worth a look. */
const CROWDED = 0.75;

/** What the failure of a call says of the server. Of what is not here nobody is blamed: it is our way there, our rights, or our question. */
const FAULT_OF: Readonly<Record<string, PostgresFault>> = {
  'postgres.refused': 'down',
  'postgres.lost': 'down',
  'postgres.silent': 'hung',
  'postgres.starting': 'starting',
  'postgres.saturated': 'saturated',
};

/**
 * Bad only where its users cannot work now; `fault` says in what way, by its place in the list of faults from 1 on, and is
 * 0 otherwise; while sessions wait for another that has not held them up for long it is unknown. The rest is null where we may not see it. `limit`: connections that apps can have. `chain`: sessions in the
 * longest row behind the root, itself among them. `idle` and `query`: the longest idle in transaction in this database, and the longest
 * that runs, leaving out those that wait. `lag_ms` is that of the standby furthest behind. `pool_of` is the place in `users`, from 1 on, of
 * the app in whose pool `pool_idle` connections stand idle, more than half of all, once all are in use; 0: of none. 1 stands for true.
 * The note of a good reading names what is worth looking at.
 */
export const postgres: Probe<Options> = {
  kind: 'postgres',
  options,
  fields: [
    'fault', 'used', 'limit', 'waiting', 'chain', 'blocked_ms', 'root_pid', 'idle_ms', 'idle_pid', 'query_ms', 'query_pid', 'lag_ms', 'xid_age', 'uptime_ms',
    'may_see', 'may_signal', 'statements', 'hypopg', 'read_whole', 'invalid_indexes', 'bloated', 'slow_ms', 'pool_of', 'pool_idle',
  ],
  measure,
};

interface Seen {
  readonly state: PgState;
  readonly sessions: readonly PgSession[];
  readonly roots: readonly LockRoot[];
  /** Undefined: nobody looked, or it could not be told. */
  readonly pool?: IdlePool | null;
}

async function measure(asked: Options, io: Io, signal: AbortSignal): Promise<Reading> {
  const began = io.clock.monotonic();
  const took = (): number => Math.round((io.clock.monotonic() - began) * 10) / 10;
  try {
    const seen = await look(asked, io, signal).catch((error: unknown) => (isLost(error) ? look(asked, io, signal) : Promise.reject(error as Error)));
    const ms = took();
    const advice = await pgAdvice(io, asked, { statements: seen.state.statements && seen.state.maySee, signal });
    return readingOf(seen, advice, { asked, ms });
  } catch (error) {
    const fault = error instanceof HypercareError ? FAULT_OF[error.code] : undefined;
    if (fault === undefined) throw error;
    const note = fault === 'hung' ? `no answer within ${sayDuration(asked.timeoutMs)}` : sayPostgresFault(fault);
    return { verdict: 'bad', ms: took(), values: postgres.fields.map((field) => (field === 'fault' ? numberOf(fault) : null)), note };
  }
}

async function look(asked: Options, io: Io, signal: AbortSignal): Promise<Seen> {
  const state = await pgState(io.postgres, asked, signal);
  const sessions = await pgSessions(io.postgres, asked, signal);
  const seen = { state, sessions, roots: blockingRoots(sessions) };
  if (state.used < state.limit || !state.maySee) return seen;
  const pool = await idlePool(io, { sessions, limit: state.limit, url: asked.url, users: asked.users }).catch(() => undefined);
  return pool === undefined ? seen : { ...seen, pool };
}

/** The held connection was cut: by a restart, or by somebody who meant only ours. Another one tells. */
function isLost(error: unknown): boolean {
  return error instanceof HypercareError && error.code === 'postgres.lost';
}

function readingOf(seen: Seen, advice: PgAdvice, { asked, ms }: { readonly asked: Options; readonly ms: number }): Reading {
  const fault = faultOf(seen, asked);
  const verdict = fault !== null ? 'bad' : (seen.roots[0]?.longestMs ?? 0) >= WAITING_MS ? 'unknown' : 'good';
  const note = verdict === 'good' ? [...crowd(seen), ...advice.notes].join('; ') || null : noteOf(fault ?? 'blocked', seen);
  return { verdict, ms, values: [...valuesOf(fault, seen, advice), ...poolValues(seen, asked)], note: note && note.slice(0, NOTE_CHARS) };
}

function faultOf({ state, roots }: Seen, { standby, blockedMs }: Options): PostgresFault | null {
  if (state.used >= state.limit) return 'saturated';
  if (!standby && (state.inRecovery || state.readOnly)) return 'read-only';
  return (roots[0]?.longestMs ?? 0) >= blockedMs ? 'blocked' : null;
}

function noteOf(fault: PostgresFault, { state, sessions, roots, pool }: Seen): string {
  if (fault === 'saturated') return `all ${state.limit} connections are in use${pool ? `, ${pool.idle} of them idle in ${pool.app}` : ''}: ${tallyOf(sessions)}`;
  if (fault === 'read-only') return state.inRecovery ? 'it takes no changes: it is a standby, and was it before?' : 'it takes no changes: default_transaction_read_only is on';
  const [root] = roots;
  const session = sessions.find(({ pid }) => pid === root?.pid);
  if (root === undefined) return sayPostgresFault(fault);
  const does = session ? `: it is ${session.state ?? 'doing what we may not see'}` : '';
  return `${session ? saySession(session) : 'a prepared transaction'} keeps ${root.waiters.length} waiting for ${sayDuration(root.longestMs)}${does}`;
}

function crowd({ state, sessions }: Seen): readonly string[] {
  return state.used >= state.limit * CROWDED ? [`held by ${tallyOf(sessions)}`] : [];
}

/** 'shop-web 12 (9 idle), shop-worker 4': which pools are how large, and larger than they need to be just now. */
function tallyOf(sessions: readonly PgSession[]): string {
  const pools = new Map<string, { count: number; idle: number }>();
  for (const { app, kind, ours, state } of sessions) {
    if (!isClient({ kind }) || ours) continue;
    const pool = pools.get(app || 'no name') ?? { count: 0, idle: 0 };
    pools.set(app || 'no name', { count: pool.count + 1, idle: pool.idle + Number(state === 'idle') });
  }
  return [...pools].toSorted(([, a], [, b]) => b.count - a.count).slice(0, MOST_APPS).map(([app, { count, idle }]) => `${app} ${count}${idle > 0 ? ` (${idle} idle)` : ''}`).join(', ');
}

function valuesOf(fault: PostgresFault | null, { state, sessions, roots }: Seen, advice: PgAdvice): readonly (number | null)[] {
  const apps = sessions.filter((one) => isClient(one) && !one.ours && one.here);
  const [root] = roots;
  const idle = longest(apps.filter(idlesInTransaction), ({ inStateMs }) => inStateMs);
  const query = longest(apps.filter((one) => one.state === 'active' && one.waitedMs === null), ({ queryMs }) => queryMs);
  return [
    fault === null ? 0 : numberOf(fault), state.used, state.limit, roots.reduce((sum, { waiters }) => sum + waiters.length, 0), root?.depth ?? 0, whole(root?.longestMs ?? 0), root?.pid ?? null,
    idle?.ms ?? (state.maySee ? 0 : null), idle?.pid ?? null, query?.ms ?? (state.maySee ? 0 : null), query?.pid ?? null, state.lagMs === null ? null : whole(state.lagMs), state.xidAge, whole(state.uptimeMs),
    Number(state.maySee), Number(state.maySignal), Number(state.statements), Number(state.hypopg), advice.readWhole, advice.invalid, advice.bloated, advice.slowMs,
  ];
}

function poolValues({ pool }: Seen, { users }: Options): readonly (number | null)[] {
  if (pool === undefined) return [null, null];
  return pool === null ? [0, 0] : [users.findIndex(({ name }) => name === pool.app) + 1, pool.idle];
}

function longest(sessions: readonly PgSession[], msOf: (session: PgSession) => number | null): { readonly pid: number; readonly ms: number } | null {
  const [first] = sessions.flatMap((one) => (msOf(one) === null ? [] : [{ pid: one.pid, ms: whole(msOf(one) ?? 0) }])).toSorted((a, b) => b.ms - a.ms);
  return first ?? null;
}

function whole(ms: number): number {
  return Math.max(0, Math.round(ms));
}

function numberOf(fault: PostgresFault): number {
  return POSTGRES_FAULTS.indexOf(fault) + 1;
}
