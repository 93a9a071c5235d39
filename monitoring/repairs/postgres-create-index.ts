import { z } from 'zod';
import { sayBytes } from '../../src/domain/bytes.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import type { Io } from '../../src/io/io.js';
import type { PostgresServer } from '../../src/io/postgres.js';
import { pgSessions, saySession } from '../../src/io/postgres-sessions.js';
import { BUILDER, costs, indexArgs, indexState, lookAtTable, type IndexArgs, type IndexedTable } from './postgres-index.js';
import { serverOf, unasked } from './postgres-sessions.js';
import type { Repair, RepairTarget, Step, StepPosition } from './repair.js';

const STEP = { name: 'build the index', timeoutMs: 30 * 60_000 } as const;
/** Of each lock. The build waits for every transaction that is open as it begins, and others wait behind nothing of it. */
const LOCK_TIMEOUT_MS = 60_000;
const CLEAN_UP_MS = 60_000;
/** A transaction that is as old as this will hardly end while the build waits for it. */
const OLD_MS = 60_000;
const VERIFY_MS = 60_000;
/** Its checks are good as before: that it is there, and valid, is what was asked for. */
const VERIFY = { good: 2, withinMs: VERIFY_MS } as const;

const witnessSchema = z.object({ schema: z.string(), name: z.string(), create: z.string(), drop: z.string() });
type Witness = z.output<typeof witnessSchema>;

/**
 * Builds one index beside the writers. A build that fails or is cut off leaves an invalid index, which each change keeps
 * up to date and no query uses, and which makes the next build “succeed” where it says IF NOT EXISTS: what is left is
 * removed at once, and before a build.
 */
export const postgresCreateIndex: Repair<IndexArgs> = {
  kind: 'postgres.create-index',
  target: 'postgres',
  summary: 'build the one index that somebody asked for, beside the writers',
  refuses: 'tables whose owner hypercare is not, columns that begin an index already, and while an old transaction is open',
  args: indexArgs,
  risk: 'disruptive',
  prepare: (target, args, io, signal) => prepare(target, args, io, signal).catch(unasked),
  steps: (target) => [buildStep(serverOf(target))],
};

async function prepare(target: RepairTarget, args: IndexArgs, io: Io, signal: AbortSignal): Promise<Prepared | Refusal> {
  const server = serverOf(target);
  const table = await lookAtTable(io, server, args, signal);
  if (typeof table === 'string') return { refused: table };
  const refused = notBuilt(table) ?? (await heldUp(io, server, table, signal));
  if (refused !== null) return { refused };
  const { schema, name, create, drop } = table.plan;
  return {
    does: [{ ...STEP, does: create }],
    touches: [target.id],
    bounds: { indexes: 1 },
    verify: { ...VERIFY, checks: target.checks, settleMs: target.settleMs },
    wayBack: drop,
    witness: { schema, name, create, drop },
    artefacts: [],
    notes: [`${table.plan.table} has about ${Math.round(table.rows)} rows and takes ${sayBytes(table.bytes)}; the index takes room too`, await costNote(io, server, table, signal)],
  };
}

function notBuilt({ plan, owned, same }: IndexedTable): string | null {
  if (same !== null) return `${same} begins with ${plan.columns.join(', ')} already`;
  return owned ? null : `Only the owner of ${plan.table} may, and hypercare is not: ${plan.create}`;
}

/** Also where another one is being built: two at once wait for each other. */
async function heldUp(io: Io, server: PostgresServer, { plan }: IndexedTable, signal: AbortSignal): Promise<string | null> {
  const state = await indexState(io, server, plan, signal);
  if (state === 'building') return 'An index is being built there already';
  if (state === 'valid') return `There is an index ${plan.schema}.${plan.name} already, of other columns`;
  const old = (await pgSessions(io.postgres, server, signal)).find(({ ours, inTransactionMs }) => !ours && (inTransactionMs ?? 0) >= OLD_MS);
  return old === undefined ? null : `${saySession(old)} has had a transaction open for ${sayDuration(old.inTransactionMs ?? 0)}: the build would wait for its end`;
}

async function costNote(io: Io, server: PostgresServer, { plan }: IndexedTable, signal: AbortSignal): Promise<string> {
  const cost = await costs(io, server, plan, signal).catch(() => null);
  if (cost === null) return 'what it brings cannot be told before: the extension hypopg could';
  return `finding the rows of one value costs ${Math.round(cost.before)} now and ${Math.round(cost.after)} with it, in the planner’s units`;
}

function buildStep(server: PostgresServer): Step {
  const state = async (witness: Witness, io: Io): Promise<StepPosition> => {
    const found = await indexState(io, server, witness, AbortSignal.timeout(server.timeoutMs));
    return found === 'valid' ? 'after' : found === 'building' ? 'moving' : 'before';
  };
  return {
    ...STEP,
    undoUntil: 'done',
    state: (witness, _receipts, io) => state(witnessSchema.parse(witness), io).catch(() => 'unknown'),
    act: (witness, _receipts, io, signal) => build(witnessSchema.parse(witness), server, io, signal),
    undo: (receipt, io, signal) => remove(z.object({ drop: z.string() }).parse(receipt).drop, server, io, signal),
  };
}

async function build({ create, drop }: Witness, server: PostgresServer, io: Io, signal: AbortSignal): Promise<Json> {
  await remove(drop, server, io, signal);
  try {
    await io.postgres.change(server, { sql: create, name: BUILDER, timeoutMs: STEP.timeoutMs, lockTimeoutMs: LOCK_TIMEOUT_MS }, signal);
    return { drop };
  } catch (error) {
    // Called off, the server may go on building: what it leaves is looked at by whoever carries this on.
    if (!signal.aborted) await remove(drop, server, io, AbortSignal.timeout(CLEAN_UP_MS)).catch(() => undefined);
    throw error;
  }
}

/** Whatever of this name is there: it was made here, whole or half. */
function remove(drop: string, server: PostgresServer, io: Io, signal: AbortSignal): Promise<void> {
  return io.postgres.change(server, { sql: drop, name: BUILDER, timeoutMs: CLEAN_UP_MS, lockTimeoutMs: LOCK_TIMEOUT_MS }, signal);
}
