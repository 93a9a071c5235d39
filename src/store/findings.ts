import type { Claim, Finding } from '../domain/finding.js';
import type { IncidentId, ResourceId } from '../domain/ids.js';
import { newId } from './new-id.js';
import type { Db, FindingsTable } from './schema.js';

type Present = Extract<Claim, { readonly state: 'present' }>;

/** Opens the finding, or brings the open one with the same fingerprint up to date. True when it is new. */
export async function noteFinding(tx: Db, at: { readonly incidentId: IncidentId; readonly resourceId: ResourceId; readonly detector: string; readonly now: number }, claim: Present): Promise<boolean> {
  const seen = {
    kind: claim.kind, severity: claim.severity, emergency: claim.emergency ? 1 : 0, title: claim.title,
    evidence: JSON.stringify(claim.evidence), last_at: at.now, incident_id: at.incidentId,
  } as const;
  const key = openKey(at.resourceId, at.detector, claim.fingerprint);
  const updated = await tx.updateTable('findings').set(seen).where('open_key', '=', key).executeTakeFirst();
  if (updated.numUpdatedRows > 0n) return false;
  await tx.insertInto('findings').values({
    ...seen, id: newId(at.now), resource_id: at.resourceId, detector: at.detector, fingerprint: claim.fingerprint,
    first_at: at.now, closed_at: null, open_key: key,
  }).execute();
  return true;
}

/** True when one was open. */
export async function closeFinding(tx: Db, resourceId: ResourceId, detector: string, fingerprint: string, now: number): Promise<boolean> {
  const closed = await tx.updateTable('findings').set({ closed_at: now, open_key: null })
    .where('open_key', '=', openKey(resourceId, detector, fingerprint)).executeTakeFirst();
  return closed.numUpdatedRows > 0n;
}

export async function closeFindingsOf(tx: Db, incidentId: IncidentId, now: number): Promise<void> {
  await tx.updateTable('findings').set({ closed_at: now, open_key: null }).where('incident_id', '=', incidentId).where('open_key', 'is not', null).execute();
}

export async function openFindingsOn(db: Db, resourceId: ResourceId): Promise<readonly Finding[]> {
  const rows = await db.selectFrom('findings').selectAll().where('resource_id', '=', resourceId).where('closed_at', 'is', null).orderBy('first_at').execute();
  return rows.map(toFinding);
}

export async function findingsOf(db: Db, incidentId: IncidentId): Promise<readonly Finding[]> {
  const rows = await db.selectFrom('findings').selectAll().where('incident_id', '=', incidentId).orderBy('first_at').orderBy('id').execute();
  return rows.map(toFinding);
}

function openKey(resourceId: ResourceId, detector: string, fingerprint: string): string {
  return `${resourceId}|${detector}|${fingerprint}`;
}

function toFinding(row: FindingsTable): Finding {
  return {
    id: row.id, incidentId: row.incident_id, resourceId: row.resource_id, detector: row.detector, fingerprint: row.fingerprint,
    kind: row.kind, severity: row.severity, emergency: row.emergency === 1, title: row.title,
    evidence: JSON.parse(row.evidence) as string[], firstAt: row.first_at, lastAt: row.last_at, open: row.open_key !== null,
  };
}
