import type { IncidentId, LaunchId, ResourceId } from './ids.js';
import type { Severity } from './finding.js';

/** escalated: people were told that the machine stopped; it is still open until the problem is gone. */
export type IncidentState = 'open' | 'repairing' | 'escalated' | 'resolved';

/** The life of one problem at its cause. */
export interface Incident {
  readonly id: IncidentId;
  /** The cause: the deepest bad resource along `uses` edges, else the app. */
  readonly resourceId: ResourceId;
  readonly launchId: LaunchId | null;
  readonly kind: string;
  readonly severity: Severity;
  readonly emergency: boolean;
  readonly state: IncidentState;
  readonly title: string;
  readonly openedAt: number;
  readonly closedAt: number | null;
  /** How it ended or why it was escalated, for people; null while neither. */
  readonly reason: string | null;
  /** Rungs of the runbook already tried or refused. */
  readonly rung: number;
  /** Remediations that were done and did not help. */
  readonly failed: number;
  /** Nothing is planned for it before this. */
  readonly nextAt: number;
  /** Since when somebody has it in hand, and who: nobody is called about it meanwhile. Taken back when it gets worse. */
  readonly ackedAt: number | null;
  readonly ackedBy: string | null;
}

/** An incident as lists show it. */
export interface IncidentSince extends Incident {
  /** Since when it really was one, which may be before it was opened: how long it lasts is counted from there, wherever it is told. Absent where nobody asked. */
  readonly began?: number;
  /** Since when people are needed; null or absent: they are not, or nobody knows. */
  readonly needsSince?: number | null;
}

/** The reason of an incident of an app that a person stopped: a repair would fight that person. */
export const LEFT_ALONE = 'somebody stopped it by hand; it is left alone until it is started again';

export function isLeftAlone({ state, reason }: Pick<Incident, 'state' | 'reason'>): boolean {
  return state !== 'resolved' && reason === LEFT_ALONE;
}

/** How loud it is shown: what somebody meant is no alarm. */
export function loudness(incident: Pick<Incident, 'state' | 'reason' | 'severity'>): Severity {
  return isLeftAlone(incident) && incident.severity === 'critical' ? 'warning' : incident.severity;
}

/** The kind of an incident of a host whose PM2 daemon died. */
export const PM2_DEAD = 'pm2-dead';

/** How the reason begins of what went away, and was proved to be mended by nothing. */
export const GOOD_AGAIN = 'good again';

/** How an incident ends of which nobody saw that its app was good again: its reason begins so. */
export const UNSEEN_END = { superseded: 'superseded by release', elsewhere: 'its cause is elsewhere', unnamed: 'the config no longer names it' } as const;

export function endedUnseen({ state, reason }: Pick<Incident, 'state' | 'reason'>): boolean {
  return state === 'resolved' && Object.values(UNSEEN_END).some((begins) => reason?.startsWith(begins));
}
