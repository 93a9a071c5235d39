import type { HostId, ResourceId } from '../domain/ids.js';
import type { Json } from '../domain/json.js';
import type { Edge, Resource } from '../domain/resource.js';
import { newId } from './new-id.js';
import type { Db, ResourcesTable } from './schema.js';

export interface WatchedResource {
  readonly kind: Resource['kind'];
  readonly name: string;
  readonly config: Json;
}

/** Makes the stored resources equal to the configured ones; what is gone from the config is retired, not deleted. */
export async function syncResources(tx: Db, hostId: HostId, wanted: readonly WatchedResource[], now: number): Promise<readonly Resource[]> {
  await tx.updateTable('resources').set({ retired: 1 }).where('host_id', '=', hostId).execute();
  for (const resource of wanted) {
    const config = JSON.stringify(resource.config);
    await tx.insertInto('resources')
      .values({ id: newId(now), host_id: hostId, kind: resource.kind, name: resource.name, config, retired: 0, sighting: null, imported_at: null })
      .onConflict((conflict) => conflict.columns(['host_id', 'kind', 'name']).doUpdateSet({ config, retired: 0 }))
      .execute();
  }
  return listResources(tx, hostId);
}

export async function syncEdges(tx: Db, hostId: HostId, wanted: readonly Edge[]): Promise<void> {
  const ours = tx.selectFrom('resources').select('id').where('host_id', '=', hostId);
  await tx.deleteFrom('edges').where('resource_id', 'in', ours).execute();
  for (const edge of wanted) {
    await tx.insertInto('edges').values({ resource_id: edge.resourceId, uses_id: edge.usesId }).execute();
  }
}

export async function listResources(db: Db, hostId: HostId): Promise<readonly Resource[]> {
  const rows = await db.selectFrom('resources').selectAll().where('host_id', '=', hostId).where('retired', '=', 0).orderBy('name').execute();
  return rows.map(toResource);
}

export async function getResource(db: Db, id: ResourceId): Promise<Resource> {
  return toResource(await db.selectFrom('resources').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
}

export async function isRetired(db: Db, id: ResourceId): Promise<boolean> {
  return (await db.selectFrom('resources').select('retired').where('id', '=', id).executeTakeFirstOrThrow()).retired === 1;
}

export async function listEdges(db: Db, hostId: HostId): Promise<readonly Edge[]> {
  const rows = await db.selectFrom('edges').innerJoin('resources', 'resources.id', 'edges.resource_id')
    .select(['resource_id', 'uses_id']).where('resources.host_id', '=', hostId).execute();
  return rows.map((row) => ({ resourceId: row.resource_id, usesId: row.uses_id }));
}

/** Keeps what was seen; true when it differs from what was seen before. `sighting` is canonical JSON. */
export async function noteSighting(tx: Db, id: ResourceId, sighting: string): Promise<boolean> {
  const changed = await tx.updateTable('resources').set({ sighting }).where('id', '=', id)
    .where((eb) => eb.or([eb('sighting', 'is', null), eb('sighting', '!=', sighting)]))
    .executeTakeFirst();
  return changed.numUpdatedRows === 1n;
}

function toResource(row: ResourcesTable): Resource {
  return { id: row.id, hostId: row.host_id, kind: row.kind, name: row.name, config: JSON.parse(row.config) as Json };
}

/** What was last seen running; null before the first sighting. */
export async function lastSighting(db: Db, id: ResourceId): Promise<Json | null> {
  const row = await db.selectFrom('resources').select('sighting').where('id', '=', id).executeTakeFirst();
  return row?.sighting ? (JSON.parse(row.sighting) as Json) : null;
}
