import { tellsHealth } from '../../src/domain/check.js';
import { appsNamed, type Hold } from '../../src/domain/hold.js';
import type { ResourceId } from '../../src/domain/ids.js';
import type { Resource } from '../../src/domain/resource.js';
import { storms, type Storm } from '../../src/domain/storm.js';
import { checksOf } from '../../src/store/checks.js';
import { everGood } from '../../src/store/ever-good.js';
import { holdUntil, lastEnded, renewHold } from '../../src/store/holds.js';
import { openIncidents } from '../../src/store/incidents.js';
import { personNamed } from '../../src/store/people.js';
import { listEdges, listResources } from '../../src/store/resources.js';
import { newestVerdicts } from '../../src/store/samples.js';
import type { Db } from '../../src/store/schema.js';
import { begin } from './holding.js';
import { NEVER_GOOD } from './never-good.js';
import type { StageContext } from './stage.js';

/** A storm's hold lasts while it blows and `afterStormMs` longer: what has just come back is slow, and is left alone. */
export async function keepStorms(ctx: StageContext, open: readonly Hold[]): Promise<boolean> {
  const { db } = ctx.store;
  const held = open.filter(({ kind }) => kind === 'storm');
  const resources = await listResources(db, ctx.hostId);
  const bad = await badNow(ctx, resources);
  if (bad.size === 0 && held.length === 0) return false;
  const blowing = storms({ resources, edges: await listEdges(db, ctx.hostId), bad });
  const begun: Storm[] = [];
  for (const storm of blowing) if (!held.some(({ key }) => key === storm.key) && !(await isLifted(ctx, storm))) begun.push(storm);
  const goesOn = held.flatMap((hold) => blowing.filter(({ key }) => key === hold.key).map((storm) => ({ hold, storm }))).filter(({ hold, storm }) => hold.until !== null || !isAbout(hold, storm));
  const over = held.filter((hold) => hold.until === null && !blowing.some(({ key }) => key === hold.key));
  if (begun.length + goesOn.length + over.length === 0) return false;
  await ctx.store.write(async (tx) => {
    for (const storm of begun) await begin(tx, ctx, { ...storm, kind: 'storm', author: 'hypercare', until: null });
    for (const { hold, storm } of goesOn) await renewHold(tx, hold.id, { ...storm, until: null });
    for (const hold of over) await holdUntil(tx, hold.id, ctx.clock.now() + ctx.settings.afterStormMs);
  });
  return true;
}

/** Titles of the open incidents, by where their cause is. */
async function badNow(ctx: StageContext, resources: readonly Resource[]): Promise<ReadonlyMap<ResourceId, string>> {
  const apps = new Set(resources.filter(({ kind }) => kind === 'app').map(({ id }) => id));
  const bad = new Map<ResourceId, string>();
  for (const { kind, resourceId, title, severity } of await openIncidents(ctx.store.db, ctx.hostId)) {
    if (kind === 'manual' || kind === NEVER_GOOD) continue;
    // Of a server what is less than critical is advice, and hurts no app.
    if (apps.has(resourceId) ? await fellSick(ctx.store.db, resourceId) : severity === 'critical') bad.set(resourceId, title);
  }
  return bad;
}

/** An app that never was well fell sick of nothing that others have; one whose readings cannot be made is unknown. */
async function fellSick(db: Db, app: ResourceId): Promise<boolean> {
  const verdicts = [...(await newestVerdicts(db, app)).values()];
  if (verdicts.includes('error') && !verdicts.includes('bad')) return false;
  const checks = (await checksOf(db, app)).filter(tellsHealth);
  return checks.length === 0 || everGood(db, checks.map(({ id }) => id));
}

/** A person's word: for the same apps it does not begin again before it would have ended by itself. */
async function isLifted(ctx: StageContext, storm: Storm): Promise<boolean> {
  const last = await lastEnded(ctx.store.db, ctx.hostId, storm.key);
  if (last === null || (last.endedAt ?? 0) <= ctx.clock.now() - ctx.settings.afterStormMs) return false;
  return storm.apps.every((app) => appsNamed(last).includes(app)) && (await personNamed(ctx.store.db, ctx.hostId, last.endedBy ?? '')) !== null;
}

function isAbout(hold: Hold, { apps }: Storm): boolean {
  return appsNamed(hold).join() === apps.join();
}
