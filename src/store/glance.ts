import { sql, type CompiledQuery } from 'kysely';
import type { HostId } from '../domain/ids.js';
import { LIVE_PLAN_STATES } from './plans.js';
import type { Db } from './schema.js';

/** What waits for the monitor, in one look. Times are the earliest of their kind; null: there is none. */
export interface Glance {
  /** A request, and a signal, that nobody has taken. */
  readonly requestAt: number | null;
  readonly signalAt: number | null;
  /** The next tick of an open launch, scheduled or hot; the next check. */
  readonly tickAt: number | null;
  readonly checkAt: number | null;
  /** The end of an open launch that is over its last tick; the beginning of one whose six hours were not told. */
  readonly endsAt: number | null;
  readonly untoldSince: number | null;
  /** Are there samples the detectors have not looked at? */
  readonly undetected: boolean;
  /** Is there an incident that is not over, or a plan that still leads somewhere? */
  readonly open: boolean;
}

type Row = { [K in 'requestAt' | 'signalAt' | 'tickAt' | 'checkAt' | 'endsAt' | 'untoldSince']: number | null } & { undetected: number | null; incident: string | null; plan: string | null };

/** Asked in each pass of the loop, and written once: to build a query costs more than to run this one. */
export function createGlance(db: Db, hostId: HostId): () => Promise<Glance> {
  const query = glanceQuery(db, hostId);
  return async () => {
    const { undetected, incident, plan, ...times } = (await db.executeQuery(query)).rows[0] as Row;
    return { ...times, undetected: undetected !== null, open: incident !== null || plan !== null };
  };
}

function glanceQuery(db: Db, hostId: HostId): CompiledQuery<Row> {
  const launches = sql`launches inner join resources on resources.id = launches.open_app where resources.host_id = ${hostId}`;
  const checks = sql`checks inner join resources on resources.id = checks.resource_id where resources.host_id = ${hostId} and checks.retired = 0 and resources.retired = 0`;
  return sql<Row>`select
    (select min(at) from requests where host_id = ${hostId} and ended_at is null) as "requestAt",
    (select min(at) from signals where host_id = ${hostId} and taken_at is null) as "signalAt",
    (select min(launches.next_at) from ${launches}) as "tickAt",
    (select checks.next_at from ${checks} order by checks.next_at limit 1) as "checkAt",
    (select min(launches.ends_at) from ${launches} and launches.next_tick_at is null) as "endsAt",
    (select min(launches.started_at) from ${launches} and launches.six_hours_told = 0) as "untoldSince",
    (select 1 from ${checks} and checks.sampled_at > checks.detected_at limit 1) as "undetected",
    (select incidents.id from incidents inner join resources on resources.id = incidents.open_resource where resources.host_id = ${hostId} limit 1) as "incident",
    (select plans.id from plans inner join resources on resources.id = plans.target_id
      where resources.host_id = ${hostId} and plans.state in (${sql.join([...LIVE_PLAN_STATES])}) limit 1) as "plan"`.compile(db);
}
