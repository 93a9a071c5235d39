import { z } from 'zod';
import type { Json } from '../../src/domain/json.js';
import type { Io } from '../../src/io/io.js';
import type { PostgresServer } from '../../src/io/postgres.js';
import { saySession, type PgSession } from '../../src/io/postgres-sessions.js';
import type { Step, StepPosition } from './repair.js';

const witnessSchema = z.object({ pid: z.int(), backendStart: z.string(), xactStart: z.string(), queryStart: z.string().nullable() });

/** Which session, transaction and query it was: a pid is given to another session as soon as this one has ended. */
export function witnessOf({ pid, backendStart, xactStart, queryStart }: PgSession): Json {
  return { pid, backendStart, xactStart, queryStart };
}

/** What ends it, and by what it is known that there is nothing more to end. */
interface SessionAct {
  /** The function of PostgreSQL that is called: it says true once the signal is sent. */
  readonly call: 'pg_cancel_backend' | 'pg_terminate_backend';
  /** While this holds of the session, besides being the same in the same transaction, it is not done. */
  readonly still: string;
}

const DONE = { pg_cancel_backend: 'cancelled the query of', pg_terminate_backend: 'ended' } as const;

export function sessionStep(spec: { readonly name: string; readonly timeoutMs: number }, server: PostgresServer, { call, still }: SessionAct): Step {
  const same = `from pg_stat_activity a where a.pid = $1 and extract(epoch from a.backend_start)::text = $2 and extract(epoch from a.xact_start)::text = $3
    and a.backend_type = 'client backend' and a.pid <> pg_backend_pid() and a.datname = current_database() and ${still.replaceAll('$query', 'extract(epoch from a.query_start)::text = $4')}`;
  const ask = async (sql: string, witness: Json, io: Io, signal: AbortSignal): Promise<readonly { readonly app: string }[]> => {
    const { pid, backendStart, xactStart, queryStart } = witnessSchema.parse(witness);
    const values = [pid, backendStart, xactStart, ...(still.includes('$query') ? [queryStart] : [])];
    return io.postgres.ask<{ readonly app: string }>(server, { sql, values }, signal);
  };
  const state = async (witness: Json, io: Io): Promise<StepPosition> => ((await ask(`select coalesce(a.application_name, '') as app ${same}`, witness, io, AbortSignal.timeout(server.timeoutMs))).length > 0 ? 'before' : 'after');
  return {
    ...spec,
    // A server that does not answer may still do what it was asked before.
    state: (witness, _receipts, io) => state(witness, io).catch(() => 'unknown'),
    // Whether it is the same is asked by the statement that ends it: between two statements another may have taken its pid.
    async act(witness, _receipts, io, signal) {
      const [found] = await ask(`select ${call}(a.pid), coalesce(a.application_name, '') as app ${same}`, witness, io, signal);
      const { pid } = witnessSchema.parse(witness);
      return found === undefined ? { signalled: 0, said: `session ${pid} had ended or gone on by itself` } : { signalled: 1, said: `${DONE[call]} ${saySession({ pid, app: found.app })}` };
    },
  };
}
