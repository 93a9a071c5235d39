/** Not a double: a real PostgreSQL with the roles of an ordinary installation, and sessions that hold one another up. */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { missingService, startPostgres, startStandby, type Service } from '../../scripts/services.js';
import { until } from './pm2-home.js';

/** Why there is none here; null: there is one. */
export const noPostgres = missingService('postgres');

export interface PgTown {
  /** As the role hypercare: pg_monitor and pg_signal_backend, and nothing else. */
  readonly url: string;
  /** As a role that owns nothing and may see nothing of others. */
  readonly plainUrl: string;
  /** As the owner of the table `orders`, and of what is done to it. */
  readonly shopUrl: string;
  readonly superUrl: string;
  readonly pid: number;
  /** For a standby of it. */
  readonly service: Service;
  /** Asks as the superuser. */
  sql<R extends object>(text: string): Promise<readonly R[]>;
  /** A session of the shop under this name, outside or inside a transaction. */
  session(app: string, options?: { readonly url?: string }): Promise<PgClient>;
  /** A chain of three: the first holds an order idle in transaction, the two others wait behind one another. */
  chain(root?: string): Promise<{ readonly root: PgClient; readonly waiters: readonly Promise<unknown>[]; readonly pids: readonly number[] }>;
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  restart(): Promise<void>;
  /** Ends the sessions that tests opened. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export interface PgClient {
  readonly pid: number;
  query(text: string): Promise<unknown>;
  end(): Promise<void>;
}

/** A standby of the town, with the same settings; asked by the same roles. */
export async function startPgStandby(town: PgTown): Promise<{ readonly url: string; sql(text: string): Promise<unknown>; stop(): Promise<void> }> {
  const service = await startStandby(town.service, TOWN);
  return { url: service.url.replace('postgres@', 'hypercare@'), sql: (text) => askOnce(service.url, text), stop: service.stop };
}

const TOWN = { max_connections: '40', max_prepared_transactions: '2', wal_receiver_status_interval: '1' };

async function askOnce<R extends object>(url: string, text: string): Promise<readonly R[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<R>(text)).rows;
  } finally {
    await client.end();
  }
}

export async function startPgTown(settings: Readonly<Record<string, string>> = {}): Promise<PgTown> {
  const service = await startPostgres({ ...TOWN, ...settings });
  const as = (user: string): string => service.url.replace('postgres@', `${user}:pw-${user}@`);
  const open = new Set<pg.Client>();
  let frozen: readonly number[] = [];

  async function connect(app: string, url: string): Promise<PgClient> {
    const client = new pg.Client({ connectionString: url, application_name: app });
    client.on('error', () => open.delete(client));
    await client.connect();
    open.add(client);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    return { pid: rows[0]?.pid ?? 0, query: (text) => client.query(text), end: () => (open.delete(client), client.end()) };
  }

  const sql = <R extends object>(text: string): Promise<readonly R[]> => askOnce<R>(service.url, text);

  async function thaw(): Promise<void> {
    for (const pid of frozen) signal(pid, 'SIGCONT');
    frozen = [];
  }

  await sql(`create role hypercare login; grant pg_monitor, pg_signal_backend to hypercare; create role shop login; create role plain login; grant create on schema public to shop;
    create table orders (id int primary key, customer_id int not null, note text); alter table orders owner to shop;
    insert into orders select n, n % 5000, 'order ' || n from generate_series(1, 20000) n; analyze orders`);
  return {
    url: as('hypercare'), plainUrl: as('plain'), shopUrl: as('shop'), superUrl: service.url, service, sql,
    get pid() {
      return service.pid;
    },
    session: (app, { url = as('shop') } = {}) => connect(app, url),
    async chain(app = 'shop-web') {
      const [root, second, third] = await Promise.all([connect(app, as('shop')), connect('shop-worker', as('shop')), connect('shop-worker', as('shop'))]) as [PgClient, PgClient, PgClient];
      await root.query('begin; select * from orders where id = 1 for update');
      const waits = async (pid: number): Promise<boolean> => (await sql(`select from pg_locks where pid = ${pid} and not granted`)).length > 0;
      const first = second.query("begin; update orders set note = 'x' where id = 2; update orders set note = 'x' where id = 1; commit");
      await until('the first to wait', () => waits(second.pid));
      const last = third.query("update orders set note = 'y' where id = 2");
      await until('the second to wait', () => waits(third.pid));
      const waiters = [first, last];
      for (const waiter of waiters) waiter.catch(() => undefined);
      return { root, waiters, pids: [root.pid, second.pid, third.pid] };
    },
    async freeze() {
      frozen = [service.pid, ...childrenOf(service.pid)];
      for (const pid of frozen) signal(pid, 'SIGSTOP');
    },
    thaw,
    async restart() {
      open.clear();
      await service.restart();
    },
    async clear() {
      await thaw();
      for (const client of open) client.connection.stream.destroy();
      open.clear();
      for (const { gid } of await sql<{ gid: string }>('select gid from pg_prepared_xacts')) await sql(`rollback prepared '${gid}'`);
      await until('its sessions to be gone', async () => (await sql("select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() and application_name not like 'hypercare%'")).length === 0);
    },
    async stop() {
      await thaw();
      for (const client of open) client.connection.stream.destroy();
      await service.stop();
    },
  };
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}
