import type { Prepared, Refusal } from '../../src/domain/plan.js';
import type { Io } from '../../src/io/io.js';
import { saySession } from '../../src/io/postgres-sessions.js';
import { sessionStep, witnessOf } from './postgres-session-step.js';
import { findSession, serverOf, sessionArgs, unasked, type SessionArgs } from './postgres-sessions.js';
import { sayFound } from './postgres-terminate.js';
import type { Repair, RepairTarget } from './repair.js';

const STEP = { name: 'cancel the query', timeoutMs: 15_000 } as const;
const VERIFY_MS = 60_000;

/** Cancels exactly the query that runs at the root of a lock chain. Its session stays, and gets an error it can handle. */
export const postgresCancel: Repair<SessionArgs> = {
  kind: 'postgres.cancel',
  target: 'postgres',
  summary: 'cancel the one query that keeps others waiting; its session stays',
  refuses: 'names that own does not list, sessions idle in transaction, superusers, backups, replication, migrations, autovacuum',
  args: sessionArgs,
  risk: 'disruptive',
  prepare: (target, args, io, signal) => prepare(target, args, io, signal).catch(unasked),
  steps: (target) => [sessionStep(STEP, serverOf(target), { call: 'pg_cancel_backend', still: "a.state = 'active' and $query" })],
};

async function prepare(target: RepairTarget, args: SessionArgs, io: Io, signal: AbortSignal): Promise<Prepared | Refusal> {
  const found = await findSession(target, args, io, signal);
  if ('refused' in found) return found;
  const { session } = found;
  if (session.state !== 'active') return { refused: `${saySession(session)} is ${session.state ?? 'in a state we may not see'}: a cancel does nothing there, and postgres.terminate is the one` };
  return {
    does: [{ ...STEP, does: `pg_cancel_backend(${session.pid}) while it is the same session of ${session.app} in the same query` }],
    touches: [target.id],
    bounds: { queries: 1 },
    verify: { checks: target.checks, good: 3, settleMs: target.settleMs, withinMs: VERIFY_MS },
    wayBack: null,
    witness: witnessOf(session),
    artefacts: [],
    notes: [sayFound(found), 'its transaction fails, and what it has not committed is undone'],
  };
}
