import type { RemediationId } from '../domain/ids.js';
import type { Json } from '../domain/json.js';
import type { Evidence, EvidenceNote } from '../domain/evidence.js';
import type { Db } from './schema.js';

/** Each kind once for each remediation: what was there first stays. */
export async function keepEvidence(tx: Db, remediationId: RemediationId, taken: readonly Evidence[]): Promise<void> {
  if (taken.length === 0) return;
  await tx.insertInto('evidence')
    .values(taken.map(({ kind, at, missing, body }) => ({ id: `${remediationId}:${kind}`, remediation_id: remediationId, kind, at, missing, body: JSON.stringify(body) })))
    .onConflict((conflict) => conflict.column('id').doNothing()).execute();
}

/** Which snapshots there are, without what stands in them. */
export async function evidenceNotes(db: Db, remediationId: RemediationId): Promise<readonly EvidenceNote[]> {
  return db.selectFrom('evidence').select(['kind', 'at', 'missing']).where('remediation_id', '=', remediationId).orderBy('at').orderBy('kind').execute();
}

export async function evidenceOf(db: Db, remediationId: RemediationId): Promise<readonly Evidence[]> {
  const rows = await db.selectFrom('evidence').selectAll().where('remediation_id', '=', remediationId).orderBy('at').orderBy('kind').execute();
  return rows.map(({ kind, at, missing, body }) => ({ kind, at, missing, body: JSON.parse(body) as Json }));
}
