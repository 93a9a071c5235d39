import { sayDuration } from '../../src/domain/duration.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import type { Io } from '../../src/io/io.js';
import { idlesInTransaction, saySession } from '../../src/io/postgres-sessions.js';
import { sessionStep, witnessOf } from './postgres-session-step.js';
import { findSession, serverOf, sessionArgs, unasked, type Found, type SessionArgs } from './postgres-sessions.js';
import type { Repair, RepairTarget } from './repair.js';

const STEP = { name: 'end the session', timeoutMs: 15_000 } as const;
const VERIFY_MS = 60_000;

/**
 * Ends exactly the session at the root of a lock chain that stands idle in its transaction: a cancel is answered with
 * “true” there and does nothing. Where a query runs, `postgres.cancel` is the milder way.
 */
export const postgresTerminate: Repair<SessionArgs> = {
  kind: 'postgres.terminate',
  target: 'postgres',
  summary: 'end the one session that stands idle in a transaction and keeps others waiting',
  refuses: 'names that own does not list, sessions whose query runs, superusers, backups, replication, migrations, autovacuum',
  args: sessionArgs,
  risk: 'disruptive',
  prepare: (target, args, io, signal) => prepare(target, args, io, signal).catch(unasked),
  steps: (target) => [sessionStep(STEP, serverOf(target), { call: 'pg_terminate_backend', still: "a.state like 'idle in transaction%'" })],
};

async function prepare(target: RepairTarget, args: SessionArgs, io: Io, signal: AbortSignal): Promise<Prepared | Refusal> {
  const found = await findSession(target, args, io, signal);
  if ('refused' in found) return found;
  const { session } = found;
  if (!idlesInTransaction(session)) return { refused: `${saySession(session)} runs a query (it is ${session.state}): postgres.cancel ends that, and leaves the session` };
  return {
    does: [{ ...STEP, does: `pg_terminate_backend(${session.pid}) while the same session of ${session.app} stands idle in the same transaction` }],
    touches: [target.id],
    bounds: { sessions: 1 },
    verify: { checks: target.checks, good: 3, settleMs: target.settleMs, withinMs: VERIFY_MS },
    wayBack: null,
    witness: witnessOf(session),
    artefacts: [],
    notes: [sayFound(found), 'what it has not committed is undone', crashNote(target)],
  };
}

/** 'session 4711 (shop-web), idle in transaction for 45 s; 2 wait for it, the longest for 40 s'. */
export function sayFound({ session, waiters, longestMs }: Found): string {
  const wait = waiters === 0 ? 'nobody waits for it' : `${waiters} ${waiters === 1 ? 'waits' : 'wait'} for it, the longest for ${sayDuration(longestMs)}`;
  return `${saySession(session)}, ${session.state ?? 'in a state we may not see'} for ${sayDuration(session.inStateMs ?? 0)}; ${wait}`;
}

/** node-postgres ends a process whose client breaks while it is checked out, or has no error listener. */
function crashNote({ users }: RepairTarget): string {
  const who = users.map(({ name }) => name).slice(0, 5).join(', ') || 'its app';
  return `a client that does not expect this may take its process with it: ${who} may be restarted once`;
}
