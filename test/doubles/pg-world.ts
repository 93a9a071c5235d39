import type { RepairTarget } from '../../monitoring/repairs/repair.js';
import type { Json } from '../../src/domain/json.js';
import { systemClock } from '../../src/io/clock.js';
import type { Io } from '../../src/io/io.js';
import { createPostgres } from '../../src/io/postgres.js';
import type { RepairWorld } from '../contracts/repair.js';
import type { PgTown } from './pg-town.js';

/** A PostgreSQL named db, as a repair is told of it. */
export function pgTarget(url: string, options: Readonly<Record<string, Json>> = {}): RepairTarget {
  return {
    id: 'pg-1' as RepairTarget['id'], kind: 'postgres', name: 'db', url, options: { timeoutMs: 1_000, own: ['shop-*'], idleMs: 300_000, ...options },
    users: [{ name: 'shop', processes: ['shop'], limiters: [] }], uses: [], processes: [], release: null, running: null, ledger: [], checks: ['postgres'], settleMs: 1_000,
  };
}

export function pgIo(): Io {
  return { clock: systemClock, postgres: createPostgres({ clock: systemClock }) } as unknown as Io;
}

export interface PgWorld<A> extends RepairWorld<A> {
  readonly town: PgTown;
}

/** A world on a town that stands already; what is done there is cleared away when it is closed. */
export function pgWorld<A>(town: PgTown, args: A, { url = town.url, look }: { readonly url?: string; readonly look: () => Promise<Json> }): PgWorld<A> {
  const io = pgIo();
  return {
    town, io, args,
    target: pgTarget(url),
    other: () => {
      const dying = pgIo();
      return { io: dying, cut: () => dying.postgres.close() };
    },
    look, essence: look,
    freeze: () => town.freeze(),
    thaw: () => town.thaw(),
    async close() {
      await town.clear();
      await io.postgres.close();
    },
  };
}

/** Who is in which transaction: what ending sessions and queries would change. */
export async function transactions(town: PgTown): Promise<Json> {
  return (await town.sql<{ told: string }>(`select concat_ws(' ', pid, application_name, xact_start, query_start) as told from pg_stat_activity
    where backend_type = 'client backend' and application_name not like 'hypercare%' and pid <> pg_backend_pid() and xact_start is not null order by pid`)).map(({ told }) => told);
}
