import type { Hold } from '../../src/domain/hold.js';
import type { ResourceId } from '../../src/domain/ids.js';
import { storms } from '../../src/domain/storm.js';
import { holdUntil } from '../../src/store/holds.js';
import { openIncidents } from '../../src/store/incidents.js';
import { listEdges, listResources } from '../../src/store/resources.js';
import { begin } from './holding.js';
import type { StageContext } from './stage.js';

/** A storm's hold lasts while it blows and `afterStormMs` longer: what has just come back is slow, and is left alone. */
export async function keepStorms(ctx: StageContext, open: readonly Hold[]): Promise<boolean> {
  const { db } = ctx.store;
  const bad = new Map<ResourceId, string>();
  for (const incident of await openIncidents(db, ctx.hostId)) if (incident.kind !== 'manual') bad.set(incident.resourceId, incident.title);
  const held = open.filter(({ kind }) => kind === 'storm');
  if (bad.size === 0 && held.length === 0) return false;
  const blowing = storms({ resources: await listResources(db, ctx.hostId), edges: await listEdges(db, ctx.hostId), bad });
  const begun = blowing.filter(({ key }) => !held.some((hold) => hold.key === key));
  const again = held.filter((hold) => hold.until !== null && blowing.some(({ key }) => key === hold.key));
  const over = held.filter((hold) => hold.until === null && !blowing.some(({ key }) => key === hold.key));
  if (begun.length + again.length + over.length === 0) return false;
  await ctx.store.write(async (tx) => {
    for (const storm of begun) await begin(tx, ctx, { ...storm, kind: 'storm', author: 'hypercare', until: null });
    for (const hold of again) await holdUntil(tx, hold.id, null);
    for (const hold of over) await holdUntil(tx, hold.id, ctx.clock.now() + ctx.settings.afterStormMs);
  });
  return true;
}
