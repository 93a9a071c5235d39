import type { Act } from '../domain/act.js';
import type { HostId, ResourceId } from '../domain/ids.js';
import { newId } from './new-id.js';
import type { Db } from './schema.js';

/** Most acts one look back returns; a crash loop makes thousands an hour. */
const MOST = 2_000;

/** Counts an act once, however often it is seen. True when it was new. */
export async function noteAct(tx: Db, act: Act): Promise<boolean> {
  const kept = await tx.insertInto('acts')
    .values({ id: newId(act.at), resource_id: act.resourceId, at: act.at, by: act.by, kind: act.kind, fingerprint: act.fingerprint, dedupe: act.dedupe, note: act.note })
    .onConflict((conflict) => conflict.column('dedupe').doNothing()).executeTakeFirst();
  return (kept.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** It was written down before it was done, and then it was not done. */
export async function takeBackAct(tx: Db, dedupe: string): Promise<void> {
  await tx.deleteFrom('acts').where('dedupe', '=', dedupe).execute();
}

/** What we did to each resource of a host after `since`. */
export async function oursSince(db: Db, hostId: HostId, since: number): Promise<readonly { readonly resourceId: ResourceId }[]> {
  return db.selectFrom('acts').innerJoin('resources', 'resources.id', 'acts.resource_id').select('acts.resource_id as resourceId')
    .where('resources.host_id', '=', hostId).where('acts.by', '=', 'us').where('acts.at', '>', since).limit(MOST).execute();
}

/** What was done to a resource after `since`, oldest first. What PM2 did in a crash loop never crowds out what we and people did. */
export async function actsOn(db: Db, resourceId: ResourceId, since: number): Promise<readonly Act[]> {
  const by = (is: '=' | '!=') => db.selectFrom('acts').selectAll().where('resource_id', '=', resourceId).where('at', '>', since).where('by', is, 'pm2').orderBy('at', 'desc').limit(MOST).execute();
  const rows = [...(await by('=')), ...(await by('!='))];
  return rows.reverse().toSorted((a, b) => a.at - b.at).map((row) => ({ resourceId: row.resource_id, at: row.at, by: row.by, kind: row.kind, fingerprint: row.fingerprint, dedupe: row.dedupe, note: row.note }));
}
