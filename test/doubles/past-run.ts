/** What the store holds of a repair that was done in the past, as the stages would have left it. */
import type { IncidentId, ResourceId } from '../../src/domain/ids.js';
import type { Decision, Risk } from '../../src/domain/plan.js';
import type { RemediationState } from '../../src/domain/remediation.js';
import { noteFinding } from '../../src/store/findings.js';
import { openIncident, resolveIncident } from '../../src/store/incidents.js';
import { draftPlan, keepDecision } from '../../src/store/plans.js';
import { beginRemediation, endRemediation } from '../../src/store/remediations.js';
import type { Db } from '../../src/store/schema.js';

const MINUTE = 60_000;

export interface PastRun {
  readonly appId: ResourceId;
  /** When the problem was seen and the repair began; a minute later both were over. */
  readonly at: number;
  readonly repair?: string;
  readonly risk?: Risk;
  /** Kind of the incident; 'manual': a person asked while all was well. */
  readonly kind?: string;
  readonly askedBy?: string;
  readonly verdict?: Decision['verdict'];
  readonly state?: Extract<RemediationState, 'verified' | 'failed' | 'unclear'>;
}

export async function pastRun(tx: Db, run: PastRun): Promise<IncidentId> {
  const { appId, at, kind = 'memory' } = run;
  const { id } = await openIncident(tx, { resourceId: appId, launchId: null, kind, severity: 'warning', emergency: false, title: 'it grows' }, at);
  const fingerprint = `${kind}:web`;
  if (kind !== 'manual') await noteFinding(tx, { incidentId: id, resourceId: appId, detector: kind, now: at }, { state: 'present', fingerprint, kind, severity: 'warning', emergency: false, title: 'it grows', evidence: [] });
  const planId = await draftPlan(tx, { incidentId: id, targetId: appId, repair: run.repair ?? 'pm2.reload', args: {}, risk: run.risk ?? 'safe', askedBy: run.askedBy ?? null, requestId: null }, at);
  await keepDecision(tx, planId, { verdict: run.verdict ?? 'auto', rule: 'r', why: 'w' }, 'done');
  const begun = await beginRemediation(tx, { planId, resourceId: appId, fingerprint, fence: 0 }, at);
  await endRemediation(tx, begun as never, run.state ?? 'verified', 'said', at + MINUTE);
  await resolveIncident(tx, id, 'over', at + MINUTE);
  await tx.updateTable('findings').set({ closed_at: at + MINUTE, open_key: null }).where('incident_id', '=', id).execute();
  return id;
}
