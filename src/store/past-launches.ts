import type { ResourceId } from '../domain/ids.js';
import type { LaunchView } from '../domain/launch-view.js';
import { launchView } from './launch-view.js';
import type { Db } from './schema.js';

/** An app's newest launches, the newest first, the open one among them. */
export async function newestLaunches(db: Db, appId: ResourceId, limit: number): Promise<readonly LaunchView[]> {
  const rows = await db.selectFrom('launches').select('id').where('app_id', '=', appId).orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
  return Promise.all(rows.map(({ id }) => launchView(db, id)));
}
