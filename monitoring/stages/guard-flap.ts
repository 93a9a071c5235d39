import { flapping, FLAPS_WITHIN_MS, steadyAt, type ComeAndGone } from '../../src/domain/flap.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Hold } from '../../src/domain/hold.js';
import type { Resource } from '../../src/domain/resource.js';
import { holdUntil, lastHoldEnd } from '../../src/store/holds.js';
import { incidentsSince } from '../../src/store/incidents-since.js';
import { openIncidents } from '../../src/store/incidents.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { remediationsOf } from '../../src/store/remediations.js';
import { listResources } from '../../src/store/resources.js';
import { begin } from './holding.js';
import { problemOf } from './problem.js';
import type { StageContext } from './stage.js';

/** Looked at when an app's trouble opens again: one that came, went and stays away calls for nothing. */
export async function keepFlaps(ctx: StageContext, open: readonly Hold[]): Promise<boolean> {
  const troubled = new Set((await openIncidents(ctx.store.db, ctx.hostId)).map(({ resourceId }) => resourceId));
  const apps = (await listResources(ctx.store.db, ctx.hostId)).filter(({ kind }) => kind === 'app');
  let changed = false;
  for (const app of apps) {
    const hold = open.find(({ key }) => key === keyOf(app));
    if (hold) changed = (await prolong(ctx, app, hold)) || changed;
    else if (troubled.has(app.id)) changed = (await lookAt(ctx, app)) || changed;
  }
  return changed;
}

async function lookAt(ctx: StageContext, app: Resource): Promise<boolean> {
  const now = ctx.clock.now();
  const incidents = await comeAndGone(ctx, app);
  const times = flapping(incidents, now);
  if (times === null) return false;
  const reason = `the same problem came and went ${times} times within ${sayDuration(FLAPS_WITHIN_MS)}`;
  await ctx.store.write((tx) => begin(tx, ctx, { kind: 'flap', scope: app.name, author: 'hypercare', reason, until: steadyAt(incidents), key: keyOf(app) }));
  return true;
}

/** Another release, or steadiness, ends it; each time it comes again it lasts longer. */
async function prolong(ctx: StageContext, app: Resource, hold: Hold): Promise<boolean> {
  const until = steadyAt(await comeAndGone(ctx, app)) ?? ctx.clock.now();
  if (until === hold.until) return false;
  await ctx.store.write((tx) => holdUntil(tx, hold.id, until));
  return true;
}

/** Of the present release, since people last lifted this hold, and without what a repair of ours ended: that is for the recurrence guard. */
async function comeAndGone(ctx: StageContext, app: Resource): Promise<readonly ComeAndGone[]> {
  const { db } = ctx.store;
  const launch = await openLaunchOf(db, app.id);
  const lifted = await lastHoldEnd(db, ctx.hostId, { kind: 'flap', key: keyOf(app) });
  const since = Math.max(ctx.clock.now() - 2 * FLAPS_WITHIN_MS, lifted ?? 0);
  const found: ComeAndGone[] = [];
  for (const incident of await incidentsSince(db, app.id, since)) {
    if (incident.kind === 'manual' || incident.launchId !== (launch?.id ?? null)) continue;
    if ((await remediationsOf(db, incident.id)).some(({ state }) => state === 'verified')) continue;
    found.push({ problem: await problemOf(db, incident), openedAt: incident.openedAt, closedAt: incident.closedAt });
  }
  return found;
}

function keyOf(app: Resource): string {
  return `flap:${app.name}`;
}
