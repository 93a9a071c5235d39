import type { ReleaseId, ResourceId } from '../domain/ids.js';
import { livesOf, type ReleaseLife } from '../domain/release-life.js';
import type { Db } from './schema.js';

/** Launches and incidents further back than this many are not told. */
const MOST = 500;
/** Restarts further back say little of how the app starts today. */
const MOST_RESTARTS = 5;
/** A restart that needed longer was followed by another trouble. */
const MOST_ANSWER_MS = 10 * 60_000;

/** When each release of the app ran, and how well. */
export async function releaseLives(db: Db, appId: ResourceId, now: number): Promise<ReadonlyMap<ReleaseId, ReleaseLife>> {
  const launches = await db.selectFrom('launches').select(['release_id', 'started_at']).where('app_id', '=', appId).orderBy('started_at', 'desc').orderBy('id', 'desc').limit(MOST).execute();
  const incidents = await db.selectFrom('incidents').select(['opened_at', 'closed_at']).where('resource_id', '=', appId).where('kind', '!=', 'manual').where('severity', '!=', 'info')
    .orderBy('opened_at', 'desc').limit(MOST).execute();
  return livesOf(
    launches.toReversed().map((row) => ({ releaseId: row.release_id, startedAt: row.started_at })),
    incidents.map((row) => ({ openedAt: row.opened_at, closedAt: row.closed_at })),
    now,
  );
}

/** A restart of ours, and how long after it began the app's first good answer came. */
export interface AnsweredAfter {
  readonly repair: string;
  readonly ms: number;
}

/**
 * How soon the app answered again after restarts of ours that were proved to help, newest first. Its first good reading
 * over HTTP after the first step that started workers was done counts, so that it is at most that long.
 */
export async function answeredAfterRestarts(db: Db, appId: ResourceId): Promise<readonly AnsweredAfter[]> {
  const runs = await db.selectFrom('remediations').innerJoin('plans', 'plans.id', 'remediations.plan_id').select(['remediations.id', 'plans.repair'])
    .where('remediations.resource_id', '=', appId).where('remediations.state', '=', 'verified').where('plans.repair', 'in', ['release.rollback', 'pm2.restart'])
    .orderBy('remediations.started_at', 'desc').limit(MOST_RESTARTS).execute();
  const found: AnsweredAfter[] = [];
  for (const { id, repair } of runs) {
    const step = await db.selectFrom('steps').select(['intended_at', 'ended_at']).where('remediation_id', '=', id).where('dir', '=', 'do').where('state', '=', 'done')
      .where('name', 'like', 'restart %').orderBy('n').limit(1).executeTakeFirst();
    const ms = step ? await untilAnswer(db, appId, { from: step.intended_at, after: step.ended_at ?? step.intended_at }) : null;
    if (ms !== null) found.push({ repair, ms });
  }
  return found;
}

async function untilAnswer(db: Db, appId: ResourceId, { from, after }: { readonly from: number; readonly after: number }): Promise<number | null> {
  const row = await db.selectFrom('samples').innerJoin('checks', 'checks.id', 'samples.check_id').select('samples.at').where('checks.resource_id', '=', appId).where('checks.probe', '=', 'http')
    .where('samples.verdict', '=', 'good').where('samples.at', '>=', after).where('samples.at', '<=', from + MOST_ANSWER_MS).orderBy('samples.at').limit(1).executeTakeFirst();
  return row ? row.at - from : null;
}
