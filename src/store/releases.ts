import type { AppliedMigrations } from '../domain/applied-migrations.js';
import type { ReleaseId, ResourceId } from '../domain/ids.js';
import type { Release, ReleaseSighting, ReleaseVerdict } from '../domain/release.js';
import { newId } from './new-id.js';
import type { Db, ReleasesTable } from './schema.js';

/** Every release known of the app, newest first. */
export async function ledgerOf(db: Db, appId: ResourceId): Promise<readonly Release[]> {
  const rows = await db.selectFrom('releases').selectAll().where('app_id', '=', appId).orderBy('first_seen_at', 'desc').orderBy('id', 'desc').limit(200).execute();
  return rows.map(toRelease);
}

export async function getRelease(db: Db, id: ReleaseId): Promise<Release> {
  return toRelease(await db.selectFrom('releases').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
}

/** The ledger's release for what was seen running, entered if it is new. The directory alone makes no new release, nor do the names of variables. */
export async function enterRelease(tx: Db, appId: ResourceId, seen: ReleaseSighting, now: number): Promise<Release> {
  const ledger = await ledgerOf(tx, appId);
  const imported = ledger.find((r) => r.origin && r.commit !== null && r.commit === seen.commit);
  if (imported) return adopt(tx, imported, seen, now);
  const known = ledger.find((r) => sameRelease(r, seen));
  if (known) {
    const envKeys = seen.envKeys ?? known.envKeys ?? null;
    if (known.dir !== seen.dir || textOf(envKeys) !== textOf(known.envKeys)) await tx.updateTable('releases').set({ dir: seen.dir, env_keys: textOf(envKeys) }).where('id', '=', known.id).execute();
    return { ...known, dir: seen.dir, envKeys };
  }
  const id = newId<'release'>(now);
  await tx.insertInto('releases').values({
    id, app_id: appId, commit: seen.commit, dir: seen.dir, lock_hash: seen.lockHash, config_hash: seen.configHash,
    node_version: seen.nodeVersion, first_seen_at: now, verdict: 'unwatched', verdict_at: now, verdict_reason: null, quarantined_at: null, env_keys: textOf(seen.envKeys), origin: null, migrations: null,
  }).execute();
  return getRelease(tx, id);
}

/** What was known by its commit alone is seen running: from now on it is known by all that was seen, and stands in the ledger where it ran. */
async function adopt(tx: Db, { id }: Release, seen: ReleaseSighting, now: number): Promise<Release> {
  await tx.updateTable('releases')
    .set({ dir: seen.dir, lock_hash: seen.lockHash, config_hash: seen.configHash, node_version: seen.nodeVersion, env_keys: textOf(seen.envKeys), origin: null, first_seen_at: now })
    .where('id', '=', id).execute();
  return getRelease(tx, id);
}

export async function judgeRelease(tx: Db, id: ReleaseId, verdict: ReleaseVerdict, reason: string, now: number): Promise<void> {
  await tx.updateTable('releases')
    .set({ verdict, verdict_at: now, verdict_reason: reason, ...(verdict === 'bad' ? { quarantined_at: now } : verdict === 'stable' ? { quarantined_at: null } : {}) })
    .where('id', '=', id).execute();
}

/** A person takes it out of quarantine: it counts as never watched again. */
export async function liftQuarantineOf(tx: Db, id: ReleaseId, reason: string, now: number): Promise<void> {
  await tx.updateTable('releases').set({ verdict: 'unwatched', verdict_at: now, verdict_reason: reason, quarantined_at: null }).where('id', '=', id).execute();
}

export async function noteMigrations(tx: Db, id: ReleaseId, migrations: AppliedMigrations): Promise<void> {
  await tx.updateTable('releases').set({ migrations: JSON.stringify(migrations) }).where('id', '=', id).execute();
}

function textOf(names: readonly string[] | null | undefined): string | null {
  return names ? JSON.stringify(names) : null;
}

function sameRelease(known: Release, seen: ReleaseSighting): boolean {
  const byCode = known.commit !== null || seen.commit !== null ? known.commit === seen.commit : known.dir === seen.dir;
  return byCode && known.lockHash === seen.lockHash && known.configHash === seen.configHash;
}

function toRelease(row: ReleasesTable): Release {
  return {
    id: row.id, appId: row.app_id, commit: row.commit, dir: row.dir, lockHash: row.lock_hash, configHash: row.config_hash,
    nodeVersion: row.node_version, firstSeenAt: row.first_seen_at, verdict: row.verdict, verdictAt: row.verdict_at,
    verdictReason: row.verdict_reason, quarantinedAt: row.quarantined_at, envKeys: row.env_keys === null ? null : (JSON.parse(row.env_keys) as readonly string[]), origin: row.origin,
    migrations: row.migrations === null ? null : (JSON.parse(row.migrations) as AppliedMigrations),
  };
}
