import type { Incident } from '../domain/incident.js';
import type { Remediation } from '../domain/remediation.js';

/** What is known of an open incident besides itself. */
export interface Around {
  /** True while a question about it is open. */
  readonly asked: boolean;
  /** What it waits for, as it was written last; null: nothing holds it up. */
  readonly waitsFor: string | null;
  /** The newest run of a repair for it; null: none yet. */
  readonly run: (Pick<Remediation, 'state'> & { readonly repair: string }) | null;
}

/** What is being done about an incident now, in one line; of one that is over, how it ended. */
export function sayDoing(incident: Pick<Incident, 'state' | 'reason'>, { asked, waitsFor, run }: Around): string {
  if (incident.state === 'resolved') return incident.reason ?? 'over';
  if (asked) return 'a question waits for your answer';
  if (run?.state === 'running') return `${run.repair} is under way`;
  if (run?.state === 'undoing') return `${run.repair} is being undone`;
  if (run?.state === 'settling') return `${run.repair} was done; fresh readings decide whether it helped`;
  if (incident.state === 'escalated') return `people are needed${incident.reason === null ? '' : `: ${incident.reason}`}`;
  return waitsFor ?? 'it is looked at again';
}
