import type { ResourceId } from '../domain/ids.js';
import type { Prepared } from '../domain/plan.js';
import type { Rehearsal } from '../domain/rehearsal.js';
import { journalOf } from './journal.js';
import { getRelease } from './releases.js';
import type { Db } from './schema.js';

/** Repairs that switch an app to another release. */
const SWITCHING = ['release.deploy', 'release.rollback'];

/** The newest rehearsal that ended; null: there never was one. One that people stopped says nothing. */
export async function lastRehearsal(db: Db, appId: ResourceId): Promise<Rehearsal | null> {
  const row = await db.selectFrom('remediations').innerJoin('plans', 'plans.id', 'remediations.plan_id')
    .select(['remediations.ended_at', 'remediations.state', 'remediations.outcome', 'plans.body'])
    .where('remediations.resource_id', '=', appId).where('plans.repair', '=', 'release.rehearse').where('remediations.state', 'in', ['verified', 'failed'])
    .orderBy('remediations.started_at', 'desc').limit(1).executeTakeFirst();
  const { rehearses } = JSON.parse(row?.body ?? '{}') as Partial<Prepared>;
  if (!row || row.ended_at === null || rehearses === undefined) return null;
  return { at: row.ended_at, to: await getRelease(db, rehearses), worked: row.state === 'verified', outcome: row.outcome ?? '', takesMs: await lastSwitchMs(db, appId) };
}

/** From writing down the way back until every worker was confirmed, as it was the last time that went well. */
async function lastSwitchMs(db: Db, appId: ResourceId): Promise<number | null> {
  const row = await db.selectFrom('remediations').innerJoin('plans', 'plans.id', 'remediations.plan_id').select('remediations.id')
    .where('remediations.resource_id', '=', appId).where('plans.repair', 'in', SWITCHING).where('remediations.state', '=', 'verified')
    .orderBy('remediations.started_at', 'desc').limit(1).executeTakeFirst();
  if (!row) return null;
  const steps = (await journalOf(db, row.id)).filter(({ dir }) => dir === 'do');
  const [began, ended] = [steps.find(({ name }) => name === 'note the way back')?.intendedAt, steps.at(-1)?.endedAt];
  return began === undefined || ended === undefined || ended === null ? null : ended - began;
}
