import type { Verdict } from '../domain/check.js';
import type { LaunchId } from '../domain/ids.js';
import type { IncidentSince } from '../domain/incident.js';
import type { Launch } from '../domain/launch.js';
import type { LaunchView } from '../domain/launch-view.js';
import { wayBackOf } from '../domain/way-back.js';
import { debtBy } from './debts.js';
import { getIncident } from './incidents.js';
import { getLaunch } from './launches.js';
import { ledgerOf } from './releases.js';
import { getResource } from './resources.js';
import type { Db } from './schema.js';
import { since } from './since.js';

/** A launch with more incidents than this needs no longer list. */
const MOST_INCIDENTS = 50;

/** Everything a card of the launch is drawn from. Throws where there is no such launch. */
export async function launchView(db: Db, id: LaunchId): Promise<LaunchView> {
  const launch = await getLaunch(db, id);
  const ledger = await ledgerOf(db, launch.appId);
  const release = ledger.find((known) => known.id === launch.releaseId);
  if (!release) throw new Error(`launch ${id} is of a release that is not in the ledger`);
  return {
    launch,
    app: await getResource(db, launch.appId),
    release,
    wayBack: wayBackOf(ledger, release.id),
    incidents: await incidentsIn(db, id),
    repairs: await repairsIn(db, id),
    debt: await debtBy(db, launch.appId, { from: launch.startedAt, until: launch.endedAt ?? Number.MAX_SAFE_INTEGER }),
    readings: await readingsIn(db, launch),
  };
}

async function incidentsIn(db: Db, id: LaunchId): Promise<readonly IncidentSince[]> {
  const rows = await db.selectFrom('incidents').select('id').where('launch_id', '=', id).orderBy('opened_at').limit(MOST_INCIDENTS).execute();
  return Promise.all(rows.map(async (row) => since(db, await getIncident(db, row.id))));
}

async function repairsIn(db: Db, id: LaunchId): Promise<LaunchView['repairs']> {
  const rows = await db.selectFrom('remediations').innerJoin('plans', 'plans.id', 'remediations.plan_id').innerJoin('incidents', 'incidents.id', 'plans.incident_id')
    .select((eb) => ['plans.repair', eb.fn.countAll<number>().as('times')]).where('incidents.launch_id', '=', id).groupBy('plans.repair').orderBy('plans.repair').execute();
  return rows.map((row) => ({ repair: row.repair, times: Number(row.times) }));
}

/** Raw samples and what was rolled up of them; a rollup that began before the launch is left out whole. */
async function readingsIn(db: Db, launch: Launch): Promise<Record<Verdict, number>> {
  const counts: Record<Verdict, number> = { good: 0, bad: 0, unknown: 0, error: 0 };
  const until = launch.endedAt ?? Number.MAX_SAFE_INTEGER;
  const checks = db.selectFrom('checks').select('id').where('resource_id', '=', launch.appId);
  const raw = await db.selectFrom('samples').select((eb) => ['verdict', eb.fn.countAll<number>().as('n')])
    .where('check_id', 'in', checks).where('at', '>=', launch.startedAt).where('at', '<=', until).groupBy('verdict').execute();
  for (const row of raw) counts[row.verdict] += Number(row.n);
  const rolled = await db.selectFrom('rollups').select(['good', 'bad', 'unknown', 'error'])
    .where('check_id', 'in', checks).where('at', '>=', launch.startedAt).where('at', '<=', until).execute();
  for (const row of rolled) for (const verdict of ['good', 'bad', 'unknown', 'error'] as const) counts[verdict] += row[verdict];
  return counts;
}
