import { z } from 'zod';
import { sayDuration } from '../../src/domain/duration.js';
import { HypercareError } from '../../src/domain/errors.js';
import { fits } from '../../src/domain/glob.js';
import type { Refusal } from '../../src/domain/plan.js';
import type { Io } from '../../src/io/io.js';
import type { PostgresServer } from '../../src/io/postgres.js';
import { blockingRoots, idlesInTransaction, isClient, pgSessions, saySession, type PgSession } from '../../src/io/postgres-sessions.js';
import { pgState } from '../../src/io/postgres-state.js';
import type { RepairTarget } from './repair.js';

/** Which session: by default the one that keeps others waiting, else the one that has been idle in transaction for too long. */
export const sessionArgs = z.strictObject({ pid: z.int().min(1).max(4_194_304).optional() });
export type SessionArgs = z.output<typeof sessionArgs>;

/** What its part of the config says, as this repair reads it. */
const targetOptions = z.object({
  timeoutMs: z.int().default(2_000),
  idleMs: z.int().default(300_000),
  own: z.array(z.string()).default([]),
});

/** Whatever `own` says: a dump cut off is no backup, and a migration cut off may be half of one. */
const NEVER_NAMES = /\b(?:pg_dump|pg_dumpall|pg_restore|pg_basebackup|pg_receivewal|barman|pgbackrest|pg_probackup|wal-g|repmgr|patroni|debezium)|backup|replicat|subscri|migrat|flyway|liquibase|alembic|\bsqitch\b|goose/i;

/** Locks that a change of the schema, a VACUUM or the building of an index holds, and the advisory ones that migrations take. */
const HEAVY_LOCKS = `
select case when l.locktype = 'advisory' then 'an advisory lock, as migrations take' else l.mode || ' on ' || coalesce(l.relation::regclass::text, 'something') end as held
from pg_locks l left join pg_class c on c.oid = l.relation
where l.pid = $1 and l.granted and (l.locktype = 'advisory' or (l.locktype = 'relation' and l.mode in ('AccessExclusiveLock', 'ExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock') and coalesce(c.relkind in ('r', 'm', 'p', 'i'), true)))
limit 1`;

/** What a dump does, whatever it is called: the text of its query is looked at by the server, and not read. */
const COPIES_OUT = "select from pg_stat_activity where pid = $1 and query ~* '(^|;)\\s*copy\\y.*\\yto\\s+stdout'";

export interface Found {
  readonly session: PgSession;
  /** How many wait for it, and how long the longest of them has. */
  readonly waiters: number;
  readonly longestMs: number;
}

export function serverOf(target: Pick<RepairTarget, 'url' | 'options'>): PostgresServer {
  return { url: target.url ?? '', timeoutMs: targetOptions.parse(target.options).timeoutMs };
}

/** The session that is meant, or why there is none that may be touched. */
export async function findSession(target: RepairTarget, { pid }: SessionArgs, io: Io, signal: AbortSignal): Promise<Found | Refusal> {
  const { own, idleMs } = targetOptions.parse(target.options);
  const server = serverOf(target);
  const { maySee, maySignal } = await pgState(io.postgres, server, signal);
  if (!maySee) return { refused: `Hypercare may not see what others do in ${target.name}: GRANT pg_monitor to the user of its url` };
  if (!maySignal) return { refused: `Hypercare may not end anything in ${target.name}: GRANT pg_signal_backend to the user of its url` };
  const sessions = await pgSessions(io.postgres, server, signal);
  const [root] = blockingRoots(sessions);
  const wanted = pid ?? root?.pid ?? longestIdle(sessions, idleMs)?.pid;
  if (wanted === undefined) return { refused: `Nobody keeps others waiting in ${target.name}, and no transaction has been idle for ${sayDuration(idleMs)}` };
  if (wanted === 0) return { refused: 'What keeps others waiting is a prepared transaction, which has no session: see pg_prepared_xacts, then COMMIT PREPARED or ROLLBACK PREPARED' };
  const session = sessions.find((one) => one.pid === wanted);
  if (session === undefined) return { refused: `There is no session ${wanted} in ${target.name}` };
  if (!session.here) return { refused: `${saySession(session)} is connected to another database of the server than ${target.name}, and is not touched` };
  const refused = notTouched(session, own) ?? (await worksHeavily(session, server, io, signal));
  if (refused !== null) return { refused };
  return { session, ...waitingFor(wanted, sessions) };
}

/** Behind a root all that stand in its chains; behind one that waits itself those that wait for it and for nobody in between. */
function waitingFor(pid: number, sessions: readonly PgSession[]): Pick<Found, 'waiters' | 'longestMs'> {
  const root = blockingRoots(sessions).find((one) => one.pid === pid);
  if (root !== undefined) return { waiters: root.waiters.length, longestMs: root.longestMs };
  const direct = sessions.filter(({ blockers }) => blockers.includes(pid));
  return { waiters: direct.length, longestMs: Math.max(0, ...direct.map(({ waitedMs }) => waitedMs ?? 0)) };
}

/** What cannot be asked is no answer about the session. */
export function unasked(error: unknown): Refusal {
  if (error instanceof HypercareError) return { refused: `It could not be asked: ${error.message}`, again: error.errorClass === 'transient', unchecked: error };
  throw error;
}

function longestIdle(sessions: readonly PgSession[], idleMs: number): PgSession | undefined {
  const idle = sessions.filter((one) => idlesInTransaction(one) && isClient(one) && !one.ours && one.here && (one.inStateMs ?? 0) >= idleMs);
  return idle.toSorted((a, b) => (b.inStateMs ?? 0) - (a.inStateMs ?? 0))[0];
}

/** Null: it is one of those the config lets us touch. */
function notTouched(session: PgSession, own: readonly string[]): string | null {
  const who = saySession(session);
  if (session.ours) return `${who} is hypercare’s own`;
  if (session.kind !== 'client backend') return `${who} is a ${session.kind ?? 'process of which nothing is known'}, and no client: it is never ended`;
  if (session.superuser) return `${who} is a superuser’s, and is never ended`;
  if (NEVER_NAMES.test(session.app)) return `${who} looks by its name like a backup, replication or a migration, and is never ended`;
  if (own.length === 0) return `${who} is not known to be an app’s: name in hypercare.yaml, under own, the application_name of the sessions that may be ended`;
  if (session.app === '' || !own.some((pattern) => fits(pattern, session.app))) return `${who} is none of those that may be ended: ${own.slice(0, 5).join(', ')}`;
  if (session.backendStart === null || session.xactStart === null) return `${who} is in no transaction: there is nothing to end`;
  return null;
}

async function worksHeavily(session: PgSession, server: PostgresServer, io: Io, signal: AbortSignal): Promise<string | null> {
  if ((await io.postgres.ask(server, { sql: COPIES_OUT, values: [session.pid] }, signal)).length > 0) return `${saySession(session)} copies a table out, as a dump does, and is never ended`;
  const [heavy] = await io.postgres.ask<{ readonly held: string }>(server, { sql: HEAVY_LOCKS, values: [session.pid] }, signal);
  return heavy === undefined ? null : `${saySession(session)} holds ${heavy.held.slice(0, 120)}: it may be changing the schema, and is never ended`;
}
