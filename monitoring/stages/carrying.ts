import type { Incident } from '../../src/domain/incident.js';
import type { Launch } from '../../src/domain/launch.js';
import { actsOn } from '../../src/store/acts.js';
import { checksOf } from '../../src/store/checks.js';
import { tell } from '../../src/store/events.js';
import { changeIncident } from '../../src/store/incidents.js';
import { heatLaunch } from '../../src/store/launches.js';
import { underWayOn } from '../../src/store/remediations.js';
import { newestSample } from '../../src/store/samples.js';
import type { Db } from '../../src/store/schema.js';
import { cancelPlan } from './closing.js';
import { record } from './record.js';
import type { StageContext } from './stage.js';

/**
 * How long before its workers' present run a person's restart may have brought the release: workers that crash have
 * begun anew since. The release probe looks every half minute, or sooner.
 */
const BROUGHT_WITHIN_MS = 120_000;

/** Is it the newcomer's trouble: did it begin, or is it measured still, after the newcomer's processes began? */
export async function beganWith(tx: Db, incident: Incident, startedAt: number): Promise<boolean> {
  if (incident.kind === 'manual') return false;
  const before = (await actsOn(tx, incident.resourceId, startedAt - BROUGHT_WITHIN_MS)).filter((act) => act.kind === 'restart' && act.at <= startedAt);
  // Without a person's restart that was seen, its first crash of the present row: the newest start of what dies at its boot is always younger than the trouble.
  const brought = before.findLast(({ by }) => by === 'person') ?? before.find(({ by }) => by === 'pm2');
  if (incident.openedAt >= (brought?.at ?? startedAt)) return true;
  for (const check of await checksOf(tx, incident.resourceId)) {
    const newest = await newestSample(tx, check.id);
    if (newest?.verdict === 'bad' && newest.at > startedAt) return true;
  }
  return false;
}

/**
 * The same incident goes on in the newcomer's launch. What was prepared for the release before leads nowhere any more,
 * and its runbook begins anew once the newcomer has settled.
 */
export async function carryOver(tx: Db, ctx: StageContext, incident: Incident, to: { readonly launch: Launch; readonly name: string }): Promise<void> {
  const now = ctx.clock.now();
  const why = `release ${to.name} is live now, and it was prepared for the one before`;
  await cancelPlan(tx, ctx, incident, why);
  const anew = (await underWayOn(tx, incident.resourceId)) ? {} : { state: 'open', rung: 0, failed: 0, reason: null, nextAt: now + ctx.settings.settleMs } as const;
  await changeIncident(tx, incident.id, { launchId: to.launch.id, ...anew });
  await heatLaunch(tx, incident.resourceId, now + ctx.settings.hotMs, now);
  await record(tx, ctx, { who: 'hypercare', what: `incident goes on in release ${to.name}: ${incident.title}`, why: 'it is still bad since that release runs', body: { incident: incident.id, launch: to.launch.id } });
  await tell(tx, ctx.hostId, { kind: 'incident.changed', incidentId: incident.id, body: { launch: to.launch.id } }, now);
}
