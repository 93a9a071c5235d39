import type { ResourceId } from '../domain/ids.js';
import { judgeRuns, type EndedRun, type JudgedRun } from '../domain/learning.js';
import type { Db } from './schema.js';

/** What is older teaches nothing any more: the app has changed since. */
const LOOK_BACK_MS = 90 * 24 * 3_600_000;
const MOST_RUNS = 500;
const MOST_FINDINGS = 5_000;

/** The runs of an app that had ended by a time, oldest first, judged on what was known then. */
export async function outcomesOf(db: Db, appId: ResourceId, at: number): Promise<readonly JudgedRun[]> {
  const runs = await runsBefore(db, appId, at);
  const [oldest] = runs;
  if (!oldest) return [];
  const window = { appId, ailed: runs.map(({ ailed }) => ailed), after: Math.min(...runs.map(({ endedAt }) => endedAt)), until: at };
  return judgeRuns(runs, { findings: await findingsIn(db, window), launchedAt: await launchesIn(db, window) }, at);
}

/** `ailed`: where the problem was, which may be a server that the app uses. */
async function runsBefore(db: Db, appId: ResourceId, at: number): Promise<readonly (EndedRun & { readonly ailed: ResourceId })[]> {
  const rows = await db.selectFrom('remediations').innerJoin('plans', 'plans.id', 'remediations.plan_id').innerJoin('incidents', 'incidents.id', 'plans.incident_id')
    .select(['remediations.id', 'remediations.state', 'remediations.fingerprint', 'remediations.ended_at', 'plans.repair', 'plans.risk', 'plans.verdict', 'plans.asked_by', 'incidents.kind', 'incidents.resource_id as ailed'])
    .where('remediations.resource_id', '=', appId).where('remediations.started_at', '>', at - LOOK_BACK_MS).where('remediations.ended_at', '<', at).where('incidents.kind', '!=', 'manual')
    .orderBy('remediations.started_at', 'desc').limit(MOST_RUNS).execute();
  return rows.reverse().map((row) => ({
    id: row.id, repair: row.repair, risk: row.risk, kind: row.kind, verdict: row.verdict, byHand: row.asked_by !== null, state: row.state, fingerprint: row.fingerprint, endedAt: row.ended_at ?? at, ailed: row.ailed,
  }));
}

interface Window {
  readonly appId: ResourceId;
  readonly ailed: readonly ResourceId[];
  readonly after: number;
  readonly until: number;
}

async function findingsIn(db: Db, { appId, ailed, after, until }: Window): Promise<readonly { readonly fingerprint: string; readonly at: number }[]> {
  return db.selectFrom('findings').select(['fingerprint', 'first_at as at']).where('resource_id', 'in', [...new Set([appId, ...ailed])]).where('first_at', '>', after).where('first_at', '<=', until)
    .orderBy('first_at').limit(MOST_FINDINGS).execute();
}

async function launchesIn(db: Db, { appId, after, until }: Window): Promise<readonly number[]> {
  const rows = await db.selectFrom('launches').select('started_at').where('app_id', '=', appId).where('started_at', '>', after).where('started_at', '<=', until).orderBy('started_at').execute();
  return rows.map(({ started_at: at }) => at);
}
