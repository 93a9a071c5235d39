import type { Incident } from '../domain/incident.js';
import type { Launch } from '../domain/launch.js';
import { checksOf } from './checks.js';
import { getLaunch } from './launches.js';
import type { Db } from './schema.js';

/** A release that breaks later than this was not born broken, whatever else it lacks. */
const BIRTH_MS = 10 * 60_000;
const MOST_SAMPLES = 2_000;

/**
 * When the first reading of the launch was bad, where everything that one of its checks measured from then until the
 * incident began was bad too. Null where it was good meanwhile, or the incident began long after.
 */
export async function badFromBirth(db: Db, { resourceId, openedAt }: Incident, launch: Launch | null): Promise<number | null> {
  if (launch === null || openedAt < launch.startedAt || openedAt - launch.startedAt > BIRTH_MS) return null;
  const checks = (await checksOf(db, resourceId)).filter(({ trusted }) => trusted).map(({ id }) => id);
  if (checks.length === 0) return null;
  const rows = await db.selectFrom('samples').select(['check_id', 'at', 'verdict']).where('check_id', 'in', checks)
    .where('at', '>=', launch.startedAt).where('at', '<=', openedAt).where('verdict', 'in', ['good', 'bad']).orderBy('at').limit(MOST_SAMPLES).execute();
  const wereGood = new Set(rows.filter(({ verdict }) => verdict === 'good').map((row) => row.check_id));
  return rows.find((row) => !wereGood.has(row.check_id))?.at ?? null;
}

/** Since when an incident really is one: how long it lasts is counted from there, wherever it is told. */
export async function beganAt(db: Db, incident: Incident): Promise<number> {
  const launch = incident.launchId === null ? null : await getLaunch(db, incident.launchId);
  return (await badFromBirth(db, incident, launch)) ?? incident.openedAt;
}
