import { retiredChecks } from '../../src/store/checks.js';
import { closeFinding, findingsOf } from '../../src/store/findings.js';
import { openIncidents } from '../../src/store/incidents.js';
import { isRetired } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { closeIncident } from './closing.js';
import type { StageContext } from './stage.js';

/** What the config no longer names is no longer a problem of ours: without readings no detector would ever say it is over. */
export async function retire(tx: Db, ctx: StageContext): Promise<void> {
  for (const incident of await openIncidents(tx, ctx.hostId)) {
    if (await isRetired(tx, incident.resourceId)) {
      await closeIncident(tx, ctx, incident, 'the config no longer names it');
      continue;
    }
    const gone = await retiredChecks(tx, incident.resourceId);
    for (const finding of await findingsOf(tx, incident.id)) {
      if (finding.open && gone.some((name) => finding.fingerprint.endsWith(`:${name}`))) await closeFinding(tx, finding.resourceId, finding.detector, finding.fingerprint, ctx.clock.now());
    }
  }
}
