import type { HostId, ResourceId } from '../domain/ids.js';
import type { PastRelease } from '../domain/release.js';
import type { Resource } from '../domain/resource.js';
import { newId } from './new-id.js';
import { ledgerOf } from './releases.js';
import { listResources } from './resources.js';
import type { Db } from './schema.js';

/** Apps whose past was not read yet. */
export async function notImported(db: Db, hostId: HostId): Promise<readonly Resource[]> {
  const rows = await db.selectFrom('resources').select('id').where('host_id', '=', hostId).where('retired', '=', 0).where('kind', '=', 'app').where('imported_at', 'is', null).execute();
  const ids = new Set(rows.map(({ id }) => id));
  return (await listResources(db, hostId)).filter(({ id }) => ids.has(id));
}

/** Enters what is not known yet of the app's past, and that it was read; how many were entered. A commit that was seen running is left as it is. */
export async function importReleases(tx: Db, appId: ResourceId, past: readonly PastRelease[], now: number): Promise<number> {
  const known = new Set((await ledgerOf(tx, appId)).map(({ commit }) => commit));
  const fresh = past.filter(({ commit }) => !known.has(commit));
  for (const { commit, dir, lockHash, origin, at, says } of fresh) {
    await tx.insertInto('releases').values({
      id: newId<'release'>(now), app_id: appId, commit, dir, lock_hash: lockHash, config_hash: null, node_version: null, first_seen_at: Math.min(at ?? 0, now),
      verdict: 'unwatched', verdict_at: Math.min(at ?? 0, now), verdict_reason: says, quarantined_at: null, env_keys: null, origin, migrations: null,
    }).execute();
  }
  await tx.updateTable('resources').set({ imported_at: now }).where('id', '=', appId).execute();
  return fresh.length;
}
