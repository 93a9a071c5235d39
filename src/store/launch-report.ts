import type { HostId, LaunchId } from '../domain/ids.js';
import type { LaunchReport } from '../domain/launch-report.js';
import { neededBy } from '../domain/resource.js';
import { openIncidents } from './incidents.js';
import { launchView } from './launch-view.js';
import { getResource, listEdges } from './resources.js';
import type { Db } from './schema.js';
import { scoresSince } from './scores.js';

/** A score is written again each hour: what held when the launch began stands at most so long before it. */
const STANDS_MS = 2 * 3_600_000;

export async function launchReport(db: Db, hostId: HostId, id: LaunchId): Promise<LaunchReport> {
  const view = await launchView(db, id);
  const { startedAt, endedAt, appId } = view.launch;
  const all = await scoresSince(db, { hostId, subject: appId }, startedAt - STANDS_MS);
  const during = all.filter(({ at }) => at >= startedAt && at <= (endedAt ?? Number.MAX_SAFE_INTEGER));
  const about = [appId, ...neededBy(appId, await listEdges(db, hostId))];
  const advised = (await openIncidents(db, hostId)).filter(({ resourceId, severity }) => severity === 'info' && about.includes(resourceId));
  return { view, scores: during, advice: await Promise.all(advised.map(async ({ resourceId, title }) => ({ resource: (await getResource(db, resourceId)).name, title }))) };
}
