import type { ResourceId } from '../domain/ids.js';
import type { Prepared } from '../domain/plan.js';
import { REHEARSE, type Rehearsal } from '../domain/rehearsal.js';
import { STEP_FAILED } from '../domain/remediation.js';
import { journalOf } from './journal.js';
import { getRelease } from './releases.js';
import type { Db } from './schema.js';

/** Repairs that switch an app to another release. */
const SWITCHING = ['release.deploy', 'release.rollback'];

/**
 * How the way back was tried last, by a rehearsal or by a rollback that broke off; null: it never was. What people
 * stopped says nothing, nor does a rollback that came to its end: what it led to runs by then.
 */
export async function lastRehearsal(db: Db, appId: ResourceId): Promise<Rehearsal | null> {
  const row = await db.selectFrom('remediations').innerJoin('plans', 'plans.id', 'remediations.plan_id')
    .select(['remediations.ended_at', 'remediations.state', 'remediations.outcome', 'plans.repair', 'plans.body'])
    .where('remediations.resource_id', '=', appId)
    .where((eb) => eb.or([
      eb.and([eb('plans.repair', '=', REHEARSE), eb('remediations.state', 'in', ['verified', 'failed'])]),
      eb.and([eb('plans.repair', '=', 'release.rollback'), eb('remediations.state', '=', 'failed'), eb('remediations.outcome', 'like', `${STEP_FAILED}%`)]),
    ]))
    .orderBy('remediations.started_at', 'desc').limit(1).executeTakeFirst();
  const { rehearses, leadsTo } = JSON.parse(row?.body ?? '{}') as Partial<Prepared>;
  const to = rehearses ?? leadsTo;
  if (!row || row.ended_at === null || to === undefined) return null;
  return { at: row.ended_at, to: await getRelease(db, to), worked: row.state === 'verified', inEarnest: row.repair !== REHEARSE, outcome: row.outcome ?? '', takesMs: await lastSwitchMs(db, appId) };
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
