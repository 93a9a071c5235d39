import { sayDuration } from '../../src/domain/duration.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import { idlePool, type IdlePool } from '../../src/io/idle-pool.js';
import type { Io } from '../../src/io/io.js';
import { pgSessions } from '../../src/io/postgres-sessions.js';
import { pgState } from '../../src/io/postgres-state.js';
import { RELOAD_MS, workerSteps } from './pm2-drain-restart.js';
import { reload } from './pm2-reload.js';
import { unasked } from './postgres-sessions.js';
import { prepareProcessAct, processArgs, sayInstances, type ProcessActKind, type ProcessArgs } from './process-plan.js';
import { readWitness } from './process-witness.js';
import type { Repair, RepairTarget } from './repair.js';

const ASK_MS = 2_000;
/** What dies at its start for want of a connection does so sooner. */
const STEADY_MS = 3_000;

/**
 * Gives a PostgreSQL back the connections that stand idle in this app's own pool: new processes end exactly these and no
 * others. Whose they are is looked at anew each time, because a restart of an app that holds none mends nothing.
 *
 * Each worker is ended before its successor starts. A reload does it the other way round, and a successor that finds no
 * connection left and gives up is started again by PM2 until that gives it up: measured with two workers, one of them
 * was errored after 17 starts.
 */
export const pm2ResetPool: Repair<ProcessArgs> = {
  kind: 'pm2.reset-pool',
  target: 'app',
  mends: 'postgres',
  summary: 'restart the workers of an app, one after the other, in whose pool most connections of a PostgreSQL stand idle while none is left',
  refuses: 'while connections are left, and an app that does not have more than half of them idle, or of which nobody can tell',
  args: processArgs,
  risk: 'disruptive',
  prepare,
  steps: (_target, _args, prepared) => workerSteps(prepared, { steadyMs: STEADY_MS, replace: (name, { pmId }, io) => io.pm2.restart(name, { pmId }) }),
};

const oneByOne: ProcessActKind = {
  ...reload,
  note: (name, instances) => `${name}: ${sayInstances(instances)}; ${instances.length === 1 ? 'nothing answers until it has started' : 'one after the other, and the others answer meanwhile'}`,
};

async function prepare(target: RepairTarget, args: ProcessArgs, io: Io, signal: AbortSignal): Promise<Prepared | Refusal> {
  const found = await crowdedPool(target, io, signal).catch(unasked);
  if ('refused' in found) return found;
  const prepared = await prepareProcessAct(oneByOne, target, args, io);
  if ('refused' in prepared) return prepared;
  const workers = readWitness(prepared.witness).processes.flatMap(({ name, instances }) => instances.map((_, n) => `worker ${n + 1} of ${instances.length} of ${name}`));
  const does = workers.map((worker) => ({ name: `restart ${worker}`, does: `end ${worker}, start it anew, and wait until it has been up for ${sayDuration(STEADY_MS)}`, timeoutMs: RELOAD_MS + STEADY_MS }));
  return { ...prepared, does, notes: [...found.notes, ...prepared.notes] };
}

type Server = RepairTarget['uses'][number];

/** What to know of the pool that is given back; else why none is. */
async function crowdedPool(target: RepairTarget, io: Io, signal: AbortSignal): Promise<{ readonly notes: readonly string[] } | Refusal> {
  const servers = target.uses.filter(({ kind, url }) => kind === 'postgres' && url !== null);
  if (servers.length === 0) return { refused: `${target.name} names no PostgreSQL under “uses”` };
  const notes: string[] = [];
  for (const server of servers) {
    const seen = await poolAt(server, target, io, signal);
    if (typeof seen === 'string') notes.push(seen);
    else return { notes: notesOf(server, seen) };
  }
  return { refused: notes.join('; ') };
}

interface Crowded extends IdlePool {
  readonly limit: number;
}

async function poolAt({ name, url }: Server, target: RepairTarget, io: Io, signal: AbortSignal): Promise<Crowded | string> {
  const server = { url: url ?? '', timeoutMs: ASK_MS };
  const { used, limit, maySee } = await pgState(io.postgres, server, signal);
  if (used < limit) return `${name} has ${limit - used} of ${limit} connections left`;
  if (!maySee) return `whose the connections of ${name} are cannot be told: GRANT pg_monitor to the user of its url`;
  const sessions = await pgSessions(io.postgres, server, signal);
  const pool = await idlePool(io, { sessions, limit, url: server.url, users: [{ name: target.name, processes: target.processes }] });
  return pool === null ? `${target.name} has not more than half of the ${limit} connections of ${name} idle, as far as can be told` : { ...pool, limit };
}

function notesOf({ name }: Server, { idle, inTransaction, limit }: Crowded): readonly string[] {
  const undone = inTransaction === 0 ? [] : [`${inTransaction} of these stand idle in a transaction: what they have not committed is undone`];
  return [`${idle} of the ${limit} connections of ${name} stand idle in its pool`, ...undone];
}
