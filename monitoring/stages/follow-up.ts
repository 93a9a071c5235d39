import { sayDuration } from '../../src/domain/duration.js';
import { tell } from '../../src/store/events.js';
import { openFollowUps, type OpenFollowUp } from '../../src/store/follow-ups.js';
import { changeIncident, openIncident, openIncidentOf } from '../../src/store/incidents.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { draftPlan } from '../../src/store/plans.js';
import { underWayOn } from '../../src/store/remediations.js';
import { getResource } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { record } from './record.js';
import type { Stage, StageContext } from './stage.js';

const LOOK_EVERY_MS = 60_000;
/** What was done longer ago stays: people have seen it for a week. */
const SINCE_MS = 7 * 24 * 3_600_000;

/**
 * What was done for a while goes back when its time is over: more workers, after half an hour. The due time is read from
 * what was done and verified, so that nothing is kept but that. It goes the way of every plan, policy included; while
 * the app has trouble it waits.
 */
export function followUp(): Stage {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    name: 'follow-up',
    async run(ctx) {
      const mono = ctx.clock.monotonic();
      if (mono - lookedAt < LOOK_EVERY_MS) return false;
      lookedAt = mono;
      const now = ctx.clock.now();
      const due = (await openFollowUps(ctx.store.db, ctx.hostId, now - SINCE_MS)).filter(({ dueAt }) => dueAt <= now);
      let begun = false;
      for (const one of due) begun = (await ctx.store.write((tx) => begin(tx, ctx, one))) || begun;
      return begun;
    },
  };
}

async function begin(tx: Db, ctx: StageContext, due: OpenFollowUp): Promise<boolean> {
  const { targetId, repair, args, done } = due;
  const now = ctx.clock.now();
  if ((await openIncidentOf(tx, targetId)) || (await underWayOn(tx, targetId))) return false;
  const target = await getResource(tx, targetId);
  const launch = await openLaunchOf(tx, targetId);
  const title = `${done} was for ${sayDuration(due.afterMs)}, and they are over: ${repair}`;
  const incident = await openIncident(tx, { resourceId: targetId, launchId: launch?.id ?? null, kind: 'manual', severity: 'info', emergency: false, title }, now);
  await changeIncident(tx, incident.id, { state: 'repairing', rung: Number.MAX_SAFE_INTEGER });
  const plan = await draftPlan(tx, { incidentId: incident.id, targetId, repair, args, risk: ctx.units.repairs[repair]?.risk ?? 'destructive', askedBy: null, requestId: null }, now);
  await record(tx, ctx, { who: 'hypercare', what: `${repair} on ${target.name} is due`, why: title, body: { plan, incident: incident.id, follows: due.planId } });
  await tell(tx, ctx.hostId, { kind: 'incident.opened', incidentId: incident.id }, now);
  return true;
}
