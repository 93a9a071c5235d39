import type { HostId, IncidentId, PlanId, RemediationId } from '../domain/ids.js';
import type { RemediationState } from '../domain/remediation.js';
import type { Db } from './schema.js';

/** A run as lists show it. */
export interface RecentRun {
  readonly id: RemediationId;
  readonly planId: PlanId;
  readonly incidentId: IncidentId;
  readonly at: string;
  readonly repair: string;
  readonly byHand: boolean;
  readonly state: RemediationState;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: string | null;
  /** The first step that failed; null where none did. */
  readonly error: string | null;
  /** True where steps were taken back. */
  readonly undone: boolean;
}

/** The newest runs of a host, under way and past. */
export async function recentRuns(db: Db, hostId: HostId, limit: number): Promise<readonly RecentRun[]> {
  const rows = await db.selectFrom('remediations').innerJoin('plans', 'plans.id', 'remediations.plan_id').innerJoin('resources', 'resources.id', 'remediations.resource_id')
    .where('resources.host_id', '=', hostId).orderBy('remediations.started_at', 'desc').limit(limit)
    .select(['remediations.id', 'remediations.plan_id', 'plans.incident_id', 'resources.name', 'plans.repair', 'plans.asked_by', 'remediations.state', 'remediations.started_at', 'remediations.ended_at', 'remediations.outcome'])
    .select((eb) => [
      eb.selectFrom('steps').select('error').whereRef('steps.remediation_id', '=', 'remediations.id').where('steps.error', 'is not', null).orderBy('steps.n').limit(1).as('error'),
      eb.selectFrom('steps').select((n) => n.fn.countAll<number>().as('n')).whereRef('steps.remediation_id', '=', 'remediations.id').where('steps.dir', '=', 'undo').where('steps.state', '=', 'done').as('undone'),
    ]).execute();
  return rows.map((row) => ({
    id: row.id, planId: row.plan_id, incidentId: row.incident_id, at: row.name, repair: row.repair, byHand: row.asked_by !== null, state: row.state,
    startedAt: row.started_at, endedAt: row.ended_at, outcome: row.outcome, error: row.error, undone: Number(row.undone) > 0,
  }));
}
