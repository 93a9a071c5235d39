import type { FindingId, IncidentId, ResourceId } from './ids.js';

/** info: worth knowing · warning: users may notice · critical: users are hurt. */
export type Severity = 'info' | 'warning' | 'critical';

/** What a detector says of one problem: that it is there, with evidence, or that it is over. Silence means no opinion. */
export type Claim =
  | {
      readonly state: 'present';
      /** The same problem has the same fingerprint: deterministic fields only, 'endpoint-failing:/checkout'. */
      readonly fingerprint: string;
      /** Which runbook serves it: 'endpoint-failing', 'hang', 'crash-loop', … */
      readonly kind: string;
      readonly severity: Severity;
      /** True for the triggers that may lead straight to a rollback (DESIGN 9, "Repair first"). */
      readonly emergency: boolean;
      /** One line for people: what is wrong, with the numbers. */
      readonly title: string;
      /** A few lines: since when, against what baseline. */
      readonly evidence: readonly string[];
    }
  | { readonly state: 'absent'; readonly fingerprint: string };

/** All that one detector claims of one resource. */
export interface DetectorClaims {
  readonly detector: string;
  readonly claims: readonly Claim[];
}

export interface Finding extends Omit<Extract<Claim, { readonly state: 'present' }>, 'state'> {
  readonly id: FindingId;
  readonly incidentId: IncidentId;
  readonly resourceId: ResourceId;
  readonly detector: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly open: boolean;
}

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

export function worse(a: Severity, b: Severity): Severity {
  return RANK[a] >= RANK[b] ? a : b;
}
