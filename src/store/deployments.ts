import type { HostId, ResourceId } from '../domain/ids.js';
import type { Json } from '../domain/json.js';
import type { Db } from './schema.js';

/** More names than this are not kept: the oldest is forgotten. */
const MOST = 1_000;

/** What a program calls an app, as it registered it. */
export interface Deployment {
  readonly id: string;
  readonly appId: ResourceId;
  /** As it was sent. */
  readonly body: Json;
  readonly at: number;
}

/** The bot alone writes here. The same name again stands for what it was registered as last. */
export async function registerDeployment(tx: Db, hostId: HostId, { id, appId, body, at }: Deployment): Promise<void> {
  const row = { app_id: appId, body: JSON.stringify(body), at };
  await tx.insertInto('deployments').values({ host_id: hostId, id, ...row }).onConflict((conflict) => conflict.columns(['host_id', 'id']).doUpdateSet(row)).execute();
  const old = tx.selectFrom('deployments').select('id').where('host_id', '=', hostId).orderBy('at', 'desc').orderBy('id').limit(MOST);
  await tx.deleteFrom('deployments').where('host_id', '=', hostId).where('id', 'not in', old).execute();
}

export async function deploymentOf(db: Db, hostId: HostId, id: string): Promise<Deployment | null> {
  const row = await db.selectFrom('deployments').selectAll().where('host_id', '=', hostId).where('id', '=', id).executeTakeFirst();
  return row ? { id: row.id, appId: row.app_id, body: JSON.parse(row.body) as Json, at: row.at } : null;
}
