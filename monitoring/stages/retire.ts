import { UNSEEN_END } from '../../src/domain/incident.js';
import { appsNamed, type HoldKind } from '../../src/domain/hold.js';
import { retiredChecks } from '../../src/store/checks.js';
import { closeFinding, findingsOf } from '../../src/store/findings.js';
import { openHolds } from '../../src/store/holds.js';
import { openIncidents } from '../../src/store/incidents.js';
import { isRetired, listResources } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { closeIncident } from './closing.js';
import { end } from './holding.js';
import type { StageContext } from './stage.js';

/** Holds that hypercare began of what it saw. */
const OURS: readonly HoldKind[] = ['storm', 'flap', 'failures'];

/** What the config no longer names is no longer a problem of ours: without readings no detector would ever say it is over. */
export async function retire(tx: Db, ctx: StageContext): Promise<void> {
  for (const incident of await openIncidents(tx, ctx.hostId)) {
    if (await isRetired(tx, incident.resourceId)) {
      await closeIncident(tx, ctx, incident, UNSEEN_END.unnamed);
      continue;
    }
    const gone = await retiredChecks(tx, incident.resourceId);
    for (const finding of await findingsOf(tx, incident.id)) {
      if (finding.open && gone.some((name) => finding.fingerprint.endsWith(`:${name}`))) await closeFinding(tx, finding.resourceId, finding.detector, finding.fingerprint, ctx.clock.now());
    }
  }
  await retireHolds(tx, ctx);
}

/** What was seen of an app that is gone holds no other; where the rest is reason enough, it is held anew. */
async function retireHolds(tx: Db, ctx: StageContext): Promise<void> {
  const names = new Set((await listResources(tx, ctx.hostId)).map(({ name }) => name));
  for (const hold of await openHolds(tx, ctx.hostId)) {
    const gone = OURS.includes(hold.kind) ? appsNamed(hold).filter((name) => !names.has(name)) : [];
    if (gone.length > 0) await end(tx, ctx, hold, { cause: `the config no longer names ${gone.join(', ')}` });
  }
}
