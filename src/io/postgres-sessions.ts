import { lockRoots, type LockRoot } from '../domain/lock-chain.js';
import { OUR_NAME, type Postgres, type PostgresServer } from './postgres.js';

/** Whole sight of a server with more sessions than these is not needed to find who holds it up. */
const MOST_SESSIONS = 2_000;

/** One session with a database. Null where we may not see it, or there is nothing. Times are exact, as text, to tell the same session and transaction again. */
export interface PgSession {
  readonly pid: number;
  readonly backendStart: string | null;
  readonly xactStart: string | null;
  readonly queryStart: string | null;
  readonly app: string;
  /** Its other end as the server sees it; null for a socket file, and where we may not see it. */
  readonly clientAddress: string | null;
  /** -1 for a socket file. */
  readonly clientPort: number | null;
  /** 'client backend', 'autovacuum worker', 'walsender', … */
  readonly kind: string | null;
  readonly state: string | null;
  readonly superuser: boolean;
  readonly ours: boolean;
  /** It is connected to the same database as we are, and not to another one of the server. */
  readonly here: boolean;
  readonly inTransactionMs: number | null;
  readonly inStateMs: number | null;
  readonly queryMs: number | null;
  /** How long it has waited for a lock of others; null: it does not. */
  readonly waitedMs: number | null;
  readonly blockers: readonly number[];
}

/** A wait for a `virtualxid` is that of an index being built beside the writers, and hurts nobody. */
const SESSIONS = `
select a.pid, extract(epoch from a.backend_start)::text as "backendStart", extract(epoch from a.xact_start)::text as "xactStart",
  extract(epoch from a.query_start)::text as "queryStart", coalesce(a.application_name, '') as app, host(a.client_addr) as "clientAddress", a.client_port as "clientPort", a.backend_type as kind, a.state,
  coalesce(r.rolsuper, false) as superuser, (a.pid = pg_backend_pid() or coalesce(a.application_name, '') like '${OUR_NAME}%') as ours, a.datname = current_database() as here,
  (extract(epoch from clock_timestamp() - a.xact_start) * 1000)::float8 as "inTransactionMs",
  (extract(epoch from clock_timestamp() - a.state_change) * 1000)::float8 as "inStateMs",
  (extract(epoch from clock_timestamp() - a.query_start) * 1000)::float8 as "queryMs",
  case when w.pid is not null then coalesce(extract(epoch from clock_timestamp() - w.since) * 1000, 0)::float8 end as "waitedMs",
  case when w.pid is not null then pg_blocking_pids(a.pid) else '{}' end as blockers
from pg_stat_activity a
left join pg_roles r on r.oid = a.usesysid
left join (select pid, min(waitstart) as since from pg_locks where not granted and locktype <> 'virtualxid' group by pid) w on w.pid = a.pid
where a.datid is not null
order by w.pid is null, a.xact_start nulls last, a.pid
limit ${MOST_SESSIONS}`;

/** Who is connected to any database of the server: those that wait for others first, then by the age of their transaction. */
export async function pgSessions(postgres: Postgres, server: PostgresServer, signal: AbortSignal): Promise<readonly PgSession[]> {
  return postgres.ask<PgSession>(server, { sql: SESSIONS }, signal);
}

/** Who keeps sessions of this database's apps waiting, the longest first. Background workers that wait hurt nobody. */
export function blockingRoots(sessions: readonly PgSession[]): readonly LockRoot[] {
  const waiting = sessions.flatMap(({ pid, blockers, waitedMs, kind, ours, here }) => (waitedMs === null ? [] : [{ pid, blockers, waitedMs: isClient({ kind }) && !ours && here ? waitedMs : 0 }]));
  return lockRoots(waiting).filter(({ longestMs }) => longestMs > 0);
}

/** Where we may not see what it is, it counts as a client's. */
export function isClient({ kind }: Pick<PgSession, 'kind'>): boolean {
  return kind === null || kind === 'client backend';
}

export function idlesInTransaction({ state }: Pick<PgSession, 'state'>): boolean {
  return state?.startsWith('idle in transaction') ?? false;
}

/** 'session 4711 (shop-web)'. */
export function saySession({ pid, app }: Pick<PgSession, 'pid' | 'app'>): string {
  return `session ${pid} (${app === '' ? 'without a name' : app.replace(/[^\x20-\x7e]/g, '?').slice(0, 63)})`;
}
