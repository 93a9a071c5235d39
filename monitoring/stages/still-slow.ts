import type { IncidentId } from '../../src/domain/ids.js';
import type { Remediation } from '../../src/domain/remediation.js';
import { openFindingsOn } from '../../src/store/findings.js';
import { getIncident } from '../../src/store/incidents.js';
import type { Db } from '../../src/store/schema.js';

/**
 * Of a repair against slow answers: null where they are fast again, or that was not the problem. `still`: its detector
 * claims it on readings made since it settled · unclear: it neither does nor takes it back.
 *
 * Right answers that come late are good readings, and three of them once proved a reload that had changed nothing.
 */
export async function stillSlow(db: Db, run: Remediation, incidentId: IncidentId): Promise<null | 'unclear' | { readonly still: string }> {
  if ((await getIncident(db, incidentId)).kind !== 'latency') return null;
  const open = (await openFindingsOn(db, run.resourceId)).filter(({ kind }) => kind === 'latency');
  if (open.length === 0) return null;
  const claimed = open.find(({ lastAt }) => lastAt >= (run.settleUntil ?? 0));
  return claimed ? { still: claimed.title } : 'unclear';
}
