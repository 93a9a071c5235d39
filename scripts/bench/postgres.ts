import pg from 'pg';
import { postgresTerminate } from '../../monitoring/repairs/postgres-terminate.js';
import type { RepairTarget } from '../../monitoring/repairs/repair.js';
import { systemClock } from '../../src/io/clock.js';
import type { Io } from '../../src/io/io.js';
import { createPostgres } from '../../src/io/postgres.js';
import { startPostgres } from '../services.js';
import { until } from '../until.js';
import { summaryOf } from './figures.js';

/** What one way of clearing a lock chain came to, medians over all rounds. */
export interface PostgresFigures {
  readonly way: string;
  /** From the beginning until nobody waited any more, milliseconds; null: they waited on. */
  readonly clearMs: number | null;
  /** Sessions ended, and how many of those that waited failed instead of going on. */
  readonly ended: number;
  readonly failed: number;
}

const ROUNDS = 10;
const WAITERS = 10;
const OTHERS = 10;
const GIVE_UP_MS = 2_000;
const PATIENCE = { withinMs: 20_000, everyMs: 5 } as const;

/** `url` is that of a role with pg_monitor and pg_signal_backend. */
type Way = readonly [name: string, clear: (io: Io, at: { readonly url: string; readonly root: number; readonly admin: pg.Client }) => Promise<unknown>];

/** Side by side in one run on one server, each on a chain of its own. */
const WAYS: readonly Way[] = [
  ['hypercare: look, then postgres.terminate', (io, { url }) => terminate(io, url)],
  ['cancel the root', (_io, { root, admin }) => admin.query('select pg_cancel_backend($1)', [root])],
  ['terminate all who are in a transaction', (_io, { admin }) => admin.query("select pg_terminate_backend(pid) from pg_stat_activity where xact_start is not null and pid <> pg_backend_pid() and application_name like 'shop%'")],
  ['terminate everybody', (_io, { admin }) => admin.query("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and application_name like 'shop%'")],
];

export async function benchPostgres(tell: (text: string) => void): Promise<readonly PostgresFigures[]> {
  const server = await startPostgres();
  const io = { clock: systemClock, postgres: createPostgres({ clock: systemClock }) } as unknown as Io;
  const admin = new pg.Client({ connectionString: server.url });
  try {
    await admin.connect();
    await admin.query('create role hypercare login; grant pg_monitor, pg_signal_backend to hypercare; create role shop login; create table orders (id int primary key, n int); insert into orders select n, 0 from generate_series(1, 100) n; grant all on orders to shop');
    const figures: PostgresFigures[] = [];
    for (const way of WAYS) {
      tell(`postgres: ${way[0]}`);
      const rounds = [];
      for (let n = 0; n < ROUNDS; n += 1) rounds.push(await round(io, { url: server.url, admin }, way));
      const failed = summaryOf(rounds.map((one) => one.failed)).median ?? 0;
      figures.push({ way: way[0], clearMs: summaryOf(rounds.map((one) => one.clearMs)).median, ended: summaryOf(rounds.map((one) => one.ended)).median ?? 0, failed });
    }
    return figures;
  } finally {
    await admin.end();
    await io.postgres.close();
    await server.stop();
  }
}

async function round(io: Io, { url, admin }: { readonly url: string; readonly admin: pg.Client }, [, clear]: Way): Promise<Omit<PostgresFigures, 'way'>> {
  const clients = await Promise.all(Array.from({ length: 1 + WAITERS + OTHERS }, () => connect(url.replace('postgres@', 'shop@'))));
  try {
    const [root, ...rest] = clients as [pg.Client, ...pg.Client[]];
    const { rows } = await root.query<{ pid: number }>('select pg_backend_pid() as pid');
    await root.query('begin');
    await root.query('update orders set n = n + 1 where id = 1');
    let failed = 0;
    const waiting = rest.slice(0, WAITERS).map((client) => client.query('update orders set n = n + 1 where id = 1').catch(() => (failed += 1)));
    await until('all wait', async () => (await admin.query('select from pg_stat_activity where wait_event_type = \'Lock\'')).rowCount === WAITERS, PATIENCE);
    const began = io.clock.monotonic();
    await clear(io, { url: url.replace('postgres@', 'hypercare@'), root: rows[0]?.pid ?? 0, admin });
    const cleared = await Promise.race([Promise.all(waiting).then(() => true), io.clock.sleep(GIVE_UP_MS).then(() => false)]);
    const clearMs = cleared ? io.clock.monotonic() - began : null;
    const { rowCount: left } = await admin.query("select from pg_stat_activity where application_name like 'shop%'");
    return { clearMs, failed, ended: clients.length - (left ?? 0) };
  } finally {
    for (const client of clients) client.connection.stream.destroy();
    await until('the sessions are gone', async () => (await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'shop%'")).rowCount === 0, PATIENCE);
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'shop-web' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function terminate(io: Io, url: string): Promise<void> {
  const target: RepairTarget = { id: 'bench' as RepairTarget['id'], kind: 'postgres', name: 'db', url, options: { own: ['shop-*'] }, users: [], uses: [], processes: [], release: null, running: null, ledger: [], checks: [], settleMs: 0 };
  const signal = AbortSignal.timeout(PATIENCE.withinMs);
  const prepared = await postgresTerminate.prepare(target, {}, io, signal);
  if ('refused' in prepared) throw new Error(prepared.refused);
  for (const step of postgresTerminate.steps(target, {}, prepared)) await step.act(prepared.witness, {}, io, signal);
}
