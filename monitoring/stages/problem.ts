import type { Incident } from '../../src/domain/incident.js';
import { findingsOf } from '../../src/store/findings.js';
import type { Db } from '../../src/store/schema.js';

/** What makes two incidents the same problem again: the fingerprint of the finding that gave the incident its kind. */
export async function problemOf(db: Db, incident: Incident): Promise<string> {
  const findings = await findingsOf(db, incident.id);
  return findings.find((finding) => finding.kind === incident.kind)?.fingerprint ?? incident.kind;
}
