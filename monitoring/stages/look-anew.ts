import { tellsHealth } from '../../src/domain/check.js';
import type { Incident } from '../../src/domain/incident.js';
import { sayDuration } from '../../src/domain/duration.js';
import { checksOf, confirmFast } from '../../src/store/checks.js';
import { changeIncident, openIncidents } from '../../src/store/incidents.js';
import { livePlanOf } from '../../src/store/plans.js';
import { questionOf } from '../../src/store/questions.js';
import { underWayOn } from '../../src/store/remediations.js';
import { newestSample } from '../../src/store/samples.js';
import type { Db } from '../../src/store/schema.js';
import { cancelPlan, closeIncident } from './closing.js';
import { record } from './record.js';
import type { Stage, StageContext } from './stage.js';

/** What has an open incident is measured every ten seconds, and one reading takes a minute at most. */
const LEAST_MS = 90_000;
const READINGS = 6;

/**
 * A monitor that was dead, or asleep with its machine, wakes with findings of then: the app may be well by now, by a
 * reboot or by a person's hand. What was planned on them is dropped, and nothing is planned until the app was measured
 * for as long as a confirmation lasts; where it is well, the detectors close the incident meanwhile. An open question
 * stays, because its yes is looked at anew in any case, and so does what has begun.
 */
export const lookAnew: Stage = {
  name: 'look-anew',
  onlyWhenOpen: true,
  async run(ctx) {
    let dropped = false;
    for (const incident of await openIncidents(ctx.store.db, ctx.hostId)) dropped = (await lookAnewAt(ctx, incident)) || dropped;
    return dropped;
  },
};

async function lookAnewAt(ctx: StageContext, incident: Incident): Promise<boolean> {
  const { db } = ctx.store;
  const now = ctx.clock.now();
  const awayMs = Math.max(LEAST_MS, READINGS * ctx.settings.whileOpenMs);
  const seenAt = await lastSeenAt(db, incident);
  if (incident.state === 'escalated' || seenAt === null || now - seenAt <= awayMs || (await underWayOn(db, incident.resourceId))) return false;
  const planned = await plannedAt(db, incident);
  const stale = planned !== null && now - planned > awayMs;
  if (!stale && (planned !== null || incident.nextAt > now)) return false;
  await ctx.store.write(async (tx) => {
    const why = `nothing was measured for ${sayDuration(now - seenAt)}`;
    await record(tx, ctx, { who: 'hypercare', what: 'looks anew before anything is done', why, body: { incident: incident.id } });
    if (incident.kind === 'manual') return closeIncident(tx, ctx, incident, `${why}, and nothing was done; ask again`);
    if (stale) await cancelPlan(tx, ctx, incident, why);
    await changeIncident(tx, incident.id, { state: 'open', nextAt: Math.max(incident.nextAt, now + ctx.settings.confirmForMs), reason: why });
    await confirmFast(tx, incident.resourceId, now, now + ctx.settings.confirmForMs);
  });
  return true;
}

/** When the resource was measured last; null: never. */
async function lastSeenAt(db: Db, { resourceId }: Incident): Promise<number | null> {
  const checks = (await checksOf(db, resourceId)).filter(tellsHealth);
  const times = (await Promise.all(checks.map(({ id }) => newestSample(db, id)))).flatMap((sample) => sample?.at ?? []);
  return times.length === 0 ? null : Math.max(...times);
}

/** When its plan was made, or people said yes to it; null where it has none, or one that waits for an answer. */
async function plannedAt(db: Db, incident: Incident): Promise<number | null> {
  const plan = await livePlanOf(db, incident.id);
  if (!plan) return null;
  return plan.state === 'asked' ? Number.POSITIVE_INFINITY : ((await questionOf(db, plan.id))?.decidedAt ?? plan.madeAt);
}
