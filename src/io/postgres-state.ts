import type { Postgres, PostgresServer } from './postgres.js';

/** What one look at a server tells of all of it. Null where we may not see it. */
export interface PgState {
  readonly used: number;
  /** How many connections apps can have: those kept for superusers are taken off. */
  readonly limit: number;
  readonly inRecovery: boolean;
  /** Whether its databases are set to take no changes. */
  readonly readOnly: boolean;
  readonly uptimeMs: number;
  readonly lagMs: number | null;
  /** Of transactions, or of groups of them that lock one row together: both run out. */
  readonly xidAge: number;
  readonly maySee: boolean;
  readonly maySignal: boolean;
  readonly statements: boolean;
  readonly hypopg: boolean;
}

/** Of a standby its own lag, of a primary that of the standby which is furthest behind. */
const STATE = `
select (select count(*)::int from pg_stat_activity where coalesce(backend_type, case when datid is not null then 'client backend' end) = 'client backend') as used,
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - coalesce(current_setting('reserved_connections', true)::int, 0) as "limit",
  pg_is_in_recovery() as "inRecovery",
  (select reset_val = 'on' from pg_settings where name = 'default_transaction_read_only') as "readOnly",
  (extract(epoch from clock_timestamp() - pg_postmaster_start_time()) * 1000)::float8 as "uptimeMs",
  (case when not pg_is_in_recovery() then (select extract(epoch from max(replay_lag)) * 1000 from pg_stat_replication)
        when exists (select from pg_stat_wal_receiver) and pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
        else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000 end)::float8 as "lagMs",
  (select max(greatest(age(datfrozenxid), mxid_age(datminmxid)))::float8 from pg_database where datallowconn) as "xidAge",
  pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') as "maySee",
  pg_has_role(current_user, 'pg_signal_backend', 'USAGE') as "maySignal",
  exists (select from pg_extension where extname = 'pg_stat_statements') as statements,
  exists (select from pg_extension where extname = 'hypopg') as hypopg`;

export async function pgState(postgres: Postgres, server: PostgresServer, signal: AbortSignal): Promise<PgState> {
  const [state] = await postgres.ask<PgState>(server, { sql: STATE }, signal);
  return state as PgState;
}
