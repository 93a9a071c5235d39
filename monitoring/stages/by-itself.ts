import type { PlanId, ResourceId } from '../../src/domain/ids.js';
import type { Json } from '../../src/domain/json.js';
import { changeIncident, openIncident, openIncidentOf } from '../../src/store/incidents.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { draftPlan } from '../../src/store/plans.js';
import { underWayOn } from '../../src/store/remediations.js';
import { getResource } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import type { Incident } from '../../src/domain/incident.js';
import { record } from './record.js';
import type { StageContext } from './stage.js';

/** What is due without a problem and without anybody's wish. */
export interface Due {
  readonly targetId: ResourceId;
  readonly repair: string;
  readonly args: Json;
  /** Why it is due, as the title of its incident. */
  readonly title: string;
  readonly follows?: PlanId;
}

/**
 * Drafts a plan that is due by itself, on an incident of its own: from there it goes the way of every plan, policy
 * included. Null while the app has trouble, or something is being done to it.
 */
export async function beginByItself(tx: Db, ctx: StageContext, { targetId, repair, args, title, follows }: Due): Promise<Incident | null> {
  const now = ctx.clock.now();
  if ((await openIncidentOf(tx, targetId)) || (await underWayOn(tx, targetId))) return null;
  const target = await getResource(tx, targetId);
  const launch = await openLaunchOf(tx, targetId);
  const incident = await openIncident(tx, { resourceId: targetId, launchId: launch?.id ?? null, kind: 'manual', severity: 'info', emergency: false, title }, now);
  await changeIncident(tx, incident.id, { state: 'repairing', rung: Number.MAX_SAFE_INTEGER });
  const plan = await draftPlan(tx, { incidentId: incident.id, targetId, repair, args, risk: ctx.units.repairs[repair]?.risk ?? 'destructive', askedBy: null, requestId: null }, now);
  await record(tx, ctx, { who: 'hypercare', what: `${repair} on ${target.name} is due`, why: title, body: { plan, incident: incident.id, ...(follows === undefined ? {} : { follows }) } });
  return incident;
}
