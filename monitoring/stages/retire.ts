import { UNSEEN_END, type Incident } from '../../src/domain/incident.js';
import { appsNamed, type HoldKind } from '../../src/domain/hold.js';
import type { MovedCheck } from '../../src/store/check-address.js';
import { retiredChecks } from '../../src/store/checks.js';
import { closeFinding, findingsOf } from '../../src/store/findings.js';
import { openHolds } from '../../src/store/holds.js';
import { openIncidents } from '../../src/store/incidents.js';
import { underWayOn } from '../../src/store/remediations.js';
import { isRetired, listResources } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { closeIncident } from './closing.js';
import { end } from './holding.js';
import type { StageContext } from './stage.js';

/** Holds that hypercare began of what it saw. */
const OURS: readonly HoldKind[] = ['storm', 'flap', 'failures'];

/** Rests on all addresses, and so on those that moved. */
const OF_ALL = 'all-endpoints-failing';

/** What the config no longer names is no longer a problem of ours: without readings no detector would ever say it is over. Of what `moved`, it names another address. */
export async function retire(tx: Db, ctx: StageContext, moved: readonly MovedCheck[]): Promise<void> {
  for (const incident of await openIncidents(tx, ctx.hostId)) {
    if (await isRetired(tx, incident.resourceId)) {
      await closeIncident(tx, ctx, incident, UNSEEN_END.unnamed);
      continue;
    }
    await retireFindings(tx, ctx, incident, moved.filter(({ resourceId }) => resourceId === incident.resourceId).map(({ name }) => name));
  }
  await retireHolds(tx, ctx);
}

/** An incident that rested on nothing but addresses that moved is over with them: a yes to it would be about another one. */
async function retireFindings(tx: Db, ctx: StageContext, incident: Incident, moved: readonly string[]): Promise<void> {
  const gone = [...(await retiredChecks(tx, incident.resourceId)), ...moved];
  const open = (await findingsOf(tx, incident.id)).filter((finding) => finding.open);
  const over = open.filter(({ fingerprint }) => gone.some((name) => fingerprint.endsWith(`:${name}`)) || (moved.length > 0 && fingerprint === OF_ALL));
  for (const { resourceId, detector, fingerprint } of over) await closeFinding(tx, resourceId, detector, fingerprint, ctx.clock.now());
  const rested = moved.length > 0 && over.length > 0 && over.length === open.length;
  if (rested && !(await underWayOn(tx, incident.resourceId))) await closeIncident(tx, ctx, incident, `${UNSEEN_END.unnamed}: another address is watched now`);
}

/** What was seen of an app that is gone holds no other; where the rest is reason enough, it is held anew. */
async function retireHolds(tx: Db, ctx: StageContext): Promise<void> {
  const names = new Set((await listResources(tx, ctx.hostId)).map(({ name }) => name));
  for (const hold of await openHolds(tx, ctx.hostId)) {
    const gone = OURS.includes(hold.kind) ? appsNamed(hold).filter((name) => !names.has(name)) : [];
    if (gone.length > 0) await end(tx, ctx, hold, { cause: `the config no longer names ${gone.join(', ')}` });
  }
}
